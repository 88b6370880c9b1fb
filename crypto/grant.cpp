#include "crypto/grant.h"

#include "crypto/hash.h"

namespace depone::crypto {

SecretBuffer grant_randomness(const SealSeed& case_seed, const SealPublicKey& recipient, std::uint32_t epoch) {
  const std::array<std::uint8_t, 4> number{static_cast<std::uint8_t>(epoch >> 24),
                                           static_cast<std::uint8_t>(epoch >> 16),
                                           static_cast<std::uint8_t>(epoch >> 8), static_cast<std::uint8_t>(epoch)};
  SecretBytes<struct GrantKeyTag, 32> key;
  blake2b_256(case_seed.expose(), {view("depone/grant/v1"), recipient.bytes, number},
              std::span<std::uint8_t, 32>(key.expose_for_writing()));
  SecretBuffer out(encapsulation_randomness_bytes(recipient.suite));
  hkdf_expand(key.expose(), {}, out.expose_for_writing());
  return out;
}

Result<Bytes> seal_grant(const SealSeed& case_seed, const SealPublicKey& recipient, const Genesis& genesis,
                         const CaseId& case_id, std::uint32_t epoch, const KeyId& member) {
  return seal_with(recipient, case_seed_info(genesis, case_id, epoch, member), case_seed.expose(),
                   grant_randomness(case_seed, recipient, epoch).expose());
}

}  // namespace depone::crypto
