#include "client/lib/pinned_log.h"

#include <fmt/format.h>

#include "crypto/log/merkle.h"

namespace depone::client {

namespace log = crypto::log;

namespace {

Error forked() {
  return fail(ErrorCode::damaged,
              "the archive shows two histories of the same length: its log was forked; tell its custodians");
}

}  // namespace

Result<PinnedLog> PinnedLog::open(const ArchiveProfile& archive) {
  DEPONE_ASSIGN(const auto pin, archive.pin());
  auto head = log::open_checkpoint(pin, archive.card().log_key());
  if (!head)
    return fail(ErrorCode::damaged, fmt::format("the pin kept for the archive '{}' is not one of its checkpoints: this "
                                                "profile was damaged ({}); restore the file pin from a copy of the "
                                                "profile: without it the archive could show an older log",
                                                archive.name(), head.error().detail));
  return PinnedLog(archive, std::move(*head));
}

Result<> PinnedLog::believe(const std::string& note, ProofSource& source) {
  DEPONE_ASSIGN(const auto checkpoint, checkpoints_.open(note));
  if (const auto known = shown_.find(checkpoint.size); known != shown_.end()) {
    if (known->second == checkpoint.root) return {};
    return forked();
  }
  const bool later = checkpoint.size > head_.size;
  const auto& from = later ? head_ : checkpoint;
  const auto& to = later ? checkpoint : head_;
  if (from.size == to.size) {
    if (from.root != to.root) return forked();
  } else {
    const auto proof = source.consistency(from.size, to.size);
    if (!proof && !later && proof.error().code == ErrorCode::not_found) {
      return fail(ErrorCode::rolled_back, fmt::format("the archive's log ends at {} entries, but {} were seen before: "
                                                      "it was put back to an earlier state; tell its custodians",
                                                      checkpoint.size, head_.size));
    }
    if (!proof) return proof.error();
    DEPONE_TRY(log::verify_consistency(from.size, from.root, to.size, to.root, *proof));
  }
  shown_[head_.size] = head_.root;
  shown_[checkpoint.size] = checkpoint.root;
  if (later) {
    DEPONE_TRY(archive_.advance_pin(note, checkpoint.size));
    head_ = checkpoint;
  }
  if (later || seen_.size == 0) seen_ = {head_.size, head_.root};
  return {};
}

}  // namespace depone::client
