#include "client/lib/lanes.h"

#include <exception>
#include <thread>
#include <vector>

namespace depone::client {

void run_lanes(std::size_t lanes, const std::function<void(std::size_t lane)>& work,
               const std::function<void()>& stop) {
  std::vector<std::exception_ptr> failed(lanes);
  const auto run = [&](std::size_t lane) {
    try {
      work(lane);
    } catch (...) {
      failed[lane] = std::current_exception();
      stop();
    }
  };
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < lanes; ++i) threads.emplace_back(run, i);
    run(0);
  }
  for (const auto& one : failed) {
    if (one) std::rethrow_exception(one);
  }
}

std::optional<std::size_t> Turns::next() {
  const std::lock_guard lock(mutex_);
  if (stopped_ || next_ == portions_) return std::nullopt;
  return next_++;
}

void Turns::tell(std::size_t portion, const std::function<bool()>& tell) {
  {
    std::unique_lock lock(mutex_);
    told_one_.wait(lock, [&] { return stopped_ || told_ == portion; });
    if (stopped_) return;
  }
  const bool go_on = tell();  // nobody else's turn comes before `told_` moves on
  const std::lock_guard lock(mutex_);
  ++told_;
  stopped_ = stopped_ || !go_on;
  told_one_.notify_all();
}

void Turns::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  told_one_.notify_all();
}

}  // namespace depone::client
