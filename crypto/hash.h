// SHA-256 (libcrypto, which uses the CPU's own instructions), keyed BLAKE2b-256 and HKDF-SHA256 (libsodium).
#pragma once

#include <initializer_list>
#include <memory>
#include <span>
#include <string_view>

#include "crypto/bytes.h"

namespace depone::crypto {

// Many pieces hashed as if joined: contexts and leaves need no copy.
Digest sha256(std::initializer_list<ByteView> pieces);
inline Digest sha256(ByteView bytes) { return sha256({bytes}); }

// SHA-256 of a stream. Not thread-safe.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  void update(ByteView bytes);
  Digest finish();  // and starts anew

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// B2(key, pieces joined) of DESIGN section 3; writes 32 bytes. `key` is 32 bytes.
void blake2b_256(ByteView key, std::initializer_list<ByteView> pieces, std::span<std::uint8_t, 32> out);

// RFC 5869 with HMAC-SHA256. `out` is at most 255 * 32 bytes.
void hkdf_extract(ByteView salt, std::initializer_list<ByteView> input, std::span<std::uint8_t, 32> out);
void hkdf_expand(ByteView pseudorandom_key, std::initializer_list<ByteView> info, std::span<std::uint8_t> out);

}  // namespace depone::crypto
