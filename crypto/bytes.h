// Bytes, and values of fixed size that cannot be mistaken for one another.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace depone {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

inline ByteView view(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view text_view(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes to_bytes(ByteView bytes) { return {bytes.begin(), bytes.end()}; }
inline Bytes to_bytes(std::string_view text) { return to_bytes(view(text)); }

namespace crypto {

// N public bytes with a meaning. Plain values: copied, compared (not in constant time), zero by default.
template <class Tag, std::size_t N>
struct FixedBytes {
  static constexpr std::size_t kSize = N;
  std::array<std::uint8_t, N> bytes{};

  static std::optional<FixedBytes> from(ByteView from) {
    if (from.size() != N) return std::nullopt;
    FixedBytes out;
    std::copy(from.begin(), from.end(), out.bytes.begin());
    return out;
  }
  ByteView span() const { return bytes; }
  bool is_zero() const {
    return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b == 0; });
  }
  auto operator<=>(const FixedBytes&) const = default;
};

using Digest = FixedBytes<struct DigestTag, 32>;             // SHA-256
using KeyId = FixedBytes<struct KeyIdTag, 32>;               // SHA-256 of an Ed25519 public key
using SignPublicKey = FixedBytes<struct SignPublicTag, 32>;  // Ed25519
using Signature = FixedBytes<struct SignatureTag, 64>;       // Ed25519
using Salt16 = FixedBytes<struct Salt16Tag, 16>;
using Salt32 = FixedBytes<struct Salt32Tag, 32>;

// Ids are 16 bytes; their text form is protocol/record/ids.h.
using EvidenceId = FixedBytes<struct EvidenceIdTag, 16>;
using CaseId = FixedBytes<struct CaseIdTag, 16>;
using SourceId = FixedBytes<struct SourceIdTag, 16>;
using AccessionId = FixedBytes<struct AccessionIdTag, 16>;
using ActId = FixedBytes<struct ActIdTag, 16>;
using Nonce16 = FixedBytes<struct Nonce16Tag, 16>;

// Hashing for unordered containers; the bytes are digests or random already.
struct FixedBytesHash {
  template <class Tag, std::size_t N>
  std::size_t operator()(const FixedBytes<Tag, N>& value) const {
    std::size_t out = 0;
    for (std::size_t i = 0; i < sizeof out; ++i) out = (out << 8) | value.bytes[i];
    return out;
  }
};

}  // namespace crypto
}  // namespace depone
