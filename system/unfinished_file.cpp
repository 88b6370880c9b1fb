#include "system/unfinished_file.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "system/disk.h"

namespace depone::system {
namespace {

// Paths for a signal handler, which may not allocate: a slot is `ready` only while its path is whole.
struct Slot {
  std::atomic<bool> taken{false}, ready{false};
  std::array<char, 4096> path{};
};
std::array<Slot, 320> slots;  // more files at once than anything here writes; beyond them, only the destructor removes

int remember(const std::filesystem::path& path) {
  const auto& text = path.native();
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (text.size() >= slots[i].path.size() || slots[i].taken.exchange(true)) continue;
    std::memcpy(slots[i].path.data(), text.c_str(), text.size() + 1);
    slots[i].ready = true;
    return static_cast<int>(i);
  }
  return -1;
}
void forget(int slot) {
  if (slot < 0) return;
  auto& one = slots[static_cast<std::size_t>(slot)];
  one.ready = false;
  one.taken = false;
}

Error write_error(const std::filesystem::path& path) {
  const int number = errno;
  auto code = number == EEXIST ? ErrorCode::exists : code_of_write(number);
  if (number == ENOENT || number == ENOTDIR) code = ErrorCode::not_found;
  return fail(code, code == ErrorCode::exists
                        ? fmt::format("{} exists already", path.string())
                        : fmt::format("cannot write {}: {}", path.string(), std::strerror(number)));
}

std::filesystem::path temporary_beside(const std::filesystem::path& target) {
  static std::atomic<unsigned> count{0};
  auto path = target;
  path += fmt::format(".{}-{}.part", ::getpid(), count++);
  return path;
}

}  // namespace

Result<UnfinishedFile> UnfinishedFile::create(const std::filesystem::path& target) {
  static const bool proc_is_there = ::access("/proc/self/fd", X_OK) == 0;
  if (proc_is_there) {
    const int nameless = disk::open(folder_of(target).c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (nameless >= 0) return UnfinishedFile(target, File(nameless));
    if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL) return write_error(target);
  }
  auto temporary = temporary_beside(target);
  const int slot = remember(temporary);
  const int named = disk::open(temporary.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  if (named < 0) {
    const auto error = write_error(target);
    forget(slot);
    return error;
  }
  UnfinishedFile out(target, File(named));
  out.temporary_ = std::move(temporary);
  out.slot_ = slot;
  return out;
}

UnfinishedFile::UnfinishedFile(UnfinishedFile&& other) noexcept
    : target_(std::move(other.target_)),
      temporary_(std::exchange(other.temporary_, {})),
      file_(std::move(other.file_)),
      slot_(std::exchange(other.slot_, -1)) {}

UnfinishedFile::~UnfinishedFile() {
  if (!temporary_.empty()) disk::unlink(temporary_.c_str());
  forget(slot_);
}

Result<> UnfinishedFile::name_it(IfExists if_exists) {
  if (temporary_.empty()) {
    if (if_exists == IfExists::refuse)
      return disk::link_descriptor(file_.descriptor(), target_.c_str()) == 0 ? Result<>() : write_error(target_);
    auto temporary = temporary_beside(target_);
    slot_ = remember(temporary);
    if (disk::link_descriptor(file_.descriptor(), temporary.c_str()) != 0) return write_error(target_);
    temporary_ = std::move(temporary);
  }
  if (if_exists == IfExists::refuse) {
    if (disk::link(temporary_.c_str(), target_.c_str()) == 0) {
      disk::unlink(temporary_.c_str());
      temporary_.clear();
      return {};
    }
    if (errno != EPERM && errno != EOPNOTSUPP) return write_error(target_);
    // A disk without links (a USB stick's FAT): rename must do, and may not replace.
    if (disk::rename_new(temporary_.c_str(), target_.c_str()) == 0) {
      temporary_.clear();
      return {};
    }
    if (errno != EINVAL && errno != ENOSYS) return write_error(target_);
    if (::access(target_.c_str(), F_OK) == 0) {
      errno = EEXIST;
      return write_error(target_);
    }
  }
  if (disk::rename(temporary_.c_str(), target_.c_str()) != 0) return write_error(target_);
  temporary_.clear();
  return {};
}

Result<> UnfinishedFile::finish(IfExists if_exists, Durable durable) {
  if (durable == Durable::yes) file_.sync();
  DEPONE_TRY(name_it(if_exists));
  if (durable == Durable::yes) sync_folder(folder_of(target_));
  return {};
}

void remove_unfinished_files() noexcept {
  for (const auto& slot : slots) {
    if (slot.ready) ::unlink(slot.path.data());
  }
}

}  // namespace depone::system
