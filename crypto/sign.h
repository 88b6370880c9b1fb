// Ed25519 (RFC 8032) by libsodium.
#pragma once

#include "crypto/bytes.h"
#include "crypto/secret.h"

namespace depone::crypto {

// A valid point of large order. libsodium refuses small-order keys that OpenSSL would accept: checked wherever a public
// key enters.
bool is_valid_sign_key(const SignPublicKey& key);

KeyId key_id(const SignPublicKey& key);  // SHA-256 of the 32 bytes

// A signing key, made from its 32-byte seed. Move-only.
class SigningKey {
 public:
  explicit SigningKey(const SigningSeed& seed);
  const SignPublicKey& public_key() const { return public_key_; }
  KeyId id() const { return key_id(public_key_); }
  Signature sign(ByteView message) const;

 private:
  SecretBytes<struct ExpandedSigningTag, 64> secret_;
  SignPublicKey public_key_;
};

bool verify(const SignPublicKey& key, ByteView message, const Signature& signature);

}  // namespace depone::crypto
