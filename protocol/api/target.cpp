#include "protocol/api/target.h"

#include <charconv>

#include <boost/url/encode.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <boost/url/url.hpp>

namespace depone::protocol::api {
namespace {

constexpr std::size_t kTargetBytesMax = 2048;

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return out;
}

}  // namespace

std::optional<std::string> Target::find(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

Result<Target> parse_target(std::string_view text) {
  if (text.size() > kTargetBytesMax) return fail(ErrorCode::too_large, "the request's address is longer than 2 KiB");
  const auto parsed = boost::urls::parse_origin_form(text);
  if (!parsed) return fail(ErrorCode::malformed, "the request's address is not a path and a query");
  Target target;
  for (const auto& segment : parsed->segments()) target.path.emplace_back(segment);
  for (const auto& parameter : parsed->params()) target.query.emplace_back(parameter.key, parameter.value);
  return target;
}

std::string write_target(std::string_view path, const std::vector<std::pair<std::string, std::string>>& query) {
  using boost::urls::encode, boost::urls::unreserved_chars;
  boost::urls::url url;
  url.set_path(path);
  for (const auto& [name, value] : query) {
    if (value.empty()) continue;
    // All but letters and digits, since '+' left as it is would be read as a space.
    url.encoded_params().append({encode(name, unreserved_chars), encode(value, unreserved_chars)});
  }
  return std::string(url.buffer());
}

std::optional<ByteRange> parse_range(std::string_view field, std::uint64_t size) {
  if (!field.starts_with("bytes=")) return std::nullopt;
  field.remove_prefix(6);
  const auto dash = field.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto from = number(field.substr(0, dash));
  const auto last_text = field.substr(dash + 1);
  const auto last = last_text.empty() ? std::optional(size - 1) : number(last_text);
  if (!from || !last || *from >= size || *last < *from) return std::nullopt;
  return ByteRange{*from, std::min(*last, size - 1) + 1};
}

}  // namespace depone::protocol::api
