// Secrets: bytes that live in locked memory, are wiped when they end, are never copied by accident, never printed, and
// compared in constant time.
//
// The small ones come from one arena (guard pages for each would cost 71 microseconds a secret). The arena locks its
// memory and checks that it did; where the system refuses, `prepare_secret_memory` fails and the program stops, unless
// its user said --allow-unlocked-memory. Thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "crypto/bytes.h"
#include "system/result.h"

namespace depone::crypto {

// Call once, before the first secret and before any thread; also initialises libsodium.
enum class UnlockedMemory { refuse, allow };
Result<> prepare_secret_memory(UnlockedMemory if_unlocked);

// A run of secret bytes of any length. Move-only; empty after a move.
class SecretBuffer {
 public:
  SecretBuffer() = default;
  explicit SecretBuffer(std::size_t size);  // zeros
  static SecretBuffer copy_of(ByteView from);
  SecretBuffer(SecretBuffer&& other) noexcept
      : data_(std::exchange(other.data_, {})),
        allocated_(std::exchange(other.allocated_, 0)) {}
  SecretBuffer& operator=(SecretBuffer&& other) noexcept;
  SecretBuffer(const SecretBuffer&) = delete;
  SecretBuffer& operator=(const SecretBuffer&) = delete;
  ~SecretBuffer();

  std::size_t size() const { return data_.size(); }
  bool empty() const { return data_.empty(); }
  // The one way to read a secret, so that every place that does can be found.
  ByteView expose() const { return data_; }
  std::span<std::uint8_t> expose_for_writing() { return data_; }
  // Keeps the first `size` bytes; the rest is wiped.
  void shorten(std::size_t size);

 private:
  std::span<std::uint8_t> data_;
  std::size_t allocated_ = 0;
};

// N secret bytes with a meaning: two Tags are two types.
template <class Tag, std::size_t N>
class SecretBytes {
 public:
  static constexpr std::size_t kSize = N;

  SecretBytes() : buffer_(N) {}
  static SecretBytes random();
  // Copies from bytes that the caller wipes. `from` must be N long (checked: std::logic_error).
  static SecretBytes copy_of(ByteView from);
  SecretBytes clone() const { return copy_of(expose()); }

  ByteView expose() const { return buffer_.expose(); }
  std::span<std::uint8_t> expose_for_writing() { return buffer_.expose_for_writing(); }
  bool equals(const SecretBytes& other) const;  // constant time

 private:
  SecretBuffer buffer_;
};

using SigningSeed = SecretBytes<struct SigningSeedTag, 32>;  // Ed25519
using SealSeed = SecretBytes<struct SealSeedTag, 32>;        // a sealing key's secret, in either suite
using ItemSecret = SecretBytes<struct ItemSecretTag, 32>;
using ReleaseShare = SecretBytes<struct ReleaseShareTag, 32>;
using ManifestShare = SecretBytes<struct ManifestShareTag, 32>;
using ManifestKey = SecretBytes<struct ManifestKeyTag, 32>;
using ContentKey = SecretBytes<struct ContentKeyTag, 32>;
using MasterKey = SecretBytes<struct MasterKeyTag, 32>;
using DatabaseKey = SecretBytes<struct DatabaseKeyTag, 32>;
using WrappingKey = SecretBytes<struct WrappingKeyTag, 32>;

void fill_random(std::span<std::uint8_t> into);
void wipe(std::span<std::uint8_t> bytes);
// Wipes bytes when the scope ends, also by an exception: for what holds a secret but is too large for locked memory.
// The bytes must live as long, and stay where they are.
class WipeAtEnd {
 public:
  explicit WipeAtEnd(std::span<std::uint8_t> bytes) : bytes_(bytes) {}
  ~WipeAtEnd() { wipe(bytes_); }
  WipeAtEnd(const WipeAtEnd&) = delete;
  WipeAtEnd& operator=(const WipeAtEnd&) = delete;

 private:
  std::span<std::uint8_t> bytes_;
};
bool equal_constant_time(ByteView a, ByteView b);  // false at once when the lengths differ
[[noreturn]] void throw_wrong_secret_size();

template <class Fixed>
Fixed random_fixed() {
  Fixed out;
  fill_random(out.bytes);
  return out;
}

template <class Tag, std::size_t N>
SecretBytes<Tag, N> SecretBytes<Tag, N>::random() {
  SecretBytes out;
  fill_random(out.expose_for_writing());
  return out;
}
template <class Tag, std::size_t N>
SecretBytes<Tag, N> SecretBytes<Tag, N>::copy_of(ByteView from) {
  if (from.size() != N) throw_wrong_secret_size();
  SecretBytes out;
  std::copy(from.begin(), from.end(), out.expose_for_writing().begin());
  return out;
}
template <class Tag, std::size_t N>
bool SecretBytes<Tag, N>::equals(const SecretBytes& other) const {
  return equal_constant_time(expose(), other.expose());
}

}  // namespace depone::crypto
