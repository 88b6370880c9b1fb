#include "protocol/transport/message.h"

#include <algorithm>
#include <charconv>

namespace depone::protocol::transport {

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

bool is_token(std::string_view text) {
  constexpr std::string_view kSpecial = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kSpecial.find(c) != std::string_view::npos;
  });
}

bool is_sendable(const std::vector<Field>& fields) {
  const auto plain = [](char c) { return (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) || c == '\t'; };
  return std::ranges::all_of(
      fields, [&](const Field& field) { return is_token(field.name) && std::ranges::all_of(field.value, plain); });
}

std::optional<std::string_view> find_field(const std::vector<Field>& fields, std::string_view name) {
  for (const auto& field : fields) {
    if (equal_ignoring_case(field.name, name)) return field.value;
  }
  return std::nullopt;
}

std::optional<Address> parse_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  auto host = text.substr(0, colon);
  const auto port_text = text.substr(colon + 1);
  const bool in_brackets = host.starts_with('[') && host.ends_with(']') && host.size() > 2;
  if (in_brackets) host = host.substr(1, host.size() - 2);
  const bool printable = std::ranges::all_of(host, [](char c) { return c > ' ' && c < 0x7f; });
  const bool has_colon = host.find(':') != std::string_view::npos;
  if (!printable || has_colon != in_brackets || host.find_first_of("[]/") != std::string_view::npos)
    return std::nullopt;
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
  if (error != std::errc() || end != port_text.data() + port_text.size() || port_text.empty()) return std::nullopt;
  return Address{std::string(host), port};
}

std::string to_text(const Address& address) {
  const bool six = address.host.find(':') != std::string::npos;
  return (six ? '[' + address.host + ']' : address.host) + ':' + std::to_string(address.port);
}

}  // namespace depone::protocol::transport
