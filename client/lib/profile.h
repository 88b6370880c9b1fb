// A person's folder: one identity, and what is known of each archive that it joined.
//   identity.json  key_file (where the identity's key file is)
//   archives/NAME/  archive.card  pin  roster  deposits  receipts/  unanswered/  audit* (client/lib/audit_state.h)
// The pin is the latest checkpoint that was verified: what is seen later must be consistent with it. Not thread-safe.
#pragma once

#include <filesystem>

#include "client/lib/identity.h"
#include "protocol/record/archive_card.h"
#include "protocol/record/receipt.h"
#include "system/folder_lock.h"

namespace depone::client {

class ArchiveProfile {
 public:
  ArchiveProfile(std::string name, std::filesystem::path folder, protocol::record::ArchiveCard card)
      : name_(std::move(name)),
        folder_(std::move(folder)),
        card_(std::move(card)) {}

  const std::string& name() const { return name_; }
  const protocol::record::ArchiveCard& card() const { return card_; }
  std::filesystem::path receipts() const { return folder_ / "receipts"; }
  std::filesystem::path roster() const { return folder_ / "roster"; }

  // Held while a file of this archive's folder is read, changed and written. Several processes may share a profile.
  Result<system::FolderLock> lock() const;

  // The pinned checkpoint: the card's own before any other was seen.
  Result<std::string> pin() const;
  // A checkpoint of `size` entries that was verified becomes the pin, unless a later one is pinned by now. Durable.
  Result<> advance_pin(std::string_view note, std::uint64_t size) const;

  // Of bytes deposited, or submitted, from here: nobody without the identity can tell which.
  std::string deposit_key(const Identity& identity, const crypto::Digest& plaintext,
                          const crypto::CaseId& case_id) const;
  std::filesystem::path deposits() const { return folder_ / "deposits"; }      // client/lib/deposits.h
  std::filesystem::path unanswered() const { return folder_ / "unanswered"; }  // client/lib/unanswered.h

  // What an audit has verified so far.
  std::filesystem::path audit_state() const { return folder_ / "audit"; }
  std::filesystem::path object_audit_state() const { return folder_ / "audit-objects"; }
  std::filesystem::path part_audit_state() const { return folder_ / "audit-parts"; }

 private:
  std::string name_;
  std::filesystem::path folder_;
  protocol::record::ArchiveCard card_;
};

class Profile {
 public:
  explicit Profile(std::filesystem::path folder) : folder_(std::move(folder)) {}
  // $XDG_DATA_HOME/depone, else ~/.local/share/depone.
  static std::filesystem::path default_folder();

  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path identity() const { return folder_ / "identity.json"; }
  std::optional<std::filesystem::path> key_file() const;  // as `init` was told
  Result<> set_key_file(const std::filesystem::path& key_file) const;
  Result<> forget_key_file() const;

  std::vector<std::string> archives() const;  // names, sorted
  // exists: the name is taken by another archive; joining the same one again renews its card.
  Result<ArchiveProfile> join(const std::string& name, ByteView card_bytes) const;
  // `name` empty: the only one there is; input, with the list, where there are several; not_found where there is none.
  Result<ArchiveProfile> archive(const std::string& name) const;

 private:
  std::filesystem::path folder_;
};

bool is_archive_name(std::string_view name);  // 1 to 40 of a-z 0-9 . _ -

}  // namespace depone::client
