#include "crypto/encoding.h"

#include <algorithm>
#include <array>

#include <sodium.h>

namespace depone::crypto {

std::string to_hex(ByteView bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out(bytes.size() * 2, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    out[2 * i] = kDigits[bytes[i] >> 4];
    out[2 * i + 1] = kDigits[bytes[i] & 15];
  }
  return out;
}

bool read_hex(std::string_view text, std::span<std::uint8_t> into) {
  static constexpr auto kDigits = [] {
    std::array<std::uint8_t, 256> out{};
    out.fill(0xff);
    for (std::uint8_t i = 0; i < 16; ++i) out[static_cast<std::uint8_t>("0123456789abcdef"[i])] = i;
    return out;
  }();
  if (text.size() != into.size() * 2) return false;
  std::uint8_t others = 0;
  for (std::size_t i = 0; i < into.size(); ++i) {
    const auto high = kDigits[static_cast<std::uint8_t>(text[2 * i])];
    const auto low = kDigits[static_cast<std::uint8_t>(text[2 * i + 1])];
    others = static_cast<std::uint8_t>(others | high | low);
    into[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return others < 16;
}

std::optional<Bytes> from_hex(std::string_view text) {
  Bytes out(text.size() / 2);
  return read_hex(text, out) ? std::optional(std::move(out)) : std::nullopt;
}

std::string to_base64(ByteView bytes) {
  std::string out(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(out.data(), out.size(), bytes.data(), bytes.size(), sodium_base64_VARIANT_ORIGINAL);
  out.pop_back();  // the terminating zero
  return out;
}

namespace {

constexpr std::size_t kPieceCharacters = 64, kPieceBytes = 48;

// What a character of the alphabet stands for, and one more; 0 for any other. Without branches and look-ups: it takes
// as long for every character, and several are worked out at a time.
std::uint8_t sextet_and_one(std::uint8_t c) {
  const auto in = [c](std::uint8_t first, std::uint8_t count, std::uint8_t stands_for) {
    const auto place = static_cast<std::uint8_t>(c - first);
    return static_cast<std::uint8_t>(place < count ? place + stands_for + 1 : 0);
  };
  return static_cast<std::uint8_t>(in('A', 26, 0) | in('a', 26, 26) | in('0', 10, 52) | in('+', 1, 62) |
                                   in('/', 1, 63));
}

// Whether all are of the alphabet.
bool read_piece(const std::array<std::uint8_t, kPieceCharacters>& characters,
                std::array<std::uint8_t, kPieceBytes>& out) {
  std::array<std::uint8_t, kPieceCharacters> sextets;
  std::uint8_t others = 0;
  for (std::size_t i = 0; i < kPieceCharacters; ++i) {
    const auto one = sextet_and_one(characters[i]);
    others = static_cast<std::uint8_t>(others | (one == 0 ? 1 : 0));
    sextets[i] = static_cast<std::uint8_t>(one - 1);
  }
  for (std::size_t i = 0, at = 0; i < kPieceCharacters; i += 4, at += 3) {
    const auto bits = std::uint32_t{sextets[i]} << 18 | std::uint32_t{sextets[i + 1]} << 12 |
                      std::uint32_t{sextets[i + 2]} << 6 | std::uint32_t{sextets[i + 3]};
    out[at] = static_cast<std::uint8_t>(bits >> 16);
    out[at + 1] = static_cast<std::uint8_t>(bits >> 8);
    out[at + 2] = static_cast<std::uint8_t>(bits);
  }
  return others == 0;
}

}  // namespace

std::optional<Bytes> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  Bytes out(text.size() / 4 * 3);
  auto rest = text.substr(0, text.size() - padding);
  for (std::size_t at = 0; at < out.size(); at += kPieceBytes) {
    std::array<std::uint8_t, kPieceCharacters> characters;
    characters.fill('A');  // zeros, in place of padding and behind the end
    const auto some = rest.substr(0, kPieceCharacters);
    std::copy(some.begin(), some.end(), characters.begin());
    rest.remove_prefix(some.size());
    std::array<std::uint8_t, kPieceBytes> piece;
    if (!read_piece(characters, piece)) return std::nullopt;
    std::copy_n(piece.begin(), std::min(kPieceBytes, out.size() - at), out.begin() + static_cast<std::ptrdiff_t>(at));
  }
  // The bits behind the last byte are zero, or there were two spellings.
  const bool one_spelling = std::all_of(out.end() - static_cast<std::ptrdiff_t>(padding), out.end(),
                                        [](std::uint8_t byte) { return byte == 0; });
  if (!one_spelling) return std::nullopt;
  out.resize(out.size() - padding);
  return out;
}

}  // namespace depone::crypto
