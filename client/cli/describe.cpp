// depone describe: corrects what was said of an item. What was said before stays in its history.
#include <algorithm>
#include <iostream>

#include <fmt/format.h>

#include "client/cli/cli.h"
#include "client/cli/correction.h"
#include "client/cli/output.h"
#include "client/lib/item_acts.h"

namespace depone::client::cli {

using namespace protocol::record;

namespace {

struct DescribeOptions {
  std::string item, reason;
  std::vector<std::string> cleared;
  bool yes = false;
  Said said;
};

// What the archive and the case's readers have now, for whoever may correct it.
Result<ItemDescription> standing(const FoundItem& found, const std::optional<RetrievedItem>& opened) {
  if (!found.said) {
    return fail(ErrorCode::refused,
                "what was said of this item is for its submitter and the case's readers, and only they correct it");
  }
  ItemDescription now;
  now.kind = found.terms.body.kind;
  now.sensitivity = found.terms.sensitivity;
  now.derived_from = found.terms.body.derived_from;
  now.private_part = *found.said;
  if (opened) now.manifest = opened->manifest;
  return now;
}

struct Planned {
  Correction correction;
  std::vector<Change> changes;
};
Result<Planned> plan(const DescribeOptions& options, const ItemDescription& now,
                     const std::optional<RetrievedItem>& opened) {
  DEPONE_ASSIGN(const auto reason, [&]() -> Result<DescribeReason> {
    if (const auto word = from_word<DescribeReason>(options.reason)) return *word;
    return fail(ErrorCode::input, fmt::format("--reason takes {}", all_words<DescribeReason>()));
  }());
  DEPONE_ASSIGN(auto fresh, corrected(now, options.said, options.cleared));
  Planned out;
  out.correction.reason = reason;
  out.changes = changes(write_form(now.private_part), write_form(fresh.private_part));
  if (!out.changes.empty()) out.correction.private_part = std::move(fresh.private_part);
  if (fresh.sensitivity != now.sensitivity) {
    out.changes.push_back({"sensitivity", std::string(word(now.sensitivity)), std::string(word(fresh.sensitivity))});
    out.correction.sensitivity = fresh.sensitivity;
  }
  if (!opened) return out;
  auto sealed = changes(write_form(now.manifest), write_form(fresh.manifest));
  if (!sealed.empty() || opened->passed_over) {  // where none can read what holds, the same words are a correction
    fresh.manifest.client = {"depone", std::string(kVersion)};
    out.correction.manifest = std::move(fresh.manifest);
  }
  out.changes.insert(out.changes.end(), sealed.begin(), sealed.end());
  return out;
}

bool is_for_good(const Change& change) { return change.field == "sensitivity" || change.field.starts_with("consent."); }

bool confirmed(const DescribeOptions& options) {
  if (options.yes || !stdin_is_terminal()) return true;
  fmt::print(stderr, "Sign this? What was said before stays in the item's history. [y/N] ");
  std::string line;
  return std::getline(std::cin, line) && !line.empty() && (line[0] == 'y' || line[0] == 'Y');
}

Result<int> describe_item(Context& context, const DescribeOptions& options) {
  DEPONE_TRY(options.said.check_utf8());
  DEPONE_ASSIGN(const auto archive, context.archive());
  DEPONE_ASSIGN(const auto identity, context.identity());
  DEPONE_ASSIGN(auto session, Session::open(archive, identity, context.address));
  DEPONE_ASSIGN(const auto found, find_item(session, options.item));
  std::optional<RetrievedItem> opened;
  if (found.said && speaks_of_manifest(options.said, options.cleared, found.terms.body.kind)) {
    auto manifest = open_for_cataloguing(session, found, context.clock);
    if (!manifest)
      return fail(manifest.error().code,
                  fmt::format("title, narrative, exact place and time are sealed to the case's readers: {}",
                              manifest.error().detail));
    opened = std::move(*manifest);
  }
  DEPONE_ASSIGN(const auto now, standing(found, opened));
  DEPONE_ASSIGN(auto planned, plan(options, now, opened));
  const bool statement = planned.correction.reason == DescribeReason::wrong_case || planned.correction.manifest;
  if (planned.changes.empty() && !statement)
    return fail(ErrorCode::input,
                "that is what is said of it now; say what is to be corrected (depone describe --help)");
  if (!context.json) {
    for (const auto& change : planned.changes) fmt::print(stderr, "  {}\n", in_words(change));
    if (std::ranges::any_of(planned.changes, is_for_good))
      fmt::print(stderr,
                 "  A consent that is narrowed and a sensitivity that is raised stay so: nobody can undo it.\n");
  }
  if (!confirmed(options)) return fail(ErrorCode::interrupted, "nothing was signed");
  const auto changed = planned.changes.size();
  DEPONE_ASSIGN(const auto entry, describe_again(session, found.terms, std::move(planned.correction),
                                                 opened ? &*opened : nullptr, context.clock.now()));
  if (context.json)
    print_json(
        {{"item", to_text(found.terms.item)}, {"ref", found.terms.facts.ref}, {"entry", entry}, {"changed", changed}});
  else
    fmt::print("{} is described anew (entry {}). What was said before stays in its history.\n", found.terms.facts.ref,
               entry);
  return kDone;
}

}  // namespace

void add_describe(Table& table) {
  auto options = std::make_shared<DescribeOptions>();
  auto* const command = table.add(
      &table.app, "describe",
      "Correct what was said of an item: what is given replaces what stands, the rest stays, and what was said before "
      "is kept. The consent can be narrowed and the sensitivity raised; neither can be freed here",
      "depone describe NKPC-000123 --reason mistake --crime RS7.1.e --title 'Interview, second half'",
      [options](Context& context) { return describe_item(context, *options); });
  command->add_option("ITEM", options->item, "NKPC-000123, ev_…, or the file that was deposited")->required();
  command->add_option("--reason", options->reason, all_words<DescribeReason>())->required();
  command
      ->add_option("--clear", options->cleared,
                   "Empty this field, named as in a sidecar: crimes, summary, consent.recipients (several times)")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_flag("-y,--yes", options->yes, "Do not ask for confirmation");
  options->said.add_options(*command);
}

}  // namespace depone::client::cli
