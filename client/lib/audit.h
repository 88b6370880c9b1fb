// An archivist's audit: downloads the log from where the last audit ended and has it checked (log_auditor.h), without
// being able to read a word of what is sealed. What was verified once is kept in the profile.
#pragma once

#include <functional>

#include "client/lib/log_auditor.h"
#include "client/lib/session.h"

namespace depone::client {

// `again`: from the beginning. refused for members who may not read entries.
Result<AuditReport> audit(Session& session, bool again,
                          const std::function<void(std::uint64_t entries, std::uint64_t of)>& progress);

// Entries of the log in bundles, as they stand: for `log` and `audit`.
Result<std::vector<std::string>> entry_bundle(Session& session, std::uint64_t number, std::size_t width);

}  // namespace depone::client
