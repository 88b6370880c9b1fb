// Time of day in milliseconds, behind one small interface so that tests can set it. Thread-safe.
#pragma once

#include <chrono>

namespace depone::system {

// UTC, whole milliseconds: the resolution of every time that Depone writes.
using TimePoint = std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;
};

class SystemClock final : public Clock {
 public:
  TimePoint now() const override;
};

}  // namespace depone::system
