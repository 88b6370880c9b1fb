// What is believed of an archive's log: nothing that contradicts the pin, the latest checkpoint that this profile
// verified. Every checkpoint must be consistent with it, and a later one takes its place. Not thread-safe; several
// processes may share the profile, and the pin never goes backwards between them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "client/lib/profile.h"
#include "protocol/record/act.h"

namespace depone::client {

// Where consistency proofs come from: the archive itself, which is not trusted.
class ProofSource {
 public:
  virtual ~ProofSource() = default;
  // RFC 6962 consistency between two sizes of the log. not_found: the log is shorter than `to`.
  virtual Result<std::vector<crypto::Digest>> consistency(std::uint64_t from, std::uint64_t to) = 0;
};

class PinnedLog {
 public:
  static Result<PinnedLog> open(const ArchiveProfile& archive);

  // A signed checkpoint of this log. damaged: forked, or not signed by the log. rolled_back: the archive's log ends
  // before what was seen. Another error: the proof could not be got, which says nothing of the log.
  Result<> believe(const std::string& note, ProofSource& source);

  // For receipts, before what they lead to is believed.
  crypto::log::CheckpointOpener& checkpoints() { return checkpoints_; }

  std::uint64_t size() const { return head_.size; }
  // The head that believe() verified in this session: what acts call `seen`. Nothing before the first believe().
  const protocol::record::Seen& seen() const { return seen_; }

 private:
  PinnedLog(const ArchiveProfile& archive, crypto::log::Checkpoint head)
      : archive_(archive),
        checkpoints_(archive.card().log_key()),
        head_(std::move(head)) {}

  ArchiveProfile archive_;
  crypto::log::CheckpointOpener checkpoints_;
  crypto::log::Checkpoint head_;
  protocol::record::Seen seen_;
  std::map<std::uint64_t, crypto::Digest> shown_;  // sizes of checkpoints that were shown to belong to this log
};

}  // namespace depone::client
