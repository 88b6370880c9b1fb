// Finding what a person means: members by handle or key id, or its beginning.
#pragma once

#include "policy/roster.h"

namespace depone::client {

// input: no such member, with the nearest; or several of that name.
Result<const policy::Member*> member_named(const policy::Roster& roster, const std::string& name);

}  // namespace depone::client
