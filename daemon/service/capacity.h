// How much of the archive one member may have, so that there is some for the others: entries a minute, memory for what
// is being received. And the disk, which all share. Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <optional>

#include "crypto/bytes.h"
#include "daemon/store/disk_room.h"
#include "system/token_bucket.h"

namespace depone::daemon::service {

struct CapacityLimits {
  // The log grows by whatever a member does, searches and refusals included. A minute's worth may come at once.
  std::size_t entries_per_minute_per_member = 12'000;
  std::uint64_t bodies_bytes_max = 256 << 20;            // of requests that are being received or worked on
  std::uint64_t bodies_bytes_per_member_max = 64 << 20;  // of one member's
};

class Capacity {
 public:
  using Clock = system::TokenBucket::Clock;

  Capacity(CapacityLimits limits, store::DiskRoom& disk_room) : disk(disk_room), limits_(limits) {}

  store::DiskRoom& disk;

  // A call that writes an entry: nothing, or how long to wait. What is refused here is not written down.
  std::optional<std::chrono::seconds> begin_entry(const crypto::KeyId& member, Clock::time_point now);
  // The call wrote more than one.
  void wrote_more(const crypto::KeyId& member, std::size_t entries, Clock::time_point now);

  // Memory that a request holds until it is over.
  class Held {
   public:
    Held(Capacity& capacity, const crypto::KeyId& member) : capacity_(capacity), member_(member) {}
    ~Held() { capacity_.let_go(member_, bytes_); }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    bool grow_to(std::uint64_t bytes);  // false: there is no room for that, and it holds what it held

   private:
    Capacity& capacity_;
    crypto::KeyId member_;
    std::uint64_t bytes_ = 0;
  };

  struct Counts {
    std::uint64_t bodies_bytes = 0;
    std::uint64_t too_often = 0;  // calls that were refused for it, since the beginning
  };
  Counts counts() const;
  const CapacityLimits& limits() const { return limits_; }

 private:
  system::TokenBucket& bucket_of(const crypto::KeyId& member, Clock::time_point now);
  bool hold(const crypto::KeyId& member, std::uint64_t bytes);
  void let_go(const crypto::KeyId& member, std::uint64_t bytes);

  CapacityLimits limits_;
  mutable std::mutex mutex_;
  std::map<crypto::KeyId, system::TokenBucket> entries_;    // of members in standing, so no more than were enrolled
  std::map<crypto::KeyId, std::uint64_t> bodies_bytes_of_;  // of those who hold some
  std::uint64_t bodies_bytes_ = 0;
  std::uint64_t too_often_ = 0;
};

}  // namespace depone::daemon::service
