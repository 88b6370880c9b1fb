#include "client/lib/item_sealer.h"

#include "protocol/record/frame.h"
#include "protocol/record/salted.h"

namespace depone::client {

using namespace protocol::record;

namespace {

constexpr std::size_t kPieceHeads = 256;  // names and lengths of a submission's six pieces, and to spare

}  // namespace

ItemSealer::ItemSealer(const ArchiveCard& archive, CaseTarget target, const Identity& identity)
    : archive_(archive),
      target_(std::move(target)),
      identity_(identity),
      item_(crypto::item_id(archive.genesis, identity.id(), nonce_)),
      context_(crypto::item_context(archive.genesis, item_, target_.case_id, identity.id())),
      cipher_(crypto::content_key(item_secret_, context_, release_share_, header_)) {}

void ItemSealer::seal_chunk(ByteView plain, bool last, std::span<std::uint8_t> out) {
  plain_hash_.update(plain);
  cipher_.seal(chunks_++, last, plain, out);
  plain_bytes_ += plain.size();
}

void ItemSealer::hash_sealed(ByteView bytes) {
  sealed_hash_.update(bytes);
  sealed_bytes_ += bytes.size();
}

Result<SealedSubmission> ItemSealer::finish(ItemDescription description, TimePoint now, const Seen& seen,
                                            ByteView inline_object) {
  SealedSubmission out;
  out.item = item_;
  out.opening.sha256 = plain_hash_.finish();
  out.opening.commitment_salt = crypto::random_fixed<crypto::Salt32>();

  auto& manifest = description.manifest;
  manifest.salt = crypto::random_fixed<crypto::Salt32>();
  manifest.size = plain_bytes_;
  manifest.sha256 = out.opening.sha256;
  manifest.commitment_salt = out.opening.commitment_salt;
  std::string manifest_text = write_form(manifest);
  const auto manifest_key =
      crypto::manifest_key(item_secret_, context_, crypto::manifest_share(release_share_, context_));
  const Bytes manifest_part = crypto::seal_manifest(manifest_key, context_, pad_manifest(manifest_text));

  description.private_part.salt = crypto::random_fixed<crypto::Salt32>();
  const std::string private_part = write_form(description.private_part);
  DEPONE_ASSIGN(const Bytes secret_part,
                crypto::seal(target_.key, crypto::item_secret_info(context_, target_.case_id, target_.epoch),
                             item_secret_.expose()));

  EvidenceSubmit body;
  body.case_id = target_.case_id;
  body.epoch = target_.epoch;
  body.nonce = nonce_;
  body.kind = description.kind;
  body.sensitivity = description.sensitivity;
  body.derived_from = std::move(description.derived_from);
  body.object = {sealed_hash_.finish(), sealed_bytes_, std::string(crypto::kObjectFormat)};
  body.release_commitment = crypto::release_commitment(context_, release_share_);
  body.key_commitment = crypto::key_commitment(item_secret_, context_, release_share_);
  body.content_commitment = crypto::content_commitment(context_, out.opening.commitment_salt, out.opening.sha256);
  DEPONE_ASSIGN(body.manifest_commitment, salted_root(view(manifest_text)));
  crypto::wipe(std::span(reinterpret_cast<std::uint8_t*>(manifest_text.data()), manifest_text.size()));
  body.parts.add("manifest", crypto::sha256(manifest_part));
  body.parts.add("secret", crypto::sha256(secret_part));
  DEPONE_ASSIGN(const auto private_root, salted_root(view(private_part)));
  body.parts.add("private", private_root);
  out.act = make_act(identity_.signing_key(), archive_.genesis, seen, now, body);

  FrameWriter frame(out.act.bytes.size() + manifest_part.size() + secret_part.size() + private_part.size() +
                    inline_object.size() + kPieceHeads);
  frame.add("act", view(out.act.bytes));
  frame.add("manifest", manifest_part);
  frame.add("secret", secret_part);
  frame.add("private", view(private_part));
  frame.add("release_share", release_share_.expose());
  if (!inline_object.empty()) frame.add("object", inline_object);
  Bytes plain = frame.take();
  auto sealed = crypto::seal(archive_.facts.intake, crypto::submission_info(archive_.genesis), plain);
  crypto::wipe(plain);  // it holds the release share
  if (!sealed) return sealed.error();
  out.sealed = std::move(*sealed);
  return out;
}

}  // namespace depone::client
