#include "crypto/seal.h"

#include <fmt/format.h>
#include <sodium.h>

#include "crypto/hash.h"

namespace depone::crypto {
namespace {

// RFC 9180 section 7: the identifiers of what we use.
constexpr std::uint16_t kKdfHkdfSha256 = 0x0001;
constexpr std::uint16_t kAeadChaCha20Poly1305 = 0x0003;
constexpr std::size_t kX25519 = 32;

using Bytes32 = SecretBytes<struct HpkeTag, 32>;

std::array<std::uint8_t, 2> u16be(std::uint16_t value) {
  return {static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
}

std::uint16_t number(SealSuite suite) { return static_cast<std::uint16_t>(suite); }

Bytes kem_suite_id(SealSuite suite) {
  Bytes out = to_bytes("KEM");
  const auto id = u16be(number(suite));
  out.insert(out.end(), id.begin(), id.end());
  return out;
}

Bytes hpke_suite_id(SealSuite suite) {
  Bytes out = to_bytes("HPKE");
  for (const auto id : {number(suite), kKdfHkdfSha256, kAeadChaCha20Poly1305}) {
    const auto bytes = u16be(id);
    out.insert(out.end(), bytes.begin(), bytes.end());
  }
  return out;
}

void labeled_extract(ByteView salt, ByteView suite_id, std::string_view label, ByteView input,
                     std::span<std::uint8_t, 32> out) {
  hkdf_extract(salt, {view("HPKE-v1"), suite_id, view(label), input}, out);
}

void labeled_expand(ByteView key, ByteView suite_id, std::string_view label, ByteView info,
                    std::span<std::uint8_t> out) {
  const auto length = u16be(static_cast<std::uint16_t>(out.size()));
  hkdf_expand(key, {length, view("HPKE-v1"), suite_id, view(label), info}, out);
}

// --- DHKEM(X25519, HKDF-SHA256), RFC 9180 sections 4.1 and 7.1.3 ---------------------------------------------------

struct X25519Pair {
  Bytes32 secret;
  std::array<std::uint8_t, kX25519> public_key{};
};

X25519Pair derive_x25519(ByteView input_key_material) {
  const Bytes suite_id = kem_suite_id(SealSuite::x25519);
  Bytes32 extracted;
  labeled_extract({}, suite_id, "dkp_prk", input_key_material,
                  std::span<std::uint8_t, 32>(extracted.expose_for_writing()));
  X25519Pair out;
  labeled_expand(extracted.expose(), suite_id, "sk", {}, out.secret.expose_for_writing());
  crypto_scalarmult_base(out.public_key.data(), out.secret.expose().data());
  return out;
}

// The shared secret of a Diffie-Hellman value, or nothing where that is all zero (RFC 9180 section 7.1.4).
std::optional<Bytes32> x25519_shared(ByteView secret, ByteView their_public, ByteView enc, ByteView recipient_public) {
  Bytes32 dh;
  if (crypto_scalarmult(dh.expose_for_writing().data(), secret.data(), their_public.data()) != 0) return std::nullopt;
  const Bytes suite_id = kem_suite_id(SealSuite::x25519);
  Bytes32 extracted;
  labeled_extract({}, suite_id, "eae_prk", dh.expose(), std::span<std::uint8_t, 32>(extracted.expose_for_writing()));
  Bytes kem_context = to_bytes(enc);
  kem_context.insert(kem_context.end(), recipient_public.begin(), recipient_public.end());
  Bytes32 shared;
  labeled_expand(extracted.expose(), suite_id, "shared_secret", kem_context, shared.expose_for_writing());
  return shared;
}

// --- key schedule, base mode, RFC 9180 section 5.1 -----------------------------------------------------------------

struct MessageKey {
  Bytes32 key;
  std::array<std::uint8_t, crypto_aead_chacha20poly1305_IETF_NPUBBYTES> nonce{};
};

MessageKey key_schedule(SealSuite suite, ByteView shared_secret, ByteView info) {
  const Bytes suite_id = hpke_suite_id(suite);
  std::array<std::uint8_t, 1 + 32 + 32> context{};  // mode_base || psk_id_hash || info_hash
  labeled_extract({}, suite_id, "psk_id_hash", {}, std::span<std::uint8_t, 32>(context.data() + 1, 32));
  labeled_extract({}, suite_id, "info_hash", info, std::span<std::uint8_t, 32>(context.data() + 33, 32));
  Bytes32 secret;
  labeled_extract(shared_secret, suite_id, "secret", {}, std::span<std::uint8_t, 32>(secret.expose_for_writing()));
  MessageKey out;
  labeled_expand(secret.expose(), suite_id, "key", context, out.key.expose_for_writing());
  labeled_expand(secret.expose(), suite_id, "base_nonce", context, out.nonce);
  return out;
}

Error not_built(SealSuite suite) {
  return fail(ErrorCode::unsupported,
              fmt::format("this program was built without the sealing suite 0x{:04x}; it needs OpenSSL 3.5 or later",
                          number(suite)));
}

Error does_not_open() {
  return fail(ErrorCode::damaged, "a seal does not open: it was changed, or was made for another key or purpose");
}

// Opens into `out`, which is exactly the plaintext's size.
Result<> open_into(const SealSeed& seed, ByteView info, ByteView sealed, std::span<std::uint8_t> out) {
  const ByteView enc = sealed.subspan(2, kX25519), ciphertext = sealed.subspan(2 + kX25519);
  const X25519Pair own = derive_x25519(seed.expose());
  const auto shared = x25519_shared(own.secret.expose(), enc, enc, own.public_key);
  if (!shared) return does_not_open();
  const MessageKey message = key_schedule(SealSuite::x25519, shared->expose(), info);
  if (crypto_aead_chacha20poly1305_ietf_decrypt(out.data(), nullptr, nullptr, ciphertext.data(), ciphertext.size(),
                                                nullptr, 0, message.nonce.data(), message.key.expose().data()) != 0) {
    return does_not_open();
  }
  return {};
}

// The plaintext's size, once suite and length are right.
Result<std::size_t> check_sealed(SealSuite suite, ByteView sealed) {
  if (!suite_is_built(suite)) return not_built(suite);
  if (sealed.size() < 2) return does_not_open();
  const auto id = u16be(number(suite));
  if (!std::equal(id.begin(), id.end(), sealed.begin())) {
    return fail(ErrorCode::unsupported, "a seal is of another suite than this archive's");
  }
  if (sealed.size() < sealed_overhead(suite)) return does_not_open();
  return sealed.size() - sealed_overhead(suite);
}

}  // namespace

std::string_view to_string(SealSuite suite) {
  switch (suite) {
    case SealSuite::x25519:
      return "x25519";
    case SealSuite::xwing:
      return "x-wing";
  }
  return "";
}

bool suite_is_built(SealSuite suite) { return suite == SealSuite::x25519; }

std::size_t public_key_bytes(SealSuite suite) { return suite == SealSuite::x25519 ? kX25519 : 1184 + 32; }

std::size_t encapsulation_randomness_bytes(SealSuite suite) { return suite == SealSuite::x25519 ? 32 : 64; }

std::size_t sealed_overhead(SealSuite suite) {
  return 2 + (suite == SealSuite::x25519 ? kX25519 : 1088 + 32) + kSealTag;
}

Result<SealPublicKey> seal_public_key(SealSuite suite, const SealSeed& seed) {
  if (!suite_is_built(suite)) return not_built(suite);
  const X25519Pair pair = derive_x25519(seed.expose());
  return SealPublicKey{suite, to_bytes(pair.public_key)};
}

Result<Bytes> seal(const SealPublicKey& to, ByteView info, ByteView plaintext) {
  SecretBuffer randomness(encapsulation_randomness_bytes(to.suite));
  fill_random(randomness.expose_for_writing());
  return seal_with(to, info, plaintext, randomness.expose());
}

Result<Bytes> seal_with(const SealPublicKey& to, ByteView info, ByteView plaintext, ByteView randomness) {
  if (!suite_is_built(to.suite)) return not_built(to.suite);
  if (to.bytes.size() != public_key_bytes(to.suite))
    return fail(ErrorCode::malformed, "a sealing key has the wrong size");
  const X25519Pair ephemeral = derive_x25519(randomness);
  const auto shared = x25519_shared(ephemeral.secret.expose(), to.bytes, ephemeral.public_key, to.bytes);
  if (!shared) return fail(ErrorCode::malformed, "a sealing key is not a usable X25519 key");
  const MessageKey message = key_schedule(to.suite, shared->expose(), info);

  const auto id = u16be(number(to.suite));
  Bytes out(id.begin(), id.end());
  out.insert(out.end(), ephemeral.public_key.begin(), ephemeral.public_key.end());
  const std::size_t header = out.size();
  out.resize(header + plaintext.size() + kSealTag);
  crypto_aead_chacha20poly1305_ietf_encrypt(out.data() + header, nullptr, plaintext.data(), plaintext.size(), nullptr,
                                            0, nullptr, message.nonce.data(), message.key.expose().data());
  return out;
}

Result<SecretBuffer> open_seal(SealSuite suite, const SealSeed& seed, ByteView info, ByteView sealed) {
  DEPONE_ASSIGN(const std::size_t size, check_sealed(suite, sealed));
  SecretBuffer out(size);
  DEPONE_TRY(open_into(seed, info, sealed, out.expose_for_writing()));
  return out;
}

Result<Bytes> open_seal_public(SealSuite suite, const SealSeed& seed, ByteView info, ByteView sealed) {
  DEPONE_ASSIGN(const std::size_t size, check_sealed(suite, sealed));
  Bytes out(size);
  DEPONE_TRY(open_into(seed, info, sealed, out));
  return out;
}

}  // namespace depone::crypto
