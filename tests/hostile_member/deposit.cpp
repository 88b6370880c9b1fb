#include "tests/hostile_member/deposit.h"

#include "crypto/context.h"
#include "crypto/hash.h"
#include "crypto/item_keys.h"
#include "crypto/object.h"
#include "crypto/seal.h"
#include "protocol/record/salted.h"

namespace depone::hostile {

using namespace protocol::record;

Bytes random_bytes(std::size_t size) {
  Bytes out(size);
  crypto::fill_random(out);
  return out;
}

void commit(const Target& target, const crypto::KeyId& actor, Deposit& deposit) {
  auto& body = deposit.body;
  const auto& genesis = target.card.genesis;
  deposit.item = crypto::item_id(genesis, actor, body.nonce);
  const auto context = crypto::item_context(genesis, deposit.item, body.case_id, actor);
  body.release_commitment = crypto::release_commitment(context, crypto::ReleaseShare::copy_of(deposit.share));
  body.object = {crypto::sha256(deposit.object), deposit.object.size(), std::string(crypto::kObjectFormat)};
  deposit.private_part = to_bytes(write_form(deposit.said));
  body.parts.entries.clear();
  body.parts.add("manifest", crypto::sha256(deposit.manifest));
  body.parts.add("secret", crypto::sha256(deposit.secret));
  body.parts.add("private", salted_root(deposit.private_part).value());
}

Deposit new_deposit(const Target& target, const crypto::KeyId& actor, const crypto::CaseId& case_id,
                    std::size_t object_bytes) {
  Deposit deposit;
  deposit.body.case_id = case_id;
  deposit.body.nonce = crypto::random_fixed<crypto::Nonce16>();
  deposit.body.kind = Kind::document;
  deposit.body.sensitivity = Sensitivity::confidential;
  deposit.body.key_commitment = crypto::random_fixed<crypto::Digest>();
  deposit.body.content_commitment = crypto::random_fixed<crypto::Digest>();
  deposit.body.manifest_commitment = crypto::random_fixed<crypto::Digest>();
  deposit.said.salt = crypto::random_fixed<crypto::Salt32>();
  deposit.said.consent.purposes = {"documentation"};
  deposit.said.consent.recipients = {"icc_otp"};
  deposit.said.consent.recontact = Recontact::never;
  deposit.manifest = random_bytes(24 + 1024 + 16);
  deposit.secret = random_bytes(2 + 32 + 32 + 16);
  deposit.share = random_bytes(crypto::ReleaseShare::kSize);
  deposit.object = random_bytes(object_bytes);
  const auto header = crypto::new_object_header();
  std::ranges::copy(header.bytes, deposit.object.begin());
  commit(target, actor, deposit);
  return deposit;
}

Bytes frame_of(const Act& act, const Deposit& deposit, Object object) {
  FrameWriter frame;
  frame.add("act", view(act.bytes));
  frame.add("manifest", deposit.manifest);
  frame.add("secret", deposit.secret);
  frame.add("private", deposit.private_part);
  frame.add("release_share", deposit.share);
  if (object == Object::inside) frame.add("object", deposit.object);
  return frame.take();
}

Bytes seal_frame(const Target& target, ByteView frame) {
  return crypto::seal(target.card.facts.intake, crypto::submission_info(target.card.genesis), frame).value();
}

}  // namespace depone::hostile
