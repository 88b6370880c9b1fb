// Hex and standard base64. Decoders accept the one canonical spelling only: lower-case hex; base64 with padding and
// zero trailing bits.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/bytes.h"

namespace depone::crypto {

std::string to_hex(ByteView bytes);
std::optional<Bytes> from_hex(std::string_view text);

std::string to_base64(ByteView bytes);
std::optional<Bytes> from_base64(std::string_view text);

// Digits for just as many bytes.
bool read_hex(std::string_view text, std::span<std::uint8_t> into);

template <class Fixed>
std::optional<Fixed> fixed_from_hex(std::string_view text) {
  Fixed out;
  return read_hex(text, out.bytes) ? std::optional(out) : std::nullopt;
}
template <class Fixed>
std::optional<Fixed> fixed_from_base64(std::string_view text) {
  const auto bytes = from_base64(text);
  return bytes ? Fixed::from(*bytes) : std::nullopt;
}

}  // namespace depone::crypto
