// Items by many names at once (POST /v1/items/batch), for who is about to retrieve them: which item each name is of,
// and what proves it. Each name is looked up for itself, as GET /v1/items/{item} does.
#pragma once

#include "daemon/service/archive.h"

namespace depone::daemon::service {

constexpr std::size_t kNamesMax = 256;

Awaitable<> name_items(const Archive& archive, const Caller& caller, Exchange& exchange);

}  // namespace depone::daemon::service
