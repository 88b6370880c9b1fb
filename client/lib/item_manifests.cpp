#include "client/lib/item_manifests.h"

#include "client/lib/custody.h"
#include "crypto/object.h"
#include "protocol/record/salted.h"

namespace depone::client {

using namespace protocol::record;

namespace {

// The commitment to the manifest inside its seal, of the act that it came with.
Result<crypto::Digest> commitment_in(const Act& act) {
  if (act.payload.type == EvidenceSubmit::kType) {
    DEPONE_ASSIGN(const auto body, body_of<EvidenceSubmit>(act));
    return body.manifest_commitment;
  }
  DEPONE_ASSIGN(const auto body, body_of<EvidenceDescribe>(act));
  if (body.manifest_commitment) return *body.manifest_commitment;
  return fail(ErrorCode::damaged, "the manifest was not committed to");
}

}  // namespace

Result<OpenedManifest> open_manifest(ByteView sealed, const crypto::Digest& commitment, const ManifestLock& lock) {
  OpenedManifest out;
  DEPONE_ASSIGN(const auto padded, crypto::open_manifest(lock.key, lock.context, sealed));
  DEPONE_ASSIGN(out.manifest, parse_padded_manifest(padded, out.text));
  if (!is_committed(view(out.text), &commitment))
    return fail(ErrorCode::damaged, "the manifest is not the one that was committed to");
  const auto& [manifest, text] = out;
  const auto content = crypto::content_commitment(lock.context, manifest.commitment_salt, manifest.sha256);
  if (content != lock.body.content_commitment || crypto::sealed_object_bytes(manifest.size) != lock.body.object.size)
    return fail(ErrorCode::damaged, "the manifest is not of the content that was deposited");
  return out;
}

Result<> read_manifests(Session& session, const crypto::EvidenceId& item, const ManifestLock& lock,
                        const std::function<void(SaidManifest)>& each) {
  const auto give = [&](const CustodyEntry& one) {
    if (!one.manifest) return;
    const auto commitment = commitment_in(*one.receipt.act);
    each({one.receipt.entry,
          commitment ? open_manifest(*one.manifest, *commitment, lock) : Result<OpenedManifest>(commitment.error())});
  };
  return read_custody(session, to_text(item), give, Manifests::with);
}

}  // namespace depone::client
