// Reading the log: checkpoints, hash tiles and consistency proofs for every member; entries and acts in bundles of 256
// for those whom policy lets read them (archivists and custodians).
#pragma once

#include "daemon/service/archive.h"
#include "protocol/api/target.h"

namespace depone::daemon::service {

Awaitable<> latest_checkpoint(const Archive& archive, Exchange& exchange);
Awaitable<> consistency(const Archive& archive, Exchange& exchange, const protocol::api::Target& target);
// GET /v1/log/tile/<L>/<N>[.p/<W>] and /v1/log/tile/entries/<N>[.p/<W>]; `rest` is what follows "tile/".
Awaitable<> log_tile(const Archive& archive, const Caller& caller, Exchange& exchange, std::string rest);
// GET /v1/log/acts/<N>: for each entry of the bundle u32be length and the act's envelope, 0 where there is none.
Awaitable<> act_bundle(const Archive& archive, const Caller& caller, Exchange& exchange, std::string number);
Awaitable<> archive_status(const Archive& archive, const Caller& caller, Exchange& exchange);

}  // namespace depone::daemon::service
