#include "daemon/service/capacity.h"

namespace depone::daemon::service {

system::TokenBucket& Capacity::bucket_of(const crypto::KeyId& member, Clock::time_point now) {
  const auto found = entries_.find(member);
  if (found != entries_.end()) return found->second;
  const auto a_minute = static_cast<double>(limits_.entries_per_minute_per_member);
  return entries_.emplace(member, system::TokenBucket(a_minute / 60, a_minute, now)).first->second;
}

std::optional<std::chrono::seconds> Capacity::begin_entry(const crypto::KeyId& member, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  auto& bucket = bucket_of(member, now);
  if (bucket.take(now)) return std::nullopt;
  ++too_often_;
  return bucket.wait(now);
}

void Capacity::wrote_more(const crypto::KeyId& member, std::size_t entries, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  bucket_of(member, now).owe(static_cast<double>(entries), now);
}

bool Capacity::Held::grow_to(std::uint64_t bytes) {
  if (bytes <= bytes_) return true;
  if (!capacity_.hold(member_, bytes - bytes_)) return false;
  bytes_ = bytes;
  return true;
}

bool Capacity::hold(const crypto::KeyId& member, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  const auto found = bodies_bytes_of_.find(member);
  const auto own = found == bodies_bytes_of_.end() ? 0 : found->second;
  if (bodies_bytes_ + bytes > limits_.bodies_bytes_max || own + bytes > limits_.bodies_bytes_per_member_max)
    return false;
  bodies_bytes_of_[member] += bytes;
  bodies_bytes_ += bytes;
  return true;
}

void Capacity::let_go(const crypto::KeyId& member, std::uint64_t bytes) {
  if (bytes == 0) return;
  const std::lock_guard lock(mutex_);
  bodies_bytes_ -= bytes;
  const auto found = bodies_bytes_of_.find(member);
  if ((found->second -= bytes) == 0) bodies_bytes_of_.erase(found);
}

Capacity::Counts Capacity::counts() const {
  const std::lock_guard lock(mutex_);
  return {bodies_bytes_, too_often_};
}

}  // namespace depone::daemon::service
