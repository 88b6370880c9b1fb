// depone retrieve: gets evidence on the record, with a stated purpose, and checks every byte before it is believed.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "client/cli/cli.h"
#include "client/cli/output.h"
#include "client/cli/retrieving.h"
#include "client/lib/item_lookup.h"
#include "policy/vocabulary/vocabulary.h"

namespace depone::client::cli {

using namespace protocol::record;

namespace {

struct RetrieveOptions {
  std::vector<std::string> items;
  std::string output = ".", purpose, recipient, reference;
  std::vector<std::string> conditions;
  bool internal = false, manifest = false, earlier = false, force = false;
};

Result<> check_statement(const RetrieveOptions& options) {
  if (options.internal == !options.recipient.empty())
    return fail(ErrorCode::input, "say either --recipient, or --internal for use inside the organisation");
  namespace vocabulary = policy::vocabulary;
  std::vector<std::string> known;
  for (const auto& one : vocabulary::purposes()) known.push_back(one.code);
  for (const auto& one : vocabulary::internal_purposes()) known.push_back(one.code);
  if (std::ranges::find(known, options.purpose) == known.end()) {
    const auto near = vocabulary::nearest(options.purpose, known);
    return fail(ErrorCode::input, fmt::format("'{}' is no purpose{}; `depone vocabulary` lists them", options.purpose,
                                              near ? fmt::format("; did you mean '{}'?", *near) : ""));
  }
  if (!options.recipient.empty() && !vocabulary::is_recipient(options.recipient)) {
    return fail(ErrorCode::input,
                fmt::format("'{}' is no recipient; `depone vocabulary` lists them (prosecutor:KOR, ngo:some-name)",
                            options.recipient));
  }
  return {};
}

// The items that were named, each once: by case, in the order in which they were named.
Result<> look_up(Session& session, const std::vector<std::string>& names, Retrieving& retrieving) {
  DEPONE_ASSIGN(const auto named, name_items(session, names));
  std::vector<std::pair<crypto::CaseId, std::vector<crypto::EvidenceId>>> by_case;
  std::set<crypto::EvidenceId> known;
  for (const auto& [item, case_id] : named) {
    if (!known.insert(item).second) continue;
    const auto in_case = [&of = case_id](const auto& one) { return one.first == of; };
    auto found = std::ranges::find_if(by_case, in_case);
    if (found == by_case.end()) found = by_case.insert(by_case.end(), {case_id, {}});
    found->second.push_back(item);
  }
  for (const auto& [case_id, items] : by_case) retrieving.add(case_id, items);
  return {};
}

Result<int> retrieve_all(Context& context, const RetrieveOptions& options) {
  DEPONE_TRY(check_statement(options));
  DEPONE_ASSIGN(const auto archive, context.archive());
  DEPONE_ASSIGN(const auto identity, context.identity());
  if (!options.manifest) DEPONE_TRY(system::make_folders(options.output));
  DEPONE_ASSIGN(auto session, Session::open(archive, identity, context.address));
  Asking asking{options.output, options.internal ? Use::internal : Use::external, {}, options.manifest, options.earlier,
                options.force};
  asking.statement.purpose = options.purpose;
  asking.statement.recipient = options.recipient;
  asking.statement.reference = options.reference;
  asking.statement.conditions = options.conditions;
  Retrieving retrieving(context, session, asking);
  DEPONE_TRY(look_up(session, options.items, retrieving));
  DEPONE_TRY(retrieving.run());
  if (context.json) print_json(retrieving.rows());
  if (retrieving.failed() == 0) return kDone;
  return retrieving.failed() == retrieving.asked() ? exit_code(retrieving.last()->code) : kPartFailed;
}

}  // namespace

void add_retrieve(Table& table) {
  auto options = std::make_shared<RetrieveOptions>();
  auto* const command =
      table.add(&table.app, "retrieve", "Retrieve evidence, on the record",
                "depone retrieve NKPC-000123 -o evidence --purpose international_prosecution --recipient icc_otp",
                [options](Context& context) { return retrieve_all(context, *options); });
  command->add_option("ITEM", options->items, "NKPC-000123 or ev_… (several)")->required();
  command->add_option("-o,--output", options->output, "The folder to write into")->capture_default_str();
  command->add_option("--purpose", options->purpose, "What for; it must lie within the consent")->required();
  command->add_option("--recipient", options->recipient, "For whom outside; it must lie within the consent");
  command->add_flag("--internal", options->internal, "For use inside the organisation");
  command->add_option("--reference", options->reference, "A reference of your own");
  command->add_option("--condition", options->conditions, "A condition on the use (several times)");
  command->add_flag("--manifest", options->manifest, "The description alone, not the content");
  command->add_flag("--earlier", options->earlier, "Also what the description said before, and who corrected it");
  command->add_flag("--force", options->force, "Overwrite files that exist");
}

}  // namespace depone::client::cli
