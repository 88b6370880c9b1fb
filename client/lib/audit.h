// An archivist's audit: downloads the log from where the last audit ended and checks chain, tree, checkpoint and
// signatures, without being able to read a word of what is sealed. What was verified once is kept in the profile.
#pragma once

#include <functional>

#include "client/lib/session.h"

namespace depone::client {

struct AuditFinding {
  std::string subject, what;
};
struct AuditReport {
  std::uint64_t from = 0;  // where the last audit ended
  std::uint64_t to = 0;
  std::uint64_t acts = 0;
  std::vector<AuditFinding> wrong;
  std::vector<AuditFinding> unknown;  // newer than this program
};

// `again`: from the beginning. refused for members who may not read entries.
Result<AuditReport> audit(Session& session, bool again,
                          const std::function<void(std::uint64_t entries, std::uint64_t of)>& progress);

// Entries of the log in bundles, as they stand: for `log` and `audit`.
Result<std::vector<std::string>> entry_bundle(Session& session, std::uint64_t number, std::size_t width);

}  // namespace depone::client
