// What an archive says of one thing among many that it refused, as an Error: in our own words where we know the code.
#pragma once

#include "protocol/api/problem.h"

namespace depone::client {

Error refusal_of(const protocol::api::Problem& problem);

}  // namespace depone::client
