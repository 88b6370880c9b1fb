// The item that somebody names, if it is one that they may see: there is no other way to an item for a call. Runs on
// the pool.
#pragma once

#include "daemon/store/catalogue_tables.h"
#include "policy/roster.h"

namespace depone::daemon::service {

struct SeenItem {
  store::Item item;
  bool own_or_read = false;  // submitted by the asker, or in a case that they read: what was said of it too
  crypto::CaseId through;    // the case through which the asker sees it
};

// `name`: ev_…, its beginning of at least 6 characters behind the prefix where only one item that the asker may see
// begins so, or a citable number. Nothing for what is not there and for what the asker may not see.
std::optional<SeenItem> find_seen_item(store::Connection& db, const policy::Roster& roster, const policy::Member& asker,
                                       const std::string& name);

}  // namespace depone::daemon::service
