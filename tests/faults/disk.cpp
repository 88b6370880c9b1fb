#include "tests/faults/disk.h"

#include <cerrno>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/disk.h"

namespace depone::faults {

bool applies(Form form, Call call) {
  switch (form) {
    case Form::none:
      return false;
    case Form::not_done:
    case Form::killed:
      return true;
    case Form::done:
      return call != Call::read;
    case Form::half:
      return call == Call::write;
    case Form::no_space:
      return call == Call::write || call == Call::open || call == Call::name || call == Call::rename ||
             call == Call::make_folder;
  }
  return false;
}

Disk& Disk::instance() {
  static Disk disk;
  return disk;
}

int Disk::call(Call what, const std::string& path, const std::function<bool(int)>& perform,
               const std::function<void(int)>& tell) {
  const std::lock_guard lock(mutex_);  // one order of calls, and the trace is of that order
  const auto number = ++count_;
  if (counted_ != nullptr) counted_->push_back({what, role_of(path)});
  const bool now = number == at_ && applies(form_, what);
  if (now) {
    fired_ = true;
    if (form_ == Form::no_space) full_ = true;
    if (what == Call::sync || what == Call::sync_folder) sync_failed_ = true;
  }
  if (full_ && applies(Form::no_space, what)) return ENOSPC;
  if (!now) {
    if (perform(2)) tell(2);
    return 0;
  }
  const auto do_part = [&](int part) {
    if (perform(part)) tell(part);
  };
  switch (form_) {
    case Form::none:
    case Form::no_space:
    case Form::not_done:
      return EIO;
    case Form::done:
      do_part(2);
      return EIO;
    case Form::half:
      do_part(1);
      return ENOSPC;
    case Form::killed:
      if (what == Call::write) do_part(1);
      std::_Exit(kKilled);
  }
  return EIO;
}

std::string role_of(const std::string& path) {
  const std::filesystem::path file(path);
  const auto name = file.filename().string();
  const auto parent = file.parent_path().filename().string();
  if (name.ends_with("-wal")) return "wal";
  if (name.ends_with(".db")) return "database";
  if (name.starts_with("checkpoints")) return "checkpoints";
  if (name.ends_with(".state") || name.find(".state.") != std::string::npos) return "upload state";
  if (parent == "uploads" || name == "uploads") return "uploads";
  if (parent == "objects" || name == "objects" || file.parent_path().parent_path().filename() == "objects")
    return "objects";
  if (name.starts_with("archive.")) return name.substr(0, 12);
  return "other";
}

std::uint64_t node_of(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}
std::uint64_t node_of(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 ? status.st_ino : 0;
}

namespace {

std::string path_of(int descriptor) {
  std::error_code error;
  auto path = std::filesystem::read_symlink(fmt::format("/proc/self/fd/{}", descriptor), error).string();
  if (const auto gone = path.find(" (deleted)"); gone != std::string::npos) path.resize(gone);
  return path;
}
// A file that has no name yet shows itself as <folder>/#<inode>: its folder says what it will be.
Event event(What what, std::uint64_t node, std::string path = {}, std::uint64_t number = 0, Bytes bytes = {}) {
  return {what, node, number, std::move(path), {}, std::move(bytes)};
}

// A call that answers -1 and errno where it fails.
template <class T, class Perform, class Tell>
T answer(Call what, const std::string& path, Perform perform, Tell tell) {
  T result = -1;
  auto& disk = Disk::instance();
  const int failed = disk.call(
      what, path,
      [&](int part) {
        result = perform(part);
        return result >= 0;
      },
      [&](int part) { tell(part, result); });
  if (failed == 0) return result;
  errno = failed;
  return -1;
}

}  // namespace
}  // namespace depone::faults

namespace depone::system::disk {

using namespace depone::faults;

namespace {
void tell(Event event) { Disk::instance().tell(std::move(event)); }
}  // namespace

int open(const char* path, int flags, mode_t mode) {
  const bool nameless = (flags & O_TMPFILE) == O_TMPFILE;
  const bool makes = nameless || ((flags & O_CREAT) != 0 && ::access(path, F_OK) != 0);
  int opened = -1;
  const int got = answer<int>(
      Call::open, path, [&](int) { return opened = ::open(path, flags, mode); },
      [&](int, int descriptor) {
        if (makes) tell(event(What::create, node_of(descriptor), nameless ? "" : path));
      });
  if (got < 0 && opened >= 0) {
    const int number = errno;
    ::close(opened);
    errno = number;
  }
  return got;
}
ssize_t read(int descriptor, void* into, std::size_t size) {
  return answer<ssize_t>(
      Call::read, path_of(descriptor), [&](int) { return ::read(descriptor, into, size); }, [](int, ssize_t) {});
}
ssize_t pread(int descriptor, void* into, std::size_t size, off_t offset) {
  return answer<ssize_t>(
      Call::read, path_of(descriptor), [&](int) { return ::pread(descriptor, into, size, offset); },
      [](int, ssize_t) {});
}
ssize_t pwrite(int descriptor, const void* from, std::size_t size, off_t offset) {
  return answer<ssize_t>(
      Call::write, path_of(descriptor),
      [&](int part) { return ::pwrite(descriptor, from, part == 1 ? size / 2 : size, offset); },
      [&](int, ssize_t n) {
        const auto* const bytes = static_cast<const std::uint8_t*>(from);
        tell(event(What::write, node_of(descriptor), {}, static_cast<std::uint64_t>(offset), Bytes(bytes, bytes + n)));
      });
}
ssize_t write(int descriptor, const void* from, std::size_t size) {
  const off_t at = ::lseek(descriptor, 0, SEEK_CUR);
  const ssize_t n = pwrite(descriptor, from, size, at);
  if (n > 0) ::lseek(descriptor, at + n, SEEK_SET);
  return n;
}
int ftruncate(int descriptor, off_t size) {
  return answer<int>(
      Call::truncate, path_of(descriptor), [&](int) { return ::ftruncate(descriptor, size); },
      [&](int, int) { tell(event(What::truncate, node_of(descriptor), {}, static_cast<std::uint64_t>(size))); });
}
// Nothing waits for a real disk: what is durable is what the trace says.
int fdatasync(int descriptor) {
  return answer<int>(
      Call::sync, path_of(descriptor), [](int) { return 0; },
      [&](int, int) { tell(event(What::sync_file, node_of(descriptor))); });
}
int fsync(int descriptor) {  // of folders alone
  const auto path = path_of(descriptor);
  return answer<int>(
      Call::sync_folder, path, [](int) { return 0; }, [&](int, int) { tell(event(What::sync_folder, 0, path)); });
}
int syncfs(int descriptor) {
  return answer<int>(
      Call::sync, path_of(descriptor), [](int) { return 0; }, [](int, int) { tell(event(What::sync_all, 0)); });
}
int rename(const char* from, const char* to) {
  return answer<int>(
      Call::rename, to, [&](int) { return ::rename(from, to); },
      [&](int, int) {
        tell({What::rename, 0, 0, from, to, {}});
      });
}
int rename_new(const char* from, const char* to) {
  return answer<int>(
      Call::rename, to, [&](int) { return ::renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE); },
      [&](int, int) {
        tell({What::rename, 0, 0, from, to, {}});
      });
}
int link(const char* from, const char* to) {
  return answer<int>(
      Call::name, to, [&](int) { return ::link(from, to); },
      [&](int, int) { tell(event(What::name, node_of(std::string(to)), to)); });
}
int link_descriptor(int descriptor, const char* to) {
  const auto self = fmt::format("/proc/self/fd/{}", descriptor);
  return answer<int>(
      Call::name, to, [&](int) { return ::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, to, AT_SYMLINK_FOLLOW); },
      [&](int, int) { tell(event(What::name, node_of(descriptor), to)); });
}
int unlink(const char* path) {
  return answer<int>(
      Call::remove, path, [&](int) { return ::unlink(path); }, [&](int, int) { tell(event(What::remove, 0, path)); });
}
int mkdir(const char* path, mode_t mode) {
  return answer<int>(
      Call::make_folder, path, [&](int) { return ::mkdir(path, mode); },
      [&](int, int) { tell(event(What::make_folder, 0, path)); });
}

}  // namespace depone::system::disk
