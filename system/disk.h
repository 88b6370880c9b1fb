// The calls by which Depone's files are read and changed, and nothing else: each is the system call of its name, with
// errno. system/file.h is what everything uses; this stands beneath it alone, so that a program of tests can put a disk
// that fails, fills up or loses power in its place when it is linked (tests/faults). SQLite has its own files, and its
// own place for that (sqlite3_vfs).
#pragma once

#include <cstddef>

#include <sys/types.h>

namespace depone::system::disk {

int open(const char* path, int flags, mode_t mode);
ssize_t read(int descriptor, void* into, std::size_t size);
ssize_t pread(int descriptor, void* into, std::size_t size, off_t offset);
ssize_t write(int descriptor, const void* from, std::size_t size);
ssize_t pwrite(int descriptor, const void* from, std::size_t size, off_t offset);
int ftruncate(int descriptor, off_t size);
int fdatasync(int descriptor);
int fsync(int descriptor);
int syncfs(int descriptor);
int rename(const char* from, const char* to);
int rename_new(const char* from, const char* to);  // renameat2 with RENAME_NOREPLACE
int link(const char* from, const char* to);
int link_descriptor(int descriptor, const char* to);  // a name for a file that has none
int unlink(const char* path);
int mkdir(const char* path, mode_t mode);

}  // namespace depone::system::disk
