// An archivist's audit: downloads the log from where the last audit ended and has it checked (log_auditor.h), without
// being able to read a word of what is sealed. On demand every sealed object too, whose bytes are read over the wire
// and compared with what its author signed; or every part that this member may see, compared with its commitment. What
// was verified once is kept in the profile; each kind of audit goes on from where it ended itself, also where it was
// interrupted.
#pragma once

#include <functional>

#include "client/lib/log_auditor.h"
#include "client/lib/session.h"

namespace depone::client {

struct AuditWish {
  enum class Also { nothing, objects, parts };
  Also also = Also::nothing;  // each reading of an object, and of the parts of 256 entries, is an entry of the log
  bool again = false;         // from the beginning
};
// refused for members who may not read entries. What cannot be read is a finding; a line that breaks is an error, and
// the next audit goes on from there.
Result<AuditReport> audit(Session& session, const AuditWish& wish,
                          const std::function<void(std::uint64_t entries, std::uint64_t of)>& progress);

}  // namespace depone::client
