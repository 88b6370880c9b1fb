#include "client/lib/refusal.h"

#include <fmt/format.h>

namespace depone::client {

using namespace protocol::record;

Error refusal_of(const protocol::api::Problem& problem) {
  const auto reason = reason_from_code(problem.code);
  const bool busy = reason == Reason::busy || reason == Reason::internal || reason == Reason::storage_full;
  const auto said = reason ? std::string(sentence(*reason)) : std::string("the archive refused it");
  return fail(busy ? ErrorCode::unreachable : ErrorCode::refused,
              problem.entry ? fmt::format("{} [{}, entry {}]", said, problem.code, *problem.entry)
                            : fmt::format("{} [{}]", said, problem.code));
}

}  // namespace depone::client
