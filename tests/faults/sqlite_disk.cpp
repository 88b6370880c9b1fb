// An sqlite3_vfs over SQLite's own, so that the database's files stand on the same disk as all others. Its shared
// memory does not: a power cut takes that in any case.
#include <cerrno>
#include <cstring>
#include <new>
#include <string>

#include <sqlite3.h>
#include <unistd.h>

#include "tests/faults/disk.h"

namespace depone::faults {
namespace {

sqlite3_vfs* real_vfs() {
  static sqlite3_vfs* const vfs = sqlite3_vfs_find(nullptr);
  return vfs;
}

struct Over {
  sqlite3_file base;
  sqlite3_file* real;  // behind this, in what SQLite allocated
  std::string* path;
  bool names_unsynced;  // SQLite makes the name of a new log durable with its first sync
};
Over* over(sqlite3_file* file) { return reinterpret_cast<Over*>(file); }

Event event(What what, const Over* file, std::uint64_t number = 0, Bytes bytes = {}) {
  return {what, node_of(*file->path), number, {}, {}, std::move(bytes)};
}
void tell(Event told) { Disk::instance().tell(std::move(told)); }

// The code of `perform`, or this one where the call is to fail.
template <class Perform, class Tell>
int answer(Call what, const std::string& path, int failure, Perform perform, Tell tell_it) {
  int code = SQLITE_OK;
  const int failed = Disk::instance().call(
      what, path,
      [&](int part) {
        code = perform(part);
        return code == SQLITE_OK;
      },
      tell_it);
  if (failed == 0) return code;
  return failed == ENOSPC && what == Call::write ? SQLITE_FULL : failure;
}

int close(sqlite3_file* file) {
  const int code = over(file)->real->pMethods->xClose(over(file)->real);
  delete over(file)->path;
  return code;
}
int read(sqlite3_file* file, void* into, int size, sqlite3_int64 offset) {
  auto* const real = over(file)->real;
  return answer(
      Call::read, *over(file)->path, SQLITE_IOERR_READ,
      [&](int) { return real->pMethods->xRead(real, into, size, offset); }, [](int) {});
}
int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
  auto* const real = over(file)->real;
  const auto bytes = [&](int part) { return part == 1 ? size / 2 : size; };
  return answer(
      Call::write, *over(file)->path, SQLITE_IOERR_WRITE,
      [&](int part) { return real->pMethods->xWrite(real, from, bytes(part), offset); },
      [&](int part) {
        const auto* const first = static_cast<const std::uint8_t*>(from);
        tell(event(What::write, over(file), static_cast<std::uint64_t>(offset), Bytes(first, first + bytes(part))));
      });
}
int truncate(sqlite3_file* file, sqlite3_int64 size) {
  auto* const real = over(file)->real;
  return answer(
      Call::truncate, *over(file)->path, SQLITE_IOERR_TRUNCATE,
      [&](int) { return real->pMethods->xTruncate(real, size); },
      [&](int) { tell(event(What::truncate, over(file), static_cast<std::uint64_t>(size))); });
}
int sync(sqlite3_file* file, int) {
  return answer(
      Call::sync, *over(file)->path, SQLITE_IOERR_FSYNC, [](int) { return SQLITE_OK; },
      [&](int) {
        tell(event(What::sync_file, over(file)));
        const auto& path = *over(file)->path;
        if (over(file)->names_unsynced) tell({What::sync_folder, 0, 0, path.substr(0, path.rfind('/')), {}, {}});
        over(file)->names_unsynced = false;
      });
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return over(file)->real->pMethods->xFileSize(over(file)->real, size);
}
int lock(sqlite3_file* file, int kind) { return over(file)->real->pMethods->xLock(over(file)->real, kind); }
int unlock(sqlite3_file* file, int kind) { return over(file)->real->pMethods->xUnlock(over(file)->real, kind); }
int check_lock(sqlite3_file* file, int* out) {
  return over(file)->real->pMethods->xCheckReservedLock(over(file)->real, out);
}
int control(sqlite3_file* file, int op, void* argument) {
  return over(file)->real->pMethods->xFileControl(over(file)->real, op, argument);
}
int sector_size(sqlite3_file* file) { return over(file)->real->pMethods->xSectorSize(over(file)->real); }
int characteristics(sqlite3_file* file) { return over(file)->real->pMethods->xDeviceCharacteristics(over(file)->real); }
int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
  return over(file)->real->pMethods->xShmMap(over(file)->real, page, size, extend, out);
}
int shm_lock(sqlite3_file* file, int offset, int n, int flags) {
  return over(file)->real->pMethods->xShmLock(over(file)->real, offset, n, flags);
}
void shm_barrier(sqlite3_file* file) { over(file)->real->pMethods->xShmBarrier(over(file)->real); }
int shm_unmap(sqlite3_file* file, int remove) {
  return over(file)->real->pMethods->xShmUnmap(over(file)->real, remove);
}

constexpr sqlite3_io_methods kMethods{
    2,         close,      read,    write,       truncate,        sync,    file_size, lock,
    unlock,    check_lock, control, sector_size, characteristics, shm_map, shm_lock,  shm_barrier,
    shm_unmap, nullptr,    nullptr};

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto* const opened = over(file);
  opened->base.pMethods = nullptr;
  opened->real = reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + sizeof(Over));
  if (name == nullptr) return SQLITE_CANTOPEN;  // no temporary file: temp_store is MEMORY
  const bool makes = (flags & SQLITE_OPEN_CREATE) != 0 && ::access(name, F_OK) != 0;
  const int code = answer(
      Call::open, name, SQLITE_CANTOPEN,
      [&](int) { return real_vfs()->xOpen(real_vfs(), name, opened->real, flags, out_flags); },
      [&](int) {
        if (makes) tell({What::create, node_of(std::string(name)), 0, name, {}, {}});
      });
  if (code != SQLITE_OK) {
    if (opened->real->pMethods != nullptr) opened->real->pMethods->xClose(opened->real);
    return code;
  }
  opened->path = new std::string(name);
  opened->names_unsynced = makes;
  opened->base.pMethods = &kMethods;
  return SQLITE_OK;
}
int remove(sqlite3_vfs*, const char* name, int sync_folder) {
  return answer(
      Call::remove, name, SQLITE_IOERR_DELETE, [&](int) { return real_vfs()->xDelete(real_vfs(), name, sync_folder); },
      [&](int) {
        const std::string path(name);
        tell({What::remove, 0, 0, path, {}, {}});
        if (sync_folder != 0) tell({What::sync_folder, 0, 0, path.substr(0, path.rfind('/')), {}, {}});
      });
}

}  // namespace

void stand_below_sqlite() {
  sqlite3_initialize();
  static sqlite3_vfs vfs = *real_vfs();
  vfs.szOsFile = static_cast<int>(sizeof(Over)) + real_vfs()->szOsFile;
  vfs.zName = "faults";
  vfs.pNext = nullptr;
  vfs.xOpen = open;
  vfs.xDelete = remove;
  if (sqlite3_vfs_register(&vfs, 1) != SQLITE_OK) throw std::bad_alloc();
}

}  // namespace depone::faults
