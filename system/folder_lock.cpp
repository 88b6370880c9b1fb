#include "system/folder_lock.h"

#include <cerrno>

#include <fmt/format.h>
#include <sys/file.h>

namespace depone::system {

Result<FolderLock> FolderLock::take(const std::filesystem::path& folder, const char* name) {
  DEPONE_ASSIGN(File file, File::open_or_create(folder / name));
  if (::flock(file.descriptor(), LOCK_EX | LOCK_NB) != 0) {
    return fail(ErrorCode::exists, fmt::format("another process is using {}; stop it first", folder.string()));
  }
  return FolderLock(std::move(file));
}

Result<FolderLock> FolderLock::wait(const std::filesystem::path& folder, const char* name) {
  DEPONE_ASSIGN(File file, File::open_or_create(folder / name));
  while (::flock(file.descriptor(), LOCK_EX) != 0) {
    if (errno != EINTR) return fail(ErrorCode::io, fmt::format("cannot lock {}", folder.string()));
  }
  return FolderLock(std::move(file));
}

}  // namespace depone::system
