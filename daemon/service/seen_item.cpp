#include "daemon/service/seen_item.h"

#include "policy/rules.h"

namespace depone::daemon::service {

namespace {

std::optional<SeenItem> as_seen(store::Item item, const policy::Roster& roster, const policy::Member& asker) {
  const auto* const of = roster.find(item.case_id);
  if (of == nullptr) return std::nullopt;
  SeenItem seen;
  seen.reads_case = policy::sees_catalogue(asker, *of);
  seen.own_or_read = policy::sees_item(asker, *of, item.submitter);
  if (!seen.own_or_read && !seen.reads_case && !policy::sees_all_entries(asker)) return std::nullopt;
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
