// The manifests of an item: each that was ever signed for it, opened and checked. Who can open an item may seal a new
// one, and the archive cannot look inside: a manifest that does not open, or is not of the content that was deposited,
// is its signer's doing, and takes nothing from those before it.
#pragma once

#include <functional>

#include "client/lib/session.h"
#include "crypto/item_keys.h"
#include "protocol/record/bodies.h"
#include "protocol/record/manifest.h"

namespace depone::client {

// What an item's manifests open with, and what they must be of.
struct ManifestLock {
  const crypto::ManifestKey& key;
  const crypto::ItemContext& context;
  const protocol::record::EvidenceSubmit& body;
};

struct OpenedManifest {
  protocol::record::Manifest manifest;
  std::string text;  // without its padding
};
// damaged: it does not open, is not the one that `commitment` is of, or not of the content that was deposited.
Result<OpenedManifest> open_manifest(ByteView sealed, const crypto::Digest& commitment, const ManifestLock& lock);

// One that was signed, by whom and when; the error of one that cannot be believed.
struct SaidManifest {
  protocol::record::Entry entry;
  Result<OpenedManifest> opened;
};
// Every manifest of the item, oldest first, out of its custody. damaged: the archive's answer does not hold.
Result<> read_manifests(Session& session, const crypto::EvidenceId& item, const ManifestLock& lock,
                        const std::function<void(SaidManifest)>& each);

}  // namespace depone::client
