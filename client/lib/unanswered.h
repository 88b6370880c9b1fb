// Submissions that were sent and whose answer never came: kept in the profile so that the same act can be sent again,
// which is harmless (the archive gives its first receipt again), where a new one would deposit the file twice.
//
// A file each: unanswered/KEYED-DIGEST.SIZE. With every key of the device it tells no more than that these bytes were
// submitted from here: the submission is sealed to the archive's intake key, the opening boxed under a key of the
// identity.
#pragma once

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

  // Whether anything of this size waits for an answer: only then is it worth hashing a file.
  bool any_of_size(std::uint64_t size) const;
  // damaged where it was changed.
  Result<std::optional<Unanswered>> find(const crypto::Digest& plaintext, const crypto::CaseId& case_id,
                                         std::uint64_t size) const;
  // Written whole, without waiting for the disk: what it guards against is a lost line and an interrupted program.
  Result<> keep(const Unanswered& submission, const crypto::CaseId& case_id, std::uint64_t size) const;
  void forget(const crypto::Digest& plaintext, const crypto::CaseId& case_id, std::uint64_t size) const;

 private:
  std::filesystem::path path_of(const crypto::Digest& plaintext, const crypto::CaseId& case_id,
                                std::uint64_t size) const;
  const ArchiveProfile& archive_;
  const Identity& identity_;
  crypto::WrappingKey key_;
};

}  // namespace depone::client
