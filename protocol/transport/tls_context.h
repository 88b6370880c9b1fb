// The TLS settings of both sides: 1.3 only, mutual, pinned raw Ed25519 keys, no resumption of any kind (measured: with
// less, a revoked client resumes and the pin callback is never called). For the files of this folder alone.
#pragma once

#include <functional>
#include <string>

#include <openssl/ssl.h>

#include "protocol/transport/channel_key.h"

namespace depone::protocol::transport {

struct ChannelKey::Native {
  EVP_PKEY* key = nullptr;
  X509* certificate = nullptr;
  crypto::SignPublicKey public_key;
  Native() = default;
  Native(const Native&) = delete;
  Native& operator=(const Native&) = delete;
  ~Native();
};

// Whether a peer with this key may go on. Called inside the handshake, from any thread.
using Admit = std::function<bool(const crypto::SignPublicKey&)>;

// Applies all of it to a context. `admit` must outlive the context; where it throws, the peer is refused.
void prepare_context(SSL_CTX* context, const ChannelKey& own, const Admit* admit);

// Where the handshake writes the key that the peer presents, before `admit` is asked: so who revokes a key, and then
// closes its connections, cannot miss one whose handshake is under way. `into` must outlive the connection.
void note_peer(SSL* connection, crypto::SignPublicKey* into);
// Whether the handshake failed at the pin: the peer's key is not the one that was wanted, or is no Ed25519 key.
bool failed_at_pin(const SSL* connection);
// Whether this OpenSSL error (of error_code's value) is an alert by which a peer says that it does not take our key.
bool is_refusal_alert(unsigned long error);

// The key exchange that was agreed on: "X25519", "X25519MLKEM768".
std::string key_exchange(SSL* connection);

}  // namespace depone::protocol::transport
