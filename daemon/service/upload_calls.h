// Uploads by tus 1.0.0 (core, creation, checksum, expiration, termination): sealed objects that are too large to ride
// in their submission. An acknowledged offset is durable.
#pragma once

#include "daemon/service/archive.h"

namespace depone::daemon::service {

Awaitable<> upload_options(const Archive& archive, Exchange& exchange);
Awaitable<> create_upload(const Archive& archive, const Caller& caller, Exchange& exchange);
Awaitable<> upload_standing(const Archive& archive, const Caller& caller, Exchange& exchange, std::string id);
Awaitable<> append_upload(const Archive& archive, const Caller& caller, Exchange& exchange, std::string id);
Awaitable<> remove_upload(const Archive& archive, const Caller& caller, Exchange& exchange, std::string id);

}  // namespace depone::daemon::service
