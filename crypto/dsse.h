// DSSE v1: what is signed is the pre-authentication encoding, never the JSON. The envelope's JSON is
// protocol/record/envelope.h. Pure.
//   PAE = "DSSEv1" SP len(type) SP type SP len(body) SP body        (lengths in decimal ASCII)
#pragma once

#include <string_view>

#include "crypto/sign.h"

namespace depone::crypto {

Bytes dsse_pae(std::string_view payload_type, ByteView payload);
Signature dsse_sign(const SigningKey& key, std::string_view payload_type, ByteView payload);
bool dsse_verify(const SignPublicKey& key, std::string_view payload_type, ByteView payload, const Signature& signature);

}  // namespace depone::crypto
