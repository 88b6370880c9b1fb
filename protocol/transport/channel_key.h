// A channel key: the Ed25519 key with which a member's or an archive's end of a TLS connection proves itself, and the
// self-signed certificate that carries it. The certificate is made anew in memory; only its key counts, since both
// sides pin keys. Move-only; may be used by many connections at once.
#pragma once

#include <memory>

#include "crypto/sign.h"

namespace depone::protocol::transport {

class ChannelKey {
 public:
  explicit ChannelKey(const crypto::SigningSeed& seed);
  ~ChannelKey();
  ChannelKey(ChannelKey&&) noexcept;
  ChannelKey& operator=(ChannelKey&&) noexcept;

  const crypto::SignPublicKey& public_key() const;

  struct Native;  // OpenSSL's objects: tls_context.h
  const Native& native() const { return *native_; }

 private:
  std::unique_ptr<Native> native_;
};

}  // namespace depone::protocol::transport
