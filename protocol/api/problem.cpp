#include "protocol/api/problem.h"

namespace depone::protocol::api {

Problem problem_of(record::Reason reason, std::optional<std::uint64_t> entry, std::string detail) {
  Problem problem;
  problem.title = record::code(reason);
  problem.status = static_cast<std::uint64_t>(record::http_status(reason));
  problem.detail = detail.empty() ? std::string(record::sentence(reason)) : std::move(detail);
  problem.code = record::code(reason);
  problem.entry = entry;
  return problem;
}

}  // namespace depone::protocol::api
