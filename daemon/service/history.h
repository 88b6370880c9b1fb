// An item's custody: every entry on it, proved, in pages that stream.
#pragma once

#include "daemon/service/archive.h"
#include "protocol/api/target.h"

namespace depone::daemon::service {

// GET /v1/items/{item}/history?after=<seq>: oldest first. Who may see the item without reading its case gets the
// entries of retrievals that name other items too without their acts.
Awaitable<> item_history(const Archive& archive, const Caller& caller, Exchange& exchange,
                         const protocol::api::Target& target, std::string item);

}  // namespace depone::daemon::service
