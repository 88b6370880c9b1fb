// Sealed objects that are larger than 128 KiB, as files: objects/<2 hex>/<sha256 of the sealed object>. Written once,
// never changed. Thread-safe. (An S3-compatible store will stand behind the same calls.)
#pragma once

#include <filesystem>
#include <functional>
#include <optional>

#include "crypto/bytes.h"
#include "system/file.h"

namespace depone::daemon::store {

class ObjectFolder {
 public:
  // Makes the folder and its 256 folders where they are missing, durably.
  static Result<ObjectFolder> open(std::filesystem::path folder);

  Result<system::File> read(const crypto::Digest& object) const;  // not_found
  // Durable if it says so. Throws AmbiguousWrite.
  bool has(const crypto::Digest& object) const;
  // Takes over a complete, synced file of these bytes: durable when it returns. exists: the archive has the object,
  // durably, and the file stays; not_found, io: it was not taken. Throws AmbiguousWrite.
  Result<> adopt(const std::filesystem::path& file, const crypto::Digest& object);
  // Gives back what an act did not take after all, or removes an orphan. not_found, io.
  Result<> remove(const crypto::Digest& object);
  // Everything in the folder that is not a folder; `object` is nothing for what is no object's file.
  void for_each(
      const std::function<void(const std::filesystem::path&, std::optional<crypto::Digest> object)>& visit) const;
  std::filesystem::path path_of(const crypto::Digest& object) const;

 private:
  explicit ObjectFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::filesystem::path folder_;
};

}  // namespace depone::daemon::store
