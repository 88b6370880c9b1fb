// Work that a few connections with an archive do side by side, each with a thread, so that one computes while what
// another asked for is made durable.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>

namespace depone::client {

constexpr std::size_t kLanes = 3;

// Runs `work` once for each lane, the first on this thread, and returns after all have ended. What one of them throws,
// an ambiguous write above all, is thrown here then; `stop` asks the others to come to an end.
void run_lanes(std::size_t lanes, const std::function<void(std::size_t lane)>& work, const std::function<void()>& stop);

// Portions of work that are done side by side and told one after the other, in their order. Thread-safe.
class Turns {
 public:
  explicit Turns(std::size_t portions) : portions_(portions) {}
  // The next portion to do; nothing: there are no more, or it was stopped.
  std::optional<std::size_t> next();
  // Tells a portion that was done, after all before it; `tell` answers whether to go on. Not called after a stop.
  void tell(std::size_t portion, const std::function<bool()>& tell);
  void stop();

 private:
  const std::size_t portions_;
  std::mutex mutex_;
  std::condition_variable told_one_;
  std::size_t next_ = 0, told_ = 0;
  bool stopped_ = false;
};

}  // namespace depone::client
