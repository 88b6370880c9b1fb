// Which call is which service's: one table of methods and paths. Who calls is looked up at each request, so that a
// member who was revoked a moment ago is refused on a connection that is still open.
#pragma once

#include "daemon/service/archive.h"

namespace depone::daemon::net {

boost::asio::awaitable<void> handle(const service::Archive& archive, protocol::transport::Exchange& exchange);

}  // namespace depone::daemon::net
