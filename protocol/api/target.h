// Request targets: a path in segments and a query of names and values, percent-decoded and bounded. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "system/result.h"

namespace depone::protocol::api {

struct Target {
  std::vector<std::string> path;  // "/v1/items/ev_x" -> v1, items, ev_x
  std::vector<std::pair<std::string, std::string>> query;

  std::optional<std::string> find(std::string_view name) const;  // the first of that name
};

Result<Target> parse_target(std::string_view target);  // malformed, too_large (2 KiB)

// A path and query from their parts, percent-encoded; values that are empty are left out.
std::string write_target(std::string_view path, const std::vector<std::pair<std::string, std::string>>& query);

// "bytes=a-b" or "bytes=a-" against a size: [from, to). Nothing where it is not of that form or not satisfiable.
struct ByteRange {
  std::uint64_t from = 0;
  std::uint64_t to = 0;  // exclusive
};
std::optional<ByteRange> parse_range(std::string_view field, std::uint64_t size);

}  // namespace depone::protocol::api
