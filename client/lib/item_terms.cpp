#include "client/lib/item_terms.h"

#include <fmt/format.h>

#include "crypto/item_keys.h"
#include "protocol/record/salted.h"

namespace depone::client {

using namespace protocol::record;

namespace {

Error damaged(const char* why) { return fail(ErrorCode::damaged, why); }

const Bytes* find(const ItemPieces& pieces, std::string_view name) {
  const auto found = pieces.find(name);
  return found == pieces.end() ? nullptr : &found->second;
}

// The receipt in a piece, of an accepted act on this item.
template <class Body>
Result<std::pair<VerifiedReceipt, Body>> accepted_on(Session& session, const Bytes& piece,
                                                     const crypto::EvidenceId& item) {
  DEPONE_ASSIGN(const auto receipt, parse_receipt(piece));
  DEPONE_ASSIGN(auto verified, session.verify(receipt));
  const auto& entry = verified.entry;
  if (entry.type != Body::kType || entry.outcome != Outcome::accepted || !verified.act ||
      entry.subject != subject_of(item)) {
    return damaged("the archive's answer has a receipt of something else than it says");
  }
  DEPONE_ASSIGN(auto body, body_of<Body>(*verified.act));
  if (body.item != item) return damaged("the archive gave what was said of another item");
  return std::pair(std::move(verified), std::move(body));
}

using Description = std::pair<VerifiedReceipt, EvidenceDescribe>;

class Terms {
 public:
  Terms(Session& session, const ItemPieces& pieces) : session_(session), pieces_(pieces) {}

  Result<ItemTerms> read() {
    DEPONE_TRY(read_submission());
    out_.described_by = out_.submitted.act->hash;
    out_.sensitivity = out_.body.sensitivity;
    DEPONE_TRY(hold_private(out_.body.parts));
    DEPONE_TRY(hold_manifest(out_.body.parts, out_.body.manifest_commitment));
    if (find(pieces_, "described") != nullptr) DEPONE_TRY(read_descriptions());
    return std::move(out_);
  }

 private:
  Result<> read_submission() {
    const auto* const piece = find(pieces_, "submit");
    if (piece == nullptr) return damaged("the archive's answer lacks the submission of the item");
    DEPONE_ASSIGN(out_.receipt, parse_receipt(*piece));
    DEPONE_ASSIGN(out_.submitted, session_.verify(out_.receipt));
    const auto& entry = out_.submitted.entry;
    if (entry.type != EvidenceSubmit::kType || entry.outcome == Outcome::refused || !out_.submitted.act)
      return damaged("the archive's answer lacks the submission of the item");
    DEPONE_ASSIGN(out_.body, body_of<EvidenceSubmit>(*out_.submitted.act));
    DEPONE_ASSIGN(out_.facts, facts_of<SubmitFacts>(entry));
    const auto& actor = out_.submitted.act->payload.actor;
    out_.item = crypto::item_id(session_.archive().card().genesis, actor, out_.body.nonce);
    const bool belongs = entry.subject == subject_of(out_.item) && entry.case_id == out_.body.case_id;
    return belongs ? Result<>() : damaged("the archive gave another item's submission");
  }

  Result<> read_descriptions() {
    DEPONE_ASSIGN(const auto latest, description("described"));
    DEPONE_ASSIGN(const auto facts, facts_of<DescribeFacts>(latest.first.entry));
    if (!facts.holds) return damaged("a description does not say what holds of the item");
    out_.described = latest.first.entry.seq;
    out_.described_by = latest.first.act->hash;
    out_.sensitivity = facts.holds->sensitivity;
    DEPONE_ASSIGN(const auto of_private, holding(facts.holds->private_part, latest, "described_private"));
    if (of_private) DEPONE_TRY(hold_private(of_private->second.parts));
    DEPONE_ASSIGN(const auto of_manifest, holding(facts.holds->manifest, latest, "described_manifest"));
    if (of_manifest) DEPONE_TRY(hold_manifest(of_manifest->second.parts, of_manifest->second.manifest_commitment));
    return {};
  }

  Result<Description> description(std::string_view name) {
    const auto* const piece = find(pieces_, name);
    if (piece == nullptr)
      return fail(ErrorCode::damaged, fmt::format("the archive's answer lacks the piece '{}'", name));
    return accepted_on<EvidenceDescribe>(session_, *piece, out_.item);
  }

  // The description at this entry; nothing where it is the submission.
  Result<std::optional<Description>> holding(std::uint64_t seq, const Description& latest, std::string_view name) {
    if (seq == out_.submitted.entry.seq) return std::optional<Description>();
    if (seq == latest.first.entry.seq) return std::optional(latest);
    DEPONE_ASSIGN(auto earlier, description(name));
    if (earlier.first.entry.seq != seq) return damaged("the archive gave another description than the one that holds");
    return std::optional(std::move(earlier));
  }

  Result<> hold_private(const PartList& parts) {
    const auto* const commitment = parts.find("private");
    if (commitment == nullptr) return damaged("what is said of the item was never signed");
    out_.private_part = *commitment;
    return {};
  }
  Result<> hold_manifest(const PartList& parts, const std::optional<crypto::Digest>& manifest) {
    const auto* const sealed = parts.find("manifest");
    if (sealed == nullptr || !manifest) return damaged("the item's manifest was never signed");
    out_.sealed_manifest = *sealed;
    out_.manifest = *manifest;
    return {};
  }

  Session& session_;
  const ItemPieces& pieces_;
  ItemTerms out_;
};

}  // namespace

Result<ItemTerms> read_terms(Session& session, const ItemPieces& pieces) { return Terms(session, pieces).read(); }

Result<std::optional<SubmitPrivate>> private_part_of(const ItemTerms& terms, const ItemPieces& pieces) {
  const auto* const part = find(pieces, "private");
  if (part == nullptr) return std::optional<SubmitPrivate>();
  if (!is_committed(*part, &terms.private_part))
    return damaged("what the archive says of this item is not what was signed");
  DEPONE_ASSIGN(auto read, parse_form<SubmitPrivate>(*part, "the private part"));
  return std::optional(std::move(read));
}

Result<std::optional<EvidenceShare>> read_share(Session& session, const ItemTerms& terms, const ItemPieces& pieces) {
  const auto* const piece = find(pieces, "shared");
  if (piece == nullptr) return std::optional<EvidenceShare>();
  DEPONE_ASSIGN(auto share, accepted_on<EvidenceShare>(session, *piece, terms.item));
  return std::optional(std::move(share.second));
}

}  // namespace depone::client
