#include "protocol/record/envelope.h"

#include <fmt/format.h>

#include "crypto/hash.h"

namespace depone::protocol::record {

Result<Envelope> parse_envelope(ByteView bytes, std::string_view expected_type) {
  if (bytes.size() > kEnvelopeBytesMax) {
    return fail(ErrorCode::too_large, fmt::format("a signed envelope is larger than {} bytes", kEnvelopeBytesMax));
  }
  DEPONE_ASSIGN(Envelope envelope, parse_form<Envelope>(bytes, "the signed envelope"));
  if (envelope.payload_type != expected_type) {
    return fail(ErrorCode::malformed, fmt::format("the signed envelope is not of type {}", expected_type));
  }
  if (envelope.signatures.size() != 1) {
    return fail(ErrorCode::malformed, "the signed envelope does not carry exactly one signature");
  }
  return envelope;
}

Result<> verify_envelope(const Envelope& envelope, const crypto::SignPublicKey& key) {
  const auto& signature = envelope.signatures.front();
  if (signature.keyid != crypto::key_id(key)) return fail(ErrorCode::damaged, "the signature names another key");
  if (!crypto::dsse_verify(key, envelope.payload_type, envelope.payload, signature.sig)) {
    return fail(ErrorCode::damaged, "the signature does not verify: the envelope was changed or signed by another key");
  }
  return {};
}

std::string sign_envelope(const crypto::SigningKey& key, std::string_view type, std::string_view payload) {
  return write_form(
      Envelope{std::string(type), to_bytes(payload), {{key.id(), crypto::dsse_sign(key, type, view(payload))}}});
}

crypto::Digest envelope_hash(ByteView envelope_bytes) { return crypto::sha256(envelope_bytes); }

}  // namespace depone::protocol::record
