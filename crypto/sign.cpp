#include "crypto/sign.h"

#include <sodium.h>

#include "crypto/hash.h"

namespace depone::crypto {

bool is_valid_sign_key(const SignPublicKey& key) { return crypto_core_ed25519_is_valid_point(key.bytes.data()) == 1; }

KeyId key_id(const SignPublicKey& key) { return KeyId{sha256(key.span()).bytes}; }

SigningKey::SigningKey(const SigningSeed& seed) {
  crypto_sign_seed_keypair(public_key_.bytes.data(), secret_.expose_for_writing().data(), seed.expose().data());
}

Signature SigningKey::sign(ByteView message) const {
  Signature out;
  crypto_sign_detached(out.bytes.data(), nullptr, message.data(), message.size(), secret_.expose().data());
  return out;
}

bool verify(const SignPublicKey& key, ByteView message, const Signature& signature) {
  return crypto_sign_verify_detached(signature.bytes.data(), message.data(), message.size(), key.bytes.data()) == 0;
}

}  // namespace depone::crypto
