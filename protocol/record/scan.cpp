#include "protocol/record/scan.h"

#include <algorithm>
#include <array>

namespace depone::protocol::record {

namespace {

constexpr std::int64_t kLimit = std::int64_t{1} << 53;
constexpr std::size_t kFieldsMax = 32;  // of an object whose type is not known here

// Printable ASCII that nothing escapes.
bool is_plain_text(std::string_view text) {
  bool plain = true;
  for (const char c : text) plain &= c >= 0x20 && c <= 0x7e && c != '\\';
  return plain;
}

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
  const auto end = rest_.find('"', 1);
  if (end == std::string_view::npos) return std::nullopt;
  const auto out = rest_.substr(1, end - 1);
  if (!is_plain_text(out)) return std::nullopt;
  rest_.remove_prefix(end + 1);
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
