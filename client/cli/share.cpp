// depone share: the same item in a further case, for its readers.
#include <fmt/format.h>

#include "client/cli/cli.h"
#include "client/cli/output.h"
#include "client/lib/item_acts.h"
#include "client/lib/submitter.h"

namespace depone::client::cli {

using namespace protocol::record;

namespace {

struct ShareOptions {
  std::string item, into;
  bool wrong_case = false;
};

Result<int> share(Context& context, const ShareOptions& options) {
  DEPONE_ASSIGN(const auto archive, context.archive());
  DEPONE_ASSIGN(const auto identity, context.identity());
  DEPONE_ASSIGN(auto session, Session::open(archive, identity, context.address));
  DEPONE_TRY(session.roster(true));
  DEPONE_ASSIGN(const auto into, find_case(session, options.into));
  DEPONE_ASSIGN(const auto found, find_item(session, options.item));
  DEPONE_ASSIGN(const auto opened, open_for_cataloguing(session, found, context.clock));
  DEPONE_ASSIGN(const auto entry, share_item(session, opened, into.target, context.clock.now()));
  std::optional<std::uint64_t> said;
  if (options.wrong_case) {
    const Correction statement{DescribeReason::wrong_case, {}, {}, {}};
    const auto stated = describe_again(session, opened.terms, statement, nullptr, context.clock.now());
    if (!stated)
      return fail(stated.error().code,
                  fmt::format("it is shared into {} (entry {}), and that its first case was the wrong one is not said "
                              "yet: {}; say it with: depone describe {} --reason wrong_case",
                              into.prefix, entry, stated.error().detail, opened.terms.facts.ref));
    said = *stated;
  }
  const auto& ref = opened.terms.facts.ref;
  if (context.json) {
    boost::json::object row{
        {"item", to_text(opened.item)}, {"ref", ref}, {"case", to_text(into.target.case_id)}, {"entry", entry}};
    if (said) row["wrong_case"] = *said;
    print_json(row);
    return kDone;
  }
  fmt::print("{} is now in {} as well (entry {}), and keeps its number. Its consent holds there too.\n", ref,
             into.prefix, entry);
  if (said)
    fmt::print("That its first case was the wrong one is said in the open (entry {}); it cannot be taken out of it.\n",
               *said);
  return kDone;
}

}  // namespace

void add_share(Table& table) {
  auto options = std::make_shared<ShareOptions>();
  auto* const command = table.add(&table.app, "share", "Share an item that you can open into a further case",
                                  "depone share NKPC-000123 --into TORT --wrong-case",
                                  [options](Context& context) { return share(context, *options); });
  command->add_option("ITEM", options->item, "NKPC-000123, ev_…, or the file that was deposited")->required();
  command->add_option("--into", options->into, "The further case: its prefix or case_…")->required();
  command->add_flag("--wrong-case", options->wrong_case,
                    "Say in the open that it was submitted to the wrong case, and belongs there");
}

}  // namespace depone::client::cli
