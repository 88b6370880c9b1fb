// HTTP heads as plain values: what both sides of the wire pass to one another.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace depone::protocol::transport {

struct Field {
  std::string name;
  std::string value;
};

// The value of the first field of this name, whose case does not matter.
std::optional<std::string_view> find_field(const std::vector<Field>& fields, std::string_view name);
// Whether these may stand in a head: a name that is a token, a value without control characters. What fails this could
// end a head early and begin another.
bool is_sendable(const std::vector<Field>& fields);
bool is_token(std::string_view text);
bool equal_ignoring_case(std::string_view a, std::string_view b);

struct RequestHead {
  std::string method;
  std::string target;
  std::vector<Field> fields;
  std::uint64_t content_length = 0;
  std::optional<std::string_view> find(std::string_view name) const { return find_field(fields, name); }
};

struct ResponseHead {
  unsigned status = 200;
  std::vector<Field> fields;
  std::optional<std::uint64_t> content_length;  // absent: the body is sent in chunks until it ends
  std::optional<std::string_view> find(std::string_view name) const { return find_field(fields, name); }
};

// Where somebody listens: "host:port", "[::1]:port".
struct Address {
  std::string host;
  std::uint16_t port = 0;
};
std::optional<Address> parse_address(std::string_view text);
std::string to_text(const Address& address);

}  // namespace depone::protocol::transport
