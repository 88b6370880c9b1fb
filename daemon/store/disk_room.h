// Room on the disk that the archive's folder is on. Two lines, one below the other:
//   the floor     below so many free bytes nothing new is taken; what is kept is still served, each time with an entry
//   the reserve   a file of so many bytes, given up when there is no room even for entries: retrievals and revocations
//                 go on with it. Taken back when there is room again.
// Thread-safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>

namespace depone::daemon::store {

struct StorageLimits {
  std::uint64_t free_bytes_min = 256 << 20;  // the floor
  std::uint64_t reserve_bytes = 16 << 20;
};

class DiskRoom {
 public:
  // Takes the reserve where there is room for it; gives one that is there up where there is too little.
  DiskRoom(std::filesystem::path folder, StorageLimits limits);

  // Whether something new of so many bytes may be taken.
  bool has_room_for(std::uint64_t bytes) const;
  // Whether there is room for what need not be: the reserve is whole.
  bool has_reserve() const;
  // There is no room: gives the reserve up, and says whether there was one.
  bool give_up_reserve();
  // Takes the reserve, or gives it up, as the disk is now. Now and then.
  void tend();

  std::uint64_t free_bytes() const;  // 0 where nobody can tell, or where no more files can be made
  const StorageLimits& limits() const { return limits_; }

 private:
  bool take_reserve();

  std::filesystem::path folder_;
  StorageLimits limits_;
  mutable std::mutex mutex_;
  bool reserved_ = false;
};

}  // namespace depone::daemon::store
