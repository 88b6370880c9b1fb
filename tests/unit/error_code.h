// The code of a failure, or nothing: Result::error() of a success is a default Error, which looks like `malformed`.
#pragma once

#include <optional>

#include "system/result.h"

namespace depone::tests {

template <class T>
std::optional<ErrorCode> code_of(const Result<T>& result) {
  return result ? std::nullopt : std::optional(result.error().code);
}

}  // namespace depone::tests
