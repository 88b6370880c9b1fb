#include <stdexcept>

#include "system/result.h"

namespace depone::system {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::malformed:
      return "malformed";
    case ErrorCode::damaged:
      return "damaged";
    case ErrorCode::unsupported:
      return "unsupported";
    case ErrorCode::not_found:
      return "not_found";
    case ErrorCode::exists:
      return "exists";
    case ErrorCode::too_large:
      return "too_large";
    case ErrorCode::refused:
      return "refused";
    case ErrorCode::wrong_key:
      return "wrong_key";
    case ErrorCode::input:
      return "input";
    case ErrorCode::io:
      return "io";
    case ErrorCode::no_space:
      return "no_space";
    case ErrorCode::unreachable:
      return "unreachable";
    case ErrorCode::timed_out:
      return "timed_out";
    case ErrorCode::rolled_back:
      return "rolled_back";
    case ErrorCode::interrupted:
      return "interrupted";
  }
  return "unknown";
}

void throw_exception_from_error(const Error& error, const boost::source_location& where) {
  throw std::logic_error(std::string(where.to_string()) + ": unchecked failure: " + error.detail);
}

}  // namespace depone::system
