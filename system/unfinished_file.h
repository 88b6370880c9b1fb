// A file that is not there until it is whole. Where the system allows it, it has no name before that, so that not even
// a power cut leaves it behind; elsewhere (FAT, network disks) it has a temporary one, which the destructor or
// remove_unfinished_files() takes away.
#pragma once

#include <filesystem>

#include "system/file.h"

namespace depone::system {

enum class Durable { yes, no };

class UnfinishedFile {
 public:
  // Beside `target`, for writing, 0600. not_found, io.
  static Result<UnfinishedFile> create(const std::filesystem::path& target);
  UnfinishedFile(UnfinishedFile&& other) noexcept;
  UnfinishedFile& operator=(UnfinishedFile&&) = delete;
  ~UnfinishedFile();

  File& file() { return file_; }
  // Gives it its name, in one step: whoever looks sees the old file or the new one, whole. IfExists::refuse never
  // replaces what somebody else put there meanwhile: exists. Durable: contents and name; throws AmbiguousWrite.
  Result<> finish(IfExists if_exists, Durable durable = Durable::yes);

 private:
  UnfinishedFile(std::filesystem::path target, File file) : target_(std::move(target)), file_(std::move(file)) {}
  Result<> name_it(IfExists if_exists);

  std::filesystem::path target_;
  std::filesystem::path temporary_;  // empty while it has no name
  File file_;
  int slot_ = -1;  // among what remove_unfinished_files() removes
};

// Unlinks what has a temporary name. Async-signal-safe: for a handler that ends the process.
void remove_unfinished_files() noexcept;

}  // namespace depone::system
