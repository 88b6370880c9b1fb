// The one seal: HPKE base mode (RFC 9180), HKDF-SHA256, ChaCha20-Poly1305, empty aad, one message:
//   seal(to, info, plaintext) = suite u16be || enc || ct
// The suite is the KEM's number. A second suite (0x647A, X-Wing) is to stand behind the same functions.
// Sources: RFC 9180 sections 4, 5.1, 7.1.3; DESIGN section 3. Pure but for randomness; thread-safe.
#pragma once

#include "crypto/bytes.h"
#include "crypto/secret.h"
#include "system/result.h"

namespace depone::crypto {

enum class SealSuite : std::uint16_t { x25519 = 0x0020, xwing = 0x647A };
std::string_view to_string(SealSuite suite);
bool suite_is_built(SealSuite suite);
std::size_t public_key_bytes(SealSuite suite);  // 32, 1216

struct SealPublicKey {
  SealSuite suite = SealSuite::x25519;
  Bytes bytes;
  bool operator==(const SealPublicKey&) const = default;
};

// The public key of a seed: DeriveKeyPair(seed) in suite 0x0020. `unsupported` where the suite is not built.
Result<SealPublicKey> seal_public_key(SealSuite suite, const SealSeed& seed);

constexpr std::size_t kSealTag = 16;
std::size_t sealed_overhead(SealSuite suite);  // what seal() adds to the plaintext's length

Result<Bytes> seal(const SealPublicKey& to, ByteView info, ByteView plaintext);
// With the encapsulation's randomness given (32 bytes as ikmE in 0x0020), so that readers can recompute a grant.
Result<Bytes> seal_with(const SealPublicKey& to, ByteView info, ByteView plaintext, ByteView randomness);
std::size_t encapsulation_randomness_bytes(SealSuite suite);  // 32, 64

// Opens into locked memory. `damaged` says no more than that it does not open.
Result<SecretBuffer> open_seal(SealSuite suite, const SealSeed& seed, ByteView info, ByteView sealed);
// The same for what is not secret in itself and may be large (a submission's frame).
Result<Bytes> open_seal_public(SealSuite suite, const SealSeed& seed, ByteView info, ByteView sealed);

template <class Secret>
Result<Secret> open_sealed_secret(SealSuite suite, const SealSeed& seed, ByteView info, ByteView sealed) {
  DEPONE_ASSIGN(const SecretBuffer plain, open_seal(suite, seed, info, sealed));
  if (plain.size() != Secret::kSize) return fail(ErrorCode::damaged, "a sealed secret has the wrong size");
  return Secret::copy_of(plain.expose());
}

}  // namespace depone::crypto
