#include "protocol/record/scan.h"

#include <algorithm>
#include <array>

namespace depone::protocol::record {

namespace {

constexpr std::int64_t kLimit = std::int64_t{1} << 53;
constexpr std::size_t kFieldsMax = 32;  // of an object whose type is not known here

bool is_plain_character(char c) { return c >= 0x20 && c <= 0x7e && c != '"' && c != '\\'; }

}  // namespace

bool Scanner::key(std::string_view name) {
  const std::size_t begin = object_.first ? 0 : 1;
  const auto size = begin + 1 + name.size() + 2;
  if (rest_.size() < size || (!object_.first && rest_[0] != ',') || rest_[begin] != '"' ||
      rest_.substr(begin + 1, name.size()) != name || rest_.substr(size - 2, 2) != "\":")
    return false;
  rest_.remove_prefix(size);
  object_.first = false;
  return true;
}

std::optional<std::string_view> Scanner::text() {
  if (!rest_.starts_with('"')) return std::nullopt;
  const auto end = std::find_if_not(rest_.begin() + 1, rest_.end(), is_plain_character);
  if (end == rest_.end() || *end != '"') return std::nullopt;
  const auto size = static_cast<std::size_t>(end - rest_.begin());
  const auto out = rest_.substr(1, size - 1);
  rest_.remove_prefix(size + 1);
  return out;
}

std::optional<std::int64_t> Scanner::number() {
  const bool negative = skip("-");
  std::int64_t out = 0;
  std::size_t digits = 0;
  for (; digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9'; ++digits) {
    if (digits == 1 && out == 0) return std::nullopt;  // 00
    out = out * 10 + (rest_[digits] - '0');
    if (out >= kLimit) return std::nullopt;
  }
  if (digits == 0 || (negative && out == 0)) return std::nullopt;
  rest_.remove_prefix(digits);
  return negative ? -out : out;
}

std::optional<std::string_view> Scanner::plain_object() {
  const auto begin = rest_;
  if (!rest_.starts_with('{') || !plain()) return std::nullopt;
  return begin.substr(0, begin.size() - rest_.size());
}

bool Scanner::plain() {
  if (rest_.empty() || depth_ == kDepthMax) return false;
  switch (rest_.front()) {
    case '"':
      return text().has_value();
    case 'n':
      return skip("null");
    case '[':
      skip("[");
      if (skip("]")) return true;
      ++depth_;
      do {
        if (!plain()) return false;
      } while (skip(","));
      --depth_;
      return skip("]");
    case '{': {
      skip("{");
      if (skip("}")) return true;
      ++depth_;
      std::array<std::string_view, kFieldsMax> names;
      std::size_t count = 0;
      do {
        const auto name = text();
        const auto named = std::find(names.begin(), names.begin() + count, name.value_or(""));
        if (!name || count == kFieldsMax || named != names.begin() + count) return false;
        names[count++] = *name;
        if (!skip(":") || !plain()) return false;
      } while (skip(","));
      --depth_;
      return skip("}");
    }
    default:
      return number().has_value();
  }
}

}  // namespace depone::protocol::record
