#include "client/lib/item_acts.h"

#include "crypto/hash.h"
#include "protocol/record/frame.h"
#include "protocol/record/salted.h"

namespace depone::client {

using namespace protocol::record;

Result<RetrievedItem> open_for_cataloguing(Session& session, const FoundItem& found, const system::Clock& clock) {
  RetrieveRequest request{found.case_id, {found.terms.item}, Scope::manifest, Use::internal, {}};
  request.statement.purpose = kCataloguing;
  DEPONE_TRY(session.refresh());
  DEPONE_ASSIGN(auto retrieval, retrieve(session, std::move(request), clock));
  if (!retrieval.refused.empty()) return fail(ErrorCode::refused, retrieval.refused.front().sentence);
  if (!retrieval.failed.empty()) return retrieval.failed.front().error;
  return std::move(retrieval.items.front());
}

Result<std::uint64_t> describe_again(Session& session, const ItemTerms& terms, Correction correction,
                                     const RetrievedItem* opened, TimePoint now) {
  EvidenceDescribe body;
  body.item = terms.item;
  body.supersedes = terms.described_by;
  body.sensitivity = correction.sensitivity;
  body.reason_code = correction.reason;
  std::vector<std::pair<std::string_view, Bytes>> parts;
  if (correction.manifest) {
    correction.manifest->salt = crypto::random_fixed<crypto::Salt32>();
    auto text = write_form(*correction.manifest);
    auto sealed = crypto::seal_manifest(*opened->manifest_key, opened->context, pad_manifest(text));
    DEPONE_ASSIGN(body.manifest_commitment, salted_root(view(text)));
    crypto::wipe(std::span(reinterpret_cast<std::uint8_t*>(text.data()), text.size()));
    body.parts.add("manifest", crypto::sha256(sealed));
    parts.emplace_back("manifest", std::move(sealed));
  }
  if (correction.private_part) {
    correction.private_part->salt = crypto::random_fixed<crypto::Salt32>();
    const auto text = write_form(*correction.private_part);
    DEPONE_ASSIGN(const auto root, salted_root(view(text)));
    body.parts.add("private", root);
    parts.emplace_back("private", to_bytes(view(text)));
  }
  DEPONE_TRY(session.refresh());
  const auto& genesis = session.archive().card().genesis;
  const auto act = make_act(session.identity().signing_key(), genesis, session.seen(), now, body);
  FrameWriter frame;
  frame.add("act", view(act.bytes));
  for (const auto& [name, bytes] : parts) frame.add(name, bytes);
  DEPONE_ASSIGN(const auto receipts, session.act(act, frame.bytes()));
  return receipts.front().entry.seq;
}

Result<std::uint64_t> share_item(Session& session, const RetrievedItem& opened, const CaseTarget& into, TimePoint now) {
  EvidenceShare body{opened.item, into.case_id, into.epoch, {}};
  DEPONE_ASSIGN(const Bytes secret,
                crypto::seal(into.key, crypto::item_secret_info(opened.context, into.case_id, into.epoch),
                             opened.item_secret->expose()));
  body.parts.add("secret", crypto::sha256(secret));
  DEPONE_TRY(session.refresh());
  const auto& genesis = session.archive().card().genesis;
  const auto act = make_act(session.identity().signing_key(), genesis, session.seen(), now, body);
  FrameWriter frame;
  frame.add("act", view(act.bytes));
  frame.add("secret", secret);
  DEPONE_ASSIGN(const auto receipts, session.act(act, frame.bytes()));
  return receipts.front().entry.seq;
}

}  // namespace depone::client
