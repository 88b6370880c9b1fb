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

boost::json::array withheld(const AuditReport& report) {
  boost::json::array out;
  for (const auto& [part, count] : report.withheld) out.push_back({{"part", part}, {"count", count}});
  return out;
}
boost::json::array not_checked(const AuditReport& report, const AuditWish& wish) {
  boost::json::array out;
  if (wish.also != AuditWish::Also::objects) out.emplace_back("objects");
  if (wish.also != AuditWish::Also::parts) out.emplace_back("parts");
  if (!report.withheld.empty()) out.emplace_back("withheld parts");
  return out;
}

void print_not_checked(const AuditReport& report, const AuditWish& wish) {
  if (wish.also != AuditWish::Also::objects) fmt::print("not checked: the sealed objects (--objects reads them all)\n");
  if (wish.also != AuditWish::Also::parts)
    fmt::print("not checked: the parts of acts (--parts reads those that you may see)\n");
  for (const auto& [part, count] : report.withheld)
    fmt::print("not checked: {} ({}), not shown to you; the archive says that it has it\n", safe(part), count);
  fmt::print("`deponed verify` checks all parts and objects beside the daemon\n");
}

double seconds(std::chrono::milliseconds time) { return std::chrono::duration<double>(time).count(); }

void print_report(const AuditReport& report, const AuditWish& wish) {
  fmt::print(
      "checked entries {} to {}: chain, tree, signed checkpoint; {} signatures, and the state of the log that each act "
      "was signed on\n",
      report.from, report.to, report.acts);
  if (wish.also == AuditWish::Also::nothing)
    fmt::print("took {:.1f} s for the log itself, {:.1f} s for acts and signatures\n", seconds(report.log_time),
               seconds(report.act_time));
  if (report.from > 0)
    fmt::print("entries before {} were checked by earlier audits, and the log still begins with them\n", report.from);
  if (report.from > 0 && wish.also != AuditWish::Also::nothing)
    fmt::print("what is beside them was read then, as far as it was shown; --again reads it once more\n");
  if (wish.also == AuditWish::Also::objects)
    fmt::print("checked {} sealed objects, {}, against what their authors signed\n", report.objects,
               human_bytes(report.object_bytes));
  if (wish.also == AuditWish::Also::parts)
    fmt::print("checked {} parts, {}, against the commitments in their acts\n", report.parts,
               human_bytes(report.part_bytes));
  if (report.receipts > 0) fmt::print("checked {} receipts of this profile against the log\n", report.receipts);
  for (const auto& finding : report.wrong) fmt::print("WRONG  {} {}\n", safe(finding.subject), safe(finding.what));
  for (const auto& finding : report.unknown) fmt::print("newer  {} {}\n", safe(finding.subject), safe(finding.what));
  print_not_checked(report, wish);
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
                {"parts", report.parts},
                {"part_bytes", report.part_bytes},
                {"log_ms", report.log_time.count()},
                {"act_ms", report.act_time.count()},
                {"withheld", withheld(report)},
                {"receipts", report.receipts},
                {"wrong", findings(report.wrong)},
                {"unknown", findings(report.unknown)},
                {"not_checked", not_checked(report, wish)}});
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
  auto* const objects = command->add_flag_callback(
      "--objects", [wish] { wish->also = AuditWish::Also::objects; },
      "The sealed objects too, from where the last audit with --objects ended; the log says that they were read");
  auto* const parts = command->add_flag_callback(
      "--parts", [wish] { wish->also = AuditWish::Also::parts; },
      "What acts commit to (descriptions, sealed manifests and secrets) too, as far as you may see it, from where the "
      "last audit with --parts ended; the log says that it was read");
  parts->excludes(objects);
  command->add_flag("--again", wish->again, "From the beginning");
}

}  // namespace depone::client::cli
