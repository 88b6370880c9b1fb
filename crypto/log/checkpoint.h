// C2SP checkpoints (tlog-checkpoint v1.0.0): a note whose text is
//   <origin>\n<decimal size>\n<base64 root>\n
// without extension lines, signed under the origin's name. Functions are pure.
#pragma once

#include "crypto/log/note.h"

namespace depone::crypto::log {

struct Checkpoint {
  std::string origin;
  std::uint64_t size = 0;
  Digest root;
  bool operator==(const Checkpoint&) const = default;
};

std::string sign_checkpoint(const Checkpoint& checkpoint, const SigningKey& key);
// The checkpoint of a note that the log's key signed; its origin must be the key's name. malformed, damaged.
Result<Checkpoint> open_checkpoint(std::string_view note, const VerifierKey& log_key);

// Opens checkpoints of one log. The same note once more, as the receipts of one commit carry it, is compared and not
// verified again. Not thread-safe.
class CheckpointOpener {
 public:
  explicit CheckpointOpener(VerifierKey log_key) : log_key_(std::move(log_key)) {}
  Result<Checkpoint> open(std::string_view note);  // as open_checkpoint()

 private:
  VerifierKey log_key_;
  std::string note_;  // the latest that verified; empty: none
  Checkpoint opened_;
};

// A decimal number as C2SP writes it: no sign, no leading zeros, below 2^53.
std::optional<std::uint64_t> parse_decimal(std::string_view text);

}  // namespace depone::crypto::log
