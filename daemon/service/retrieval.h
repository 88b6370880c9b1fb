// Retrieval: what leaves the archive, and only after its entry is durable. The answer to a retrieve act streams, for
// each item, what its reader needs to believe and open it; large objects follow by GET /v1/objects.
#pragma once

#include "daemon/service/archive.h"

namespace depone::daemon::service {

Awaitable<> retrieve_items(const Archive& archive, const Caller& caller, Exchange& exchange,
                           ledger::RetrieveCommand command);

}  // namespace depone::daemon::service
