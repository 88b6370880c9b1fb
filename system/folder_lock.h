// An exclusive hold on a folder, by flock on a file in it: gone with the process, however that ends.
#pragma once

#include <filesystem>

#include "system/file.h"
#include "system/result.h"

namespace depone::system {

class FolderLock {
 public:
  // Takes the lock or answers `exists` at once if another process has it. `name` is the lock file, made 0600.
  static Result<FolderLock> take(const std::filesystem::path& folder, const char* name = ".lock");

  // Waits until it is free: for holds that last no longer than a file is written.
  static Result<FolderLock> wait(const std::filesystem::path& folder, const char* name = ".lock");

 private:
  explicit FolderLock(File file) : file_(std::move(file)) {}
  File file_;
};

}  // namespace depone::system
