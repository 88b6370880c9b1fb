// depone audit: an archivist checks the log, without being able to read a word of the evidence.
#include "client/lib/audit.h"

#include <fmt/format.h>

#include "client/cli/cli.h"
#include "client/cli/output.h"

namespace depone::client::cli {
namespace {

boost::json::array findings(const std::vector<AuditFinding>& list) {
  boost::json::array out;
  for (const auto& finding : list) out.push_back({{"subject", finding.subject}, {"what", finding.what}});
  return out;
}

Result<int> run_audit(Context& context, bool again) {
  DEPONE_ASSIGN(const auto archive, context.archive());
  DEPONE_ASSIGN(const auto identity, context.identity());
  DEPONE_ASSIGN(auto session, Session::open(archive, identity, context.address));
  std::optional<ProgressLine> line;
  DEPONE_ASSIGN(const auto report, audit(session, again, [&](std::uint64_t done, std::uint64_t of) {
                  if (!line) line.emplace("audit", of, false);
                  line->show(done);
                }));
  line.reset();
  const bool intact = report.wrong.empty();
  if (context.json) {
    print_json({{"result", intact ? "intact" : "damaged"},
                {"from", report.from},
                {"to", report.to},
                {"acts", report.acts},
                {"wrong", findings(report.wrong)},
                {"unknown", findings(report.unknown)}});
  } else {
    fmt::print("checked entries {} to {}: chain, tree, signed checkpoint; {} signatures\n", report.from, report.to,
               report.acts);
    if (report.from > 0)
      fmt::print("entries before {} were checked by earlier audits, and the log still begins with them\n", report.from);
    for (const auto& finding : report.wrong) fmt::print("WRONG  {} {}\n", finding.subject, safe(finding.what));
    for (const auto& finding : report.unknown) fmt::print("newer  {} {}\n", finding.subject, safe(finding.what));
    fmt::print("{}\n",
               intact ? "intact" : "NOT INTACT: keep this report, and tell the custodians and another archivist");
  }
  return intact ? kDone : kNotVerified;
}

}  // namespace

void add_audit(Table& table) {
  auto again = std::make_shared<bool>(false);
  table
      .add(&table.app, "audit", "Check the log from where the last audit ended (archivists)", "depone audit",
           [again](Context& context) { return run_audit(context, *again); })
      ->add_flag("--again", *again, "From the beginning");
}

}  // namespace depone::client::cli
