// The parts that acts commit to, for whoever audits the log: to each as much as policy lets them see (sees_part). Of
// what they may not see only whether it is still there.
#pragma once

#include "daemon/service/archive.h"
#include "protocol/api/target.h"

namespace depone::daemon::service {

// GET /v1/log/parts?from=S&to=E: of the entries from S to before E, for each that took an act with parts, `parts` (its
// seq), then for each part of the act in the act's order the part itself, `withheld` or `missing` (its name); `end`
// behind all. A retrieval's parts come with the first of its entries. Custodians and archivists; written down as a
// search before the first byte.
Awaitable<> log_parts(const Archive& archive, const Caller& caller, Exchange& exchange,
                      const protocol::api::Target& target);

}  // namespace depone::daemon::service
