// Taking acts: submissions, and everything else that somebody signs.
#pragma once

#include "daemon/service/archive.h"

namespace depone::daemon::service {

// POST /v1/submissions[?upload=ID]: one sealed submission.
Awaitable<> take_submission(const Archive& archive, const Caller& caller, Exchange& exchange,
                            std::optional<std::string> upload);
// POST /v1/acts: a frame of an act and its parts; a retrieval's answer streams (retrieval.h).
Awaitable<> take_act(const Archive& archive, const Caller& caller, Exchange& exchange);

}  // namespace depone::daemon::service
