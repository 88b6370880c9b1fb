#include "system/disk.h"

#include <cstdio>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace depone::system::disk {

int open(const char* path, int flags, mode_t mode) { return ::open(path, flags, mode); }
ssize_t read(int descriptor, void* into, std::size_t size) { return ::read(descriptor, into, size); }
ssize_t pread(int descriptor, void* into, std::size_t size, off_t offset) {
  return ::pread(descriptor, into, size, offset);
}
ssize_t write(int descriptor, const void* from, std::size_t size) { return ::write(descriptor, from, size); }
ssize_t pwrite(int descriptor, const void* from, std::size_t size, off_t offset) {
  return ::pwrite(descriptor, from, size, offset);
}
int ftruncate(int descriptor, off_t size) { return ::ftruncate(descriptor, size); }
int fdatasync(int descriptor) { return ::fdatasync(descriptor); }
int fsync(int descriptor) { return ::fsync(descriptor); }
int syncfs(int descriptor) { return ::syncfs(descriptor); }
int rename(const char* from, const char* to) { return ::rename(from, to); }
int rename_new(const char* from, const char* to) { return ::renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE); }
int link(const char* from, const char* to) { return ::link(from, to); }
int link_descriptor(int descriptor, const char* to) {
  const auto self = fmt::format("/proc/self/fd/{}", descriptor);
  return ::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, to, AT_SYMLINK_FOLLOW);
}
int unlink(const char* path) { return ::unlink(path); }
int mkdir(const char* path, mode_t mode) { return ::mkdir(path, mode); }

}  // namespace depone::system::disk
