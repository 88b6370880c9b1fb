// Grants: a case's seed, sealed to one reader (DESIGN section 4; docs/FORMAT.md "Grants"). The encapsulation's
// randomness comes from the seed itself, so that any reader can recompute and check every other grant:
//   HKDF-Expand(SHA-256, B2(case_seed, "depone/grant/v1" || recipient's public sealing key || epoch u32be), "", n)
// Pure.
#pragma once

#include "crypto/context.h"
#include "crypto/seal.h"

namespace depone::crypto {

SecretBuffer grant_randomness(const SealSeed& case_seed, const SealPublicKey& recipient, std::uint32_t epoch);
Result<Bytes> seal_grant(const SealSeed& case_seed, const SealPublicKey& recipient, const Genesis& genesis,
                         const CaseId& case_id, std::uint32_t epoch, const KeyId& member);

}  // namespace depone::crypto
