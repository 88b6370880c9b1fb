// A rate with room for bursts: so many tokens come back a second, up to a full bucket. Time is the caller's, so that it
// can be anything in a test. Not thread-safe.
#pragma once

#include <algorithm>
#include <chrono>

namespace depone::system {

class TokenBucket {
 public:
  using Clock = std::chrono::steady_clock;

  // Full at `now`.
  TokenBucket(double per_second, double burst, Clock::time_point now)
      : per_second_(per_second),
        burst_(burst),
        tokens_(burst),
        then_(now) {}

  // Whether there was one to take.
  bool take(Clock::time_point now) {
    refill(now);
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }
  // Takes what was used already, there or not: what is owed comes back before anything can be taken.
  void owe(double tokens, Clock::time_point now) {
    refill(now);
    tokens_ -= tokens;
  }
  // How long until one can be taken, in whole seconds, at least one: as `Retry-After` says it.
  std::chrono::seconds wait(Clock::time_point now) {
    refill(now);
    const auto missing = std::max(0.0, (1 - tokens_) / per_second_);
    return std::max(std::chrono::seconds(1), std::chrono::ceil<std::chrono::seconds>(Seconds(missing)));
  }
  bool is_full(Clock::time_point now) {
    refill(now);
    return tokens_ >= burst_;
  }

 private:
  using Seconds = std::chrono::duration<double>;
  void refill(Clock::time_point now) {
    if (now <= then_) return;  // of several threads, one may have looked at the clock earlier
    tokens_ = std::min(burst_, tokens_ + per_second_ * Seconds(now - then_).count());
    then_ = now;
  }

  double per_second_, burst_, tokens_;
  Clock::time_point then_;
};

}  // namespace depone::system
