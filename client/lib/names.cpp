#include "client/lib/names.h"

#include <fmt/format.h>

#include "policy/vocabulary/vocabulary.h"

namespace depone::client {

Result<const policy::Member*> member_named(const policy::Roster& roster, const std::string& name) {
  constexpr std::size_t kKeyIdBeginning = 8;
  const policy::Member* found = nullptr;
  std::vector<std::string> handles;
  for (const auto& [id, member] : roster.members()) {
    handles.push_back(member.handle);
    const bool by_id = name.size() >= kKeyIdBeginning && crypto::to_hex(id.span()).starts_with(name);
    if (member.handle != name && !by_id) continue;
    if (found != nullptr)
      return fail(
          ErrorCode::input,
          fmt::format("several members are called '{}'; name one by its key id (`depone member list --json`)", name));
    found = &member;
  }
  if (found != nullptr) return found;
  const auto near = policy::vocabulary::nearest(name, handles);
  return fail(ErrorCode::input,
              fmt::format("there is no member '{}'{}", name, near ? fmt::format("; did you mean '{}'?", *near) : ""));
}

}  // namespace depone::client
