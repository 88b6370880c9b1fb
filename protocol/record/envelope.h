// The DSSE envelope with exactly one signature, in the byte form:
//   {"payloadType":…,"payload":<b64>,"signatures":[{"keyid":<hex>,"sig":<b64>}]}
// An act or card has one hash: SHA-256 of its envelope's bytes. Pure.
#pragma once

#include "crypto/dsse.h"
#include "protocol/record/values.h"

namespace depone::protocol::record {

constexpr std::size_t kEnvelopeBytesMax = 64 * 1024;
constexpr std::string_view kActType = "application/vnd.depone.act.v1+json";
constexpr std::string_view kCardType = "application/vnd.depone.card.v1+json";
constexpr std::string_view kArchiveType = "application/vnd.depone.archive.v1+json";

struct EnvelopeSignature {
  crypto::KeyId keyid;
  crypto::Signature sig;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("keyid", s.keyid);
    f("sig", s.sig);
  }
};

struct Envelope {
  std::string payload_type;
  Bytes payload;
  std::vector<EnvelopeSignature> signatures;  // exactly one, once parsed
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("payloadType", s.payload_type);
    f("payload", s.payload);
    f("signatures", s.signatures);
  }
  const crypto::KeyId& keyid() const { return signatures.front().keyid; }
};

// malformed, too_large. Does not check the signature.
Result<Envelope> parse_envelope(ByteView bytes, std::string_view expected_type);
// damaged, if `key` did not sign this or keyid is not its id.
Result<> verify_envelope(const Envelope& envelope, const crypto::SignPublicKey& key);
// The envelope's bytes.
std::string sign_envelope(const crypto::SigningKey& key, std::string_view type, std::string_view payload);
crypto::Digest envelope_hash(ByteView envelope_bytes);

}  // namespace depone::protocol::record
