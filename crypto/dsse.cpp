#include "crypto/dsse.h"

#include <fmt/format.h>

namespace depone::crypto {

Bytes dsse_pae(std::string_view payload_type, ByteView payload) {
  Bytes out = to_bytes(fmt::format("DSSEv1 {} {} {} ", payload_type.size(), payload_type, payload.size()));
  out.insert(out.end(), payload.begin(), payload.end());
  return out;
}

Signature dsse_sign(const SigningKey& key, std::string_view payload_type, ByteView payload) {
  return key.sign(dsse_pae(payload_type, payload));
}

bool dsse_verify(const SignPublicKey& key, std::string_view payload_type, ByteView payload,
                 const Signature& signature) {
  return verify(key, dsse_pae(payload_type, payload), signature);
}

}  // namespace depone::crypto
