// Which bytes were deposited in which case from here: a line each in the profile's file `deposits`, under the
// identity's key, so that the file alone tells sizes and no more. (A receipt beside it tells the digest, if it has its
// opening.) Read once; what is noted is appended. Not thread-safe; several processes may share the file.
#pragma once

#include <span>
#include <unordered_map>
#include <unordered_set>

#include "client/lib/profile.h"

namespace depone::client {

struct NewDeposit {
  crypto::Digest plaintext;
  std::uint64_t size = 0;
  crypto::CaseId case_id;
  std::string item;
};

class Deposits {
 public:
  // damaged; a last line that a crash tore is passed over.
  static Result<Deposits> read(const ArchiveProfile& archive, const Identity& identity);

  // Whether anything of this size was deposited from here: only then is it worth hashing a file beforehand.
  bool any_of_size(std::uint64_t size) const { return sizes_.contains(std::to_string(size)); }
  std::optional<std::string> find(const crypto::Digest& plaintext, const crypto::CaseId& case_id) const;
  // By ArchiveProfile::deposit_key().
  bool has(const std::string& key) const { return items_.contains(key); }
  Result<> note(std::span<const NewDeposit> deposits);

 private:
  Deposits(const ArchiveProfile& archive, const Identity& identity) : archive_(archive), identity_(identity) {}

  const ArchiveProfile& archive_;
  const Identity& identity_;
  std::unordered_map<std::string, std::string> items_;  // by key
  std::unordered_set<std::string> sizes_;
};

}  // namespace depone::client
