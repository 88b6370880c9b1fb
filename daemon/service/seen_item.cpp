#include "daemon/service/seen_item.h"

#include "policy/rules.h"

namespace depone::daemon::service {

namespace {

std::optional<SeenItem> as_seen(store::Item item, const policy::Roster& roster, const policy::Member& asker) {
  if (!policy::may_touch_item(roster, asker, item.facts)) return std::nullopt;
  SeenItem seen;
  seen.own_or_read = policy::sees_item(roster, asker, item.facts);
  seen.through = item.case_id;
  for (const auto& placement : item.facts.placements) {
    const auto* const of = roster.find(placement.case_id);
    if (of == nullptr || !policy::sees_catalogue(asker, *of)) continue;
    seen.through = placement.case_id;
    break;
  }
  seen.item = std::move(item);
  return seen;
}

}  // namespace

std::optional<SeenItem> find_seen_item(store::Connection& db, const policy::Roster& roster, const policy::Member& asker,
                                       const std::string& name) {
  if (auto item = store::find_item_named(db, name)) return as_seen(std::move(*item), roster, asker);
  std::optional<SeenItem> only;
  auto beginning = store::find_items_beginning(db, name);
  if (beginning.empty()) store::read_some_item(db);  // none costs as much time as one
  for (auto& item : beginning) {
    auto seen = as_seen(std::move(item), roster, asker);
    if (seen && only) return std::nullopt;
    if (seen) only = std::move(seen);
  }
  return only;
}

}  // namespace depone::daemon::service
