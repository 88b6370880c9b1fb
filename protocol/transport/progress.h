// The deadline of a body: so many bytes must move in so much waiting, or the wait ends. A trickle of single bytes does
// not keep a connection alive; time that the caller spends between its reads and writes does not count. For one
// direction of one body; used by one coroutine.
#pragma once

#include <chrono>
#include <cstddef>

namespace depone::protocol::transport {

class Progress {
 public:
  using Clock = std::chrono::steady_clock;

  Progress(std::chrono::milliseconds wait_max, std::size_t bytes_min)
      : wait_max_(wait_max),
        left_(wait_max),
        bytes_min_(bytes_min) {}

  // How long the next wait may be; never negative.
  Clock::duration left() const { return left_; }
  // A wait is over, and this is what it brought.
  void moved(std::size_t bytes, Clock::duration waited) {
    left_ = waited < left_ ? left_ - waited : Clock::duration{0};
    bytes_ += bytes;
    if (bytes_ < bytes_min_) return;
    bytes_ = 0;
    left_ = wait_max_;
  }

 private:
  Clock::duration wait_max_, left_;
  std::size_t bytes_min_;
  std::size_t bytes_ = 0;
};

}  // namespace depone::protocol::transport
