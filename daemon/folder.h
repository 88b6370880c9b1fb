// An archive's folder: where its files are, and how it is unlocked.
//   archive.db  archive.keys  checkpoints  objects/  uploads/  config.toml  archive.card  control.sock
#pragma once

#include <filesystem>
#include <functional>

#include "crypto/key_slot.h"
#include "daemon/store/database.h"
#include "protocol/record/key_slots.h"
#include "system/folder_lock.h"

namespace depone::daemon {

struct Folder {
  std::filesystem::path path;
  std::filesystem::path database() const { return path / "archive.db"; }
  std::filesystem::path keys() const { return path / "archive.keys"; }
  std::filesystem::path checkpoints() const { return path / "checkpoints"; }
  std::filesystem::path objects() const { return path / "objects"; }
  std::filesystem::path uploads() const { return path / "uploads"; }
  std::filesystem::path config() const { return path / "config.toml"; }
  std::filesystem::path card() const { return path / "archive.card"; }
  std::filesystem::path control() const { return path / "control.sock"; }

  // not_found, with what to do, where this is not an archive.
  Result<> check() const;
  Result<system::FolderLock> lock() const;  // exists: another deponed has it
};

// Where the secret that opens an archive comes from.
struct UnlockSource {
  std::string key_file;    // empty: a passphrase
  int passphrase_fd = -1;  // -1: the terminal
};
// A passphrase from where the source says; `again` asks twice, for a new one.
Result<crypto::SecretBuffer> read_passphrase(const UnlockSource& source, bool again);

// Makes archive.keys for a new master key.
Result<crypto::MasterKey> create_keys(const Folder& folder, const UnlockSource& source);
// wrong_key, malformed, input.
Result<crypto::MasterKey> unlock_keys(const Folder& folder, const UnlockSource& source);

}  // namespace depone::daemon
