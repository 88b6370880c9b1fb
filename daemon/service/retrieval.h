// Retrieval: what leaves the archive, and only after its entry is durable. The answer to a retrieve act streams, for
// each item, what its reader needs to believe and open it; large objects follow by GET /v1/objects.
#pragma once

#include "daemon/service/archive.h"

namespace depone::daemon::service {

Awaitable<> retrieve_items(const Archive& archive, const Caller& caller, Exchange& exchange,
                           ledger::RetrieveCommand command);

// GET /v1/objects/{item}?grant=<act>: the sealed object, by range. An evidence.serve entry is durable before its first
// byte, an evidence.served follows its last. Archivists need no grant, and never get a share.
Awaitable<> serve_object(const Archive& archive, const Caller& caller, Exchange& exchange, const std::string& item,
                         std::optional<std::string> grant);

}  // namespace depone::daemon::service
