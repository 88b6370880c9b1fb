// Result: how a function of Depone answers when its caller, or the bytes it was given, can be wrong.
//
// Three kinds of error, without overlap:
//   1. what the caller can cause  -> Result<T> with an Error of the closed set below
//   2. broken infrastructure      -> an exception, caught at a session's or the process's edge only
//   3. an ambiguous write         -> AmbiguousWrite (system/file.h): log and stop; a restart recovers
#pragma once

#include <source_location>
#include <string>
#include <string_view>

#include <boost/system/result.hpp>

namespace depone::system {

// What went wrong, coarse enough to branch on.
enum class ErrorCode {
  malformed,    // bytes that do not have the documented form
  damaged,      // bytes that have the form, but do not match their hash, tag, signature or proof
  unsupported,  // a version, suite or type that this program does not know
  not_found,    //
  exists,       // what would be written is there already
  too_large,    // a documented maximum is passed
  refused,      // policy, or the peer, said no
  wrong_key,    // a passphrase, key file or key that does not open this
  input,        // the person at the keyboard asked for something impossible
  io,           // a file or folder cannot be read or written
  no_space,     // there is no room for what would be written
  unreachable,  // the peer cannot be reached, or went away
  timed_out,    // a deadline passed
  rolled_back,  // a log or database is older than one that was seen
  interrupted,  //
};
std::string_view to_string(ErrorCode code);

// An expected failure. `detail` is one sentence for a person: what is wrong with what and, where there is something to
// do, what to do next. It never holds a secret or evidence. It has no final full stop.
struct Error {
  ErrorCode code;
  std::string detail;
};

// Called by Result::value() on a failure; programming errors only, since callers check first.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

// A value or an Error; ignoring one is a compiler's warning, so here an error.
template <class T = void>
class [[nodiscard]] Result : public boost::system::result<T, Error> {
 public:
  using boost::system::result<T, Error>::result;
};

inline Error fail(ErrorCode code, std::string detail) { return Error{code, std::move(detail)}; }

}  // namespace depone::system

namespace depone {
using system::Error;
using system::ErrorCode;
using system::fail;
using system::Result;
}  // namespace depone

// Returns from the enclosing function with the error of `expression`, a Result, or assigns its value.
#define DEPONE_CONCAT_2(a, b) a##b
#define DEPONE_CONCAT(a, b) DEPONE_CONCAT_2(a, b)
#define DEPONE_TRY(expression)                                                           \
  do {                                                                                   \
    if (auto depone_result = (expression); !depone_result) return depone_result.error(); \
  } while (false)
#define DEPONE_ASSIGN_2(temporary, target, expression) \
  auto temporary = (expression);                       \
  if (!temporary) return temporary.error();            \
  target = std::move(*temporary)
#define DEPONE_ASSIGN(target, expression) DEPONE_ASSIGN_2(DEPONE_CONCAT(depone_result_, __LINE__), target, expression)
