// Who may not see an item does not learn that it exists: asked for an item that is hidden and for one that is not
// there, by whatever name, the archive gives the same status, fields and body, writes the same into its log, and takes
// the same time.
#pragma once

#include "tests/hostile_member/world.h"

namespace depone::hostile {

// Says on standard output what was compared. False, and what differed, where anything did.
bool hidden_is_answered_as_absent(World& world);
// The same time, by this rule: of 240 requests of each kind, sent in turns, the medians of the two kinds differ no more
// than the medians of two halves of one kind do, or than the floor: 4 % of the median, and 20 microseconds. A machine
// that others use makes noise, so the best of three tries counts.
bool hidden_takes_as_long_as_absent(World& world);

}  // namespace depone::hostile
