// Problem documents (RFC 9457), with our `code` (the closed set of record/reason.h) and, for a refusal that the log
// holds, `entry`: its sequence number.
#pragma once

#include "protocol/api/json.h"
#include "protocol/record/reason.h"

namespace depone::protocol::api {

struct Problem {
  std::string type = "about:blank";
  std::string title;
  std::uint64_t status = 0;
  std::string detail;
  std::string code;
  std::optional<std::uint64_t> entry;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("type", s.type);
    f("title", s.title);
    f("status", s.status);
    f("detail", s.detail);
    f("code", s.code);
    f.optional("entry", s.entry);
  }
};

// `detail` replaces the reason's own sentence where there is more to say.
Problem problem_of(record::Reason reason, std::optional<std::uint64_t> entry = std::nullopt, std::string detail = "");

}  // namespace depone::protocol::api
