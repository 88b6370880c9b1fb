#include "daemon/store/disk_room.h"

#include <sys/statvfs.h>
#include <unistd.h>

#include "system/file.h"

namespace depone::daemon::store {
namespace {

constexpr std::uint64_t kInodesMin = 64;
constexpr std::uint64_t kWriterBytes = 2 << 20;  // what the writer may want before anybody looks again

std::filesystem::path reserve_file(const std::filesystem::path& folder) { return folder / "reserve"; }

}  // namespace

DiskRoom::DiskRoom(std::filesystem::path folder, StorageLimits limits) : folder_(std::move(folder)), limits_(limits) {
  std::error_code absent;
  const auto size = std::filesystem::file_size(reserve_file(folder_), absent);
  reserved_ = !absent && size == limits_.reserve_bytes;
  if (!absent && !reserved_) ::unlink(reserve_file(folder_).c_str());
  tend();
}

std::uint64_t DiskRoom::free_bytes() const {
  struct statvfs disk {};
  if (::statvfs(folder_.c_str(), &disk) != 0) return 0;
  if (disk.f_files > 0 && disk.f_favail < kInodesMin) return 0;
  return static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize;
}

bool DiskRoom::has_room_for(std::uint64_t bytes) const {
  const auto free = free_bytes();
  return free >= limits_.free_bytes_min && free - limits_.free_bytes_min >= bytes;
}

bool DiskRoom::has_reserve() const {
  const std::lock_guard lock(mutex_);
  return reserved_;
}

bool DiskRoom::give_up_reserve() {
  const std::lock_guard lock(mutex_);
  if (!reserved_) return false;
  reserved_ = false;
  return ::unlink(reserve_file(folder_).c_str()) == 0;
}

void DiskRoom::tend() {
  const auto free = free_bytes();
  if (free < kWriterBytes) {
    (void)give_up_reserve();
  } else if (free >= limits_.reserve_bytes && free - limits_.reserve_bytes >= limits_.free_bytes_min) {
    const std::lock_guard lock(mutex_);
    if (!reserved_) reserved_ = take_reserve();
  }
}

bool DiskRoom::take_reserve() {
  auto file = system::File::create_new(reserve_file(folder_));
  if (!file) return false;
  // Room that is really taken: a file's size alone may be a hole.
  if (file->take_room(0, limits_.reserve_bytes) && file->truncate(limits_.reserve_bytes)) return true;
  ::unlink(reserve_file(folder_).c_str());
  return false;
}

}  // namespace depone::daemon::store
