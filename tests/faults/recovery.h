// What must hold of an archive after a fault: it starts by the normal path, passes `deponed verify`, has everything
// that anybody was told of, and goes on.
#pragma once

#include <span>
#include <string>

#include "tests/faults/scenario.h"

namespace depone::faults {

// What people were told up to a moment.
struct Told {
  bool founded = false;
  struct Known {
    std::uint64_t number = 0;  // a seq, or a size
    Bytes hash;                // a leaf, or a root
  };
  std::vector<Known> receipts, heads;
  std::uint64_t served = 0;
  std::map<std::string, std::uint64_t> uploads;  // acknowledged offsets
  std::optional<Event> unanswered;               // the last request, where it had no answer

  static Told of(std::span<const Event> events);
};

// Throws std::runtime_error, saying what does not hold. `go_on`: also sends again what had no answer, and deposits and
// retrieves once more.
enum class Then { stop, go_on };
void recover(const Place& place, const Told& told, Then then);

}  // namespace depone::faults
