// Submissions that come together (POST /v1/submissions/batch): a folder of short testimonies is one request, one
// transaction and one checkpoint. Each is decided for itself, and has its own entry and receipt, or its own refusal.
#pragma once

#include "daemon/service/archive.h"

namespace depone::daemon::service {

constexpr std::size_t kBatchMax = 64;  // submissions

Awaitable<> take_submission_batch(const Archive& archive, const Caller& caller, Exchange& exchange);

}  // namespace depone::daemon::service
