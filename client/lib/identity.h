// A person's keys: signing, sealing, channel. On disk they are one file, sealed under a master key that a passphrase or
// a key file opens (crypto/key_slot.h). In memory they are secrets; the card beside them is public.
//   {"v":1,"card":{…envelope…},"slots":{…},"keys":<b64 nonce24 || XChaCha20-Poly1305 of the three seeds, AD = card
//   hash>}
#pragma once

#include <filesystem>
#include <functional>

#include "crypto/key_slot.h"
#include "crypto/sign.h"
#include "protocol/record/card.h"
#include "protocol/record/key_slots.h"
#include "system/file.h"

namespace depone::client {

// How the master key of an identity is protected, and opened again.
struct Unlock {
  std::optional<std::filesystem::path> key_file;
  // Asked only if there is no key file. `again` when a new passphrase is chosen and wanted twice.
  std::function<Result<crypto::SecretBuffer>(bool again)> passphrase;
};

struct IdentityForm;  // the file, as values

class Identity {
 public:
  // New keys and the card for them; nothing is written yet.
  static Result<Identity> create(std::string handle, std::vector<protocol::record::Role> roles_wanted,
                                 crypto::SealSuite suite, protocol::record::TimePoint now);
  // Writes the file durably, 0600, under a new master key; exists if there is one and it may not be replaced.
  Result<> save(const std::filesystem::path& file, const Unlock& unlock,
                system::IfExists if_exists = system::IfExists::refuse) const;
  // wrong_key (no file, another key, or changed), unsupported, damaged, malformed.
  static Result<Identity> load(const std::filesystem::path& file, const Unlock& unlock);
  // The card alone, which needs no key.
  static Result<protocol::record::Card> load_card(const std::filesystem::path& file);
  // The same bytes without a file of their own: inside an export.
  Result<std::string> locked(const Unlock& unlock) const;
  static Result<Identity> unlocked(ByteView bytes, const Unlock& unlock);

  const protocol::record::Card& card() const { return card_; }
  crypto::KeyId id() const { return card_.id(); }
  const crypto::SigningKey& signing_key() const { return signing_; }
  const crypto::SealSeed& seal_seed() const { return seal_; }
  const crypto::SigningSeed& channel_seed() const { return channel_; }
  // A key for what the profile keeps about this identity's own doings; never sent.
  crypto::WrappingKey local_key(std::string_view purpose) const;

 private:
  Identity(crypto::SigningSeed sign, crypto::SealSeed seal, crypto::SigningSeed channel)
      : sign_(std::move(sign)),
        signing_(sign_),
        seal_(std::move(seal)),
        channel_(std::move(channel)) {}
  static Result<Identity> open(const IdentityForm& form, const Unlock& unlock);

  crypto::SigningSeed sign_;
  crypto::SigningKey signing_;
  crypto::SealSeed seal_;
  crypto::SigningSeed channel_;
  protocol::record::Card card_;
};

}  // namespace depone::client
