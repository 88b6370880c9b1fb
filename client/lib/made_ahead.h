// Portions of a stream that a thread of its own makes while the caller uses those before: sealing beside sending.
#pragma once

#include <array>
#include <atomic>
#include <exception>
#include <semaphore>
#include <thread>

#include "crypto/bytes.h"
#include "system/result.h"

namespace depone::client {

struct Portion {
  ByteView bytes;
  std::uint64_t done = 0;  // of the source, with this one
  bool last = false;
};

// Calls `make(room)` on a thread of its own, which puts the next Portion into `room` (kept between calls: bytes stay
// valid until it is given again), and `use(portion)` on this one, in order, until the last one or the first error of
// either. A few portions wait at most. Returns after the thread has ended; what either throws is thrown here.
template <class Make, class Use>
Result<> use_made_ahead(Make make, Use use) {
  constexpr std::ptrdiff_t kWaiting = 4;
  struct Slot {
    Bytes room;
    Result<Portion> portion = Portion{};
    std::exception_ptr thrown;
  };
  std::array<Slot, kWaiting> slots;
  std::counting_semaphore<kWaiting + 1> empty(kWaiting), made(0);
  std::atomic<bool> stopped = false;
  const std::jthread maker([&] {
    for (std::size_t i = 0;; ++i) {
      empty.acquire();
      if (stopped) return;
      auto& slot = slots[i % slots.size()];
      try {
        slot.portion = make(slot.room);
      } catch (...) {
        slot.thrown = std::current_exception();
      }
      const bool ends = slot.thrown || !slot.portion || slot.portion->last;
      made.release();
      if (ends) return;
    }
  });
  const struct Stop {  // before the thread is waited for, however this ends
    std::atomic<bool>& stopped;
    std::counting_semaphore<kWaiting + 1>& empty;
    ~Stop() {
      stopped = true;
      empty.release();
    }
  } stop{stopped, empty};
  for (std::size_t i = 0;; ++i) {
    made.acquire();
    auto& slot = slots[i % slots.size()];
    if (slot.thrown) std::rethrow_exception(slot.thrown);
    DEPONE_ASSIGN(const Portion portion, slot.portion);
    DEPONE_TRY(use(portion));
    if (portion.last) return {};
    empty.release();
  }
}

}  // namespace depone::client
