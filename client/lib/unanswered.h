// Submissions that were sent and whose answer never came: kept in the profile so that the same act can be sent again,
// which is harmless (the archive gives its first receipt again), where a new one would deposit the file twice.
//
// A name each: unanswered/KEYED-DIGEST.SIZE; those that were sent together are one file of several names (thousands of
// files that come and go cost ext4 more than all else here). With every key of the device it tells no more than that
// these bytes were submitted from here: the submission is sealed to the archive's intake key, the opening boxed under a
// key of the identity.
#pragma once

#include <set>

#include "client/lib/deposits.h"
#include "client/lib/item_sealer.h"
#include "client/lib/profile.h"

namespace depone::client {

struct Unanswered {
  crypto::EvidenceId item;
  crypto::Digest act;
  protocol::record::Opening opening;
  std::string upload_id;  // empty: the object is in the submission
  Bytes sealed;           // the body of POST /v1/submissions
};

class UnansweredSubmissions {
 public:
  UnansweredSubmissions(const ArchiveProfile& archive, const Identity& identity)
      : archive_(archive),
        identity_(identity),
        key_(identity.local_key("unanswered")) {}

  // The sizes, in decimal, of what waits for an answer: only files of those are worth hashing.
  std::set<std::string> sizes() const;
  // damaged where it was changed.
  Result<std::optional<Unanswered>> find(const crypto::Digest& plaintext, const crypto::CaseId& case_id,
                                         std::uint64_t size) const;
  // What is sent in one request: at least one, each with its size. Written whole, without waiting for the disk: what it
  // guards against is a lost line and an interrupted program.
  Result<> keep(std::span<const Unanswered> together, const crypto::CaseId& case_id,
                std::span<const std::uint64_t> sizes) const;
  void forget(const crypto::Digest& plaintext, const crypto::CaseId& case_id, std::uint64_t size) const;
  // Those of bytes that were deposited: an interrupted program leaves them behind.
  void forget_deposited(const Deposits& deposits) const;

 private:
  std::filesystem::path path_of(const crypto::Digest& plaintext, const crypto::CaseId& case_id,
                                std::uint64_t size) const;
  const ArchiveProfile& archive_;
  const Identity& identity_;
  crypto::WrappingKey key_;
};

// What a file holds of the submission that it is named after: of those that were sent together, that one alone.
Result<Bytes> unanswered_alone(const std::filesystem::path& file);

}  // namespace depone::client
