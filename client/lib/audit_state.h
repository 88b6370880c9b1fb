// What one kind of audit keeps in the profile between its runs: the state of log_auditor.h, and beside it the records
// that this state goes with. An audit that begins again writes its records to another file, so that the old state
// stays good until the new one is named. One process at a time holds it. Not thread-safe.
#pragma once

#include "client/lib/log_auditor.h"
#include "system/folder_lock.h"

namespace depone::client {

class AuditState {
 public:
  // `exists`: another audit of this kind is running in this profile.
  static Result<AuditState> hold(const std::filesystem::path& path);
  AuditState(AuditState&&) = default;
  AuditState& operator=(AuditState&&) = delete;
  ~AuditState();  // removes the file that no state names

  // Empty records, for an audit from the beginning.
  Result<policy::KeyedRecords> begin();
  // Goes on from what was kept. Where nothing was, or what cannot be used, the audit begins at the beginning.
  void resume(LogAuditor& auditor);
  // Durable. Throws AmbiguousWrite.
  Result<> keep(LogAuditor& auditor);
  // The next audit begins at the beginning.
  void drop();

 private:
  AuditState(std::filesystem::path path, system::FolderLock lock);
  std::filesystem::path records(char which) const;

  std::filesystem::path path_;
  system::FolderLock lock_;
  std::string kept_;        // the state as it was found
  char named_ = 'b';        // the records that the state names
  char current_ = 'a';      // those of this audit
  bool was_named_ = false;  // there is a state
};

}  // namespace depone::client
