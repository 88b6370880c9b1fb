// How many files and connections the system lets this process have at once.
#pragma once

#include <cstddef>

#include "system/result.h"

namespace depone::daemon {

// Raises the limit as far as it may be raised, and says how many connections it allows beside everything else that a
// running archive opens: each may need a file of its own. input: too few to serve anybody.
Result<std::size_t> connections_by_descriptors(std::size_t readers);

}  // namespace depone::daemon
