// An identity and what its profile knows, as one file for a new computer (docs/FORMAT.md "Identity export"):
//   {"v":1,"identity":{…the identity file, under a passphrase of its own…},"profile":<b64>,"signature":<b64>}
// The profile (archive cards, pins, rosters, receipts with their openings) is sealed to the identity's own key and
// signed by it: nobody else can read it, or put an older pin in its place.
#pragma once

#include "client/lib/identity.h"
#include "client/lib/profile.h"

namespace depone::client {

// What stands in the file: the keys under `unlock`. too_large: more than 64 MiB of receipts.
Result<std::string> export_identity(const Profile& profile, const Identity& identity, const Unlock& unlock);

struct Imported {
  Identity identity;
  std::size_t archives = 0, receipts = 0;
};
// Opens an export with `opens` and makes it the identity of `profile`, under `locks`. Nothing is written before all of
// it was checked. exists: there is an identity already. wrong_key, damaged, unsupported.
Result<Imported> import_identity(const Profile& profile, ByteView exported, const Unlock& opens, const Unlock& locks);

constexpr std::size_t kIdentityExportBytesMax = 128 << 20;

}  // namespace depone::client
