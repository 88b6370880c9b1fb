// Two locks on every item (DESIGN section 4; docs/FORMAT.md "Item keys"): what is derived from the item secret, which
// the case's readers can open, and the release share, which the archive keeps. Pure functions.
#pragma once

#include "crypto/bytes.h"
#include "crypto/context.h"
#include "crypto/secret.h"

namespace depone::crypto {

using ObjectHeader = FixedBytes<struct ObjectHeaderTag, 32>;  // crypto/object.h

ManifestShare manifest_share(const ReleaseShare& share, const ItemContext& context);
ManifestKey manifest_key(const ItemSecret& secret, const ItemContext& context, const ManifestShare& share);
ContentKey content_key(const ItemSecret& secret, const ItemContext& context, const ReleaseShare& share,
                       const ObjectHeader& header);

Digest release_commitment(const ItemContext& context, const ReleaseShare& share);
Digest key_commitment(const ItemSecret& secret, const ItemContext& context, const ReleaseShare& share);
Digest content_commitment(const ItemContext& context, const Salt32& commitment_salt, const Digest& plaintext);

// The sealed manifest: nonce24 || XChaCha20-Poly1305(manifest_key, AD = context).
Bytes seal_manifest(const ManifestKey& key, const ItemContext& context, ByteView padded_manifest);
Bytes seal_manifest_with(const ManifestKey& key, const ItemContext& context, ByteView padded_manifest,
                         std::span<const std::uint8_t, 24> nonce);  // reproducible, for known answers
Result<Bytes> open_manifest(const ManifestKey& key, const ItemContext& context, ByteView sealed);

}  // namespace depone::crypto
