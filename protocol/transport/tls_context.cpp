#include "protocol/transport/tls_context.h"

#include <optional>
#include <stdexcept>
#include <string>

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

namespace depone::protocol::transport {
namespace {

constexpr long kCertificateBytesMax = 4096;  // what an unknown peer can make us parse

void require(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(std::string("TLS setup failed: ") + what);
}

std::optional<crypto::SignPublicKey> raw_key(X509* certificate) {
  EVP_PKEY* const key = certificate == nullptr ? nullptr : X509_get0_pubkey(certificate);
  if (key == nullptr || EVP_PKEY_id(key) != EVP_PKEY_ED25519) return std::nullopt;
  crypto::SignPublicKey out;
  std::size_t size = out.bytes.size();
  if (EVP_PKEY_get_raw_public_key(key, out.bytes.data(), &size) != 1 || size != out.bytes.size()) return std::nullopt;
  return out;
}

int note_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

// No exception may pass through OpenSSL's frames.
bool admits(const Admit& admit, const crypto::SignPublicKey& key) noexcept {
  try {
    return admit(key);
  } catch (...) {
    return false;
  }
}

int check_pin(X509_STORE_CTX* store, void* argument) {
  const auto key = raw_key(X509_STORE_CTX_get0_cert(store));
  if (key) {
    const auto* const connection =
        static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto* const note = static_cast<crypto::SignPublicKey*>(SSL_get_ex_data(connection, note_index()));
    if (note != nullptr) *note = *key;
    if (admits(*static_cast<const Admit*>(argument), *key)) return 1;
  }
  X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
  return 0;
}

}  // namespace

ChannelKey::Native::~Native() {
  X509_free(certificate);
  EVP_PKEY_free(key);
}

ChannelKey::ChannelKey(const crypto::SigningSeed& seed) : native_(std::make_unique<Native>()) {
  auto& native = *native_;
  native.key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.expose().data(), seed.expose().size());
  require(native.key != nullptr, "no channel key");
  native.public_key = crypto::SigningKey(seed).public_key();
  native.certificate = X509_new();
  require(native.certificate != nullptr, "no certificate");
  auto* const certificate = native.certificate;
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  // Times and names mean nothing here; fixed ones tell nothing either.
  ASN1_TIME_set_string(X509_getm_notBefore(certificate), "20000101000000Z");
  ASN1_TIME_set_string(X509_getm_notAfter(certificate), "99991231235959Z");
  auto* const name = X509_get_subject_name(certificate);
  const unsigned char common_name[] = "depone";
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common_name, -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_set_pubkey(certificate, native.key);
  require(X509_sign(certificate, native.key, nullptr) > 0, "the certificate cannot be signed");
}
ChannelKey::~ChannelKey() = default;
ChannelKey::ChannelKey(ChannelKey&&) noexcept = default;
ChannelKey& ChannelKey::operator=(ChannelKey&&) noexcept = default;
const crypto::SignPublicKey& ChannelKey::public_key() const { return native_->public_key; }

void prepare_context(SSL_CTX* context, const ChannelKey& own, const Admit* admit) {
  require(SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1, "TLS 1.3");
  require(SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1, "TLS 1.3");
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  require(SSL_CTX_set_num_tickets(context, 0) == 1, "tickets");
  SSL_CTX_set_max_cert_list(context, kCertificateBytesMax);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  // Named only where the library has it: an unknown name fails the whole list.
  if (SSL_CTX_set1_groups_list(context, "X25519MLKEM768:X25519") != 1) {
    ERR_clear_error();
    require(SSL_CTX_set1_groups_list(context, "X25519") == 1, "key exchange");
  }
  require(SSL_CTX_use_certificate(context, own.native().certificate) == 1, "own certificate");
  require(SSL_CTX_use_PrivateKey(context, own.native().key) == 1, "own key");
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(context, check_pin, const_cast<Admit*>(admit));
}

void note_peer(SSL* connection, crypto::SignPublicKey* into) {
  require(SSL_set_ex_data(connection, note_index(), into) == 1, "the peer's key");
}

bool failed_at_pin(const SSL* connection) {
  return SSL_get_verify_result(connection) == X509_V_ERR_APPLICATION_VERIFICATION;
}

bool is_refusal_alert(unsigned long error) {
  switch (ERR_GET_REASON(error) - SSL_AD_REASON_OFFSET) {
    case SSL_AD_HANDSHAKE_FAILURE:
    case SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
    case SSL_AD_CERTIFICATE_REVOKED:
    case SSL_AD_CERTIFICATE_EXPIRED:
    case SSL_AD_CERTIFICATE_UNKNOWN:
    case SSL_AD_UNKNOWN_CA:
    case SSL_AD_ACCESS_DENIED:
    case SSL_AD_CERTIFICATE_REQUIRED:
      return true;
    default:
      return false;
  }
}

std::string key_exchange(SSL* connection) {
  const int group = static_cast<int>(SSL_get_negotiated_group(connection));
  const char* const name = SSL_group_to_name(connection, group);
  return name == nullptr ? "unknown" : name;
}

}  // namespace depone::protocol::transport
