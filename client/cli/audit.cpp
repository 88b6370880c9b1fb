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

void print_report(const AuditReport& report, const AuditWish& wish) {
  fmt::print("checked entries {} to {}: chain, tree, signed checkpoint; {} signatures\n", report.from, report.to,
             report.acts);
  if (report.from > 0)
    fmt::print("entries before {} were checked by earlier audits, and the log still begins with them\n", report.from);
  if (wish.objects)
    fmt::print("checked {} sealed objects, {}, against what their authors signed\n", report.objects,
               human_bytes(report.object_bytes));
  if (report.receipts > 0) fmt::print("checked {} receipts of this profile against the log\n", report.receipts);
  for (const auto& finding : report.wrong) fmt::print("WRONG  {} {}\n", safe(finding.subject), safe(finding.what));
  for (const auto& finding : report.unknown) fmt::print("newer  {} {}\n", safe(finding.subject), safe(finding.what));
  if (!wish.objects) fmt::print("not checked: the sealed objects (--objects reads them all)\n");
  fmt::print(
      "not checked: descriptions and catalogue, which no archivist sees; `deponed verify` checks their "
      "commitments beside the daemon\n");
}

Result<int> run_audit(Context& context, const AuditWish& wish) {
  DEPONE_ASSIGN(const auto archive, context.archive());
  DEPONE_ASSIGN(const auto identity, context.identity());
  DEPONE_ASSIGN(auto session, Session::open(archive, identity, context.address));
  std::optional<ProgressLine> line;
  DEPONE_ASSIGN(const auto report, audit(session, wish, [&](std::uint64_t done, std::uint64_t of) {
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
                {"objects", report.objects},
                {"object_bytes", report.object_bytes},
                {"receipts", report.receipts},
                {"wrong", findings(report.wrong)},
                {"unknown", findings(report.unknown)},
                {"not_checked", wish.objects ? boost::json::array{"parts"} : boost::json::array{"objects", "parts"}}});
  } else {
    print_report(report, wish);
    fmt::print("{}\n",
               intact ? "intact" : "NOT INTACT: keep this report, and tell the custodians and another archivist");
  }
  return intact ? kDone : kNotVerified;
}

}  // namespace

void add_audit(Table& table) {
  auto wish = std::make_shared<AuditWish>();
  auto* const command =
      table.add(&table.app, "audit", "Check the log from where the last audit ended (archivists)",
                "depone audit --objects", [wish](Context& context) { return run_audit(context, *wish); });
  command->add_flag("--objects", wish->objects,
                    "The sealed objects too, from where the last audit with --objects ended; the log says that they "
                    "were read");
  command->add_flag("--again", wish->again, "From the beginning");
}

}  // namespace depone::client::cli
