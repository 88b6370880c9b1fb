// Serving sealed objects: ciphertext by range, to who holds a live grant, and to archivists without one.
#pragma once

#include "daemon/service/archive.h"

namespace depone::daemon::service {

// GET /v1/objects/{item}?grant=<act>. An evidence.serve entry is durable before its first byte, an evidence.served
// follows its last; a refusal is an entry too. Archivists need no grant, and never get a share.
Awaitable<> serve_object(const Archive& archive, const Caller& caller, Exchange& exchange, const std::string& item,
                         std::optional<std::string> grant);

}  // namespace depone::daemon::service
