#include "daemon/service/intake.h"

#include <algorithm>

#include "crypto/context.h"
#include "crypto/hash.h"
#include "crypto/item_keys.h"
#include "crypto/object.h"
#include "protocol/record/frame.h"
#include "protocol/record/salted.h"

namespace depone::daemon::service {

using namespace protocol::record;

namespace {

bool pieces_are(std::span<const Piece> pieces, std::initializer_list<std::string_view> names) {
  return std::ranges::equal(pieces, names, {}, &Piece::name);
}

// The act of a frame with its signature checked; `act` of a failure is set once that is so.
struct SignedAct {
  Act act;
  const policy::Member* actor = nullptr;
};
std::variant<SignedAct, NotTaken> read_signed(std::span<const Piece> pieces, const policy::Roster& roster) {
  if (pieces.empty() || pieces.front().name != "act") return NotTaken{Reason::request_malformed, "", {}};
  auto act = parse_act(pieces.front().bytes);
  if (!act) return NotTaken{Reason::act_malformed, act.error().detail, {}};
  const auto* const actor = roster.find(act->payload.actor);
  if (actor == nullptr) return NotTaken{Reason::act_actor_unknown, "", {}};
  if (!verify_envelope(act->envelope, actor->sign)) return NotTaken{Reason::act_signature, "", {}};
  return SignedAct{std::move(*act), actor};
}

// A part that is committed by its salted root, in its typed form.
template <class Part>
Result<Part> read_salted(ByteView bytes, const crypto::Digest& commitment, std::string_view what) {
  DEPONE_ASSIGN(const auto root, salted_root(bytes));
  if (root != commitment) return fail(ErrorCode::damaged, "");
  return parse_form<Part>(bytes, what);
}
Reason part_reason(const Error& error) {
  return error.code == ErrorCode::damaged ? Reason::part_mismatch : Reason::part_malformed;
}

}  // namespace

bool is_the_object(const ObjectRef& named, const crypto::Digest& sha256, std::uint64_t size) {
  return named.sha256 == sha256 && named.size == size && named.format == crypto::kObjectFormat &&
         crypto::object_chunks(size).has_value();
}

std::variant<ReadSubmission, NotTaken> read_submission(ByteView frame, const policy::Roster& roster,
                                                       const crypto::KeyId& courier) {
  const auto pieces = parse_frame(frame);
  if (!pieces) return NotTaken{Reason::request_malformed, pieces.error().detail, {}};
  const bool with_object = pieces->size() == 6;
  const bool shape = with_object
                         ? pieces_are(*pieces, {"act", "manifest", "secret", "private", "release_share", "object"})
                         : pieces_are(*pieces, {"act", "manifest", "secret", "private", "release_share"});
  if (!shape) return NotTaken{Reason::request_malformed, "the submission does not hold the pieces that it must", {}};
  auto read = read_signed(*pieces, roster);
  if (auto* const failed = std::get_if<NotTaken>(&read)) return std::move(*failed);
  auto& act = std::get<SignedAct>(read).act;
  const auto refuse = [&](Reason reason, std::string detail = "") {
    return NotTaken{reason, std::move(detail), std::move(act)};
  };

  auto body = body_of<EvidenceSubmit>(act);
  if (!body) return refuse(Reason::act_malformed, body.error().detail);
  if (act.payload.archive != roster.genesis()) return refuse(Reason::act_wrong_archive);
  const auto &manifest = (*pieces)[1].bytes, &secret = (*pieces)[2].bytes, &private_bytes = (*pieces)[3].bytes;
  if (!body->parts.names_are({"manifest", "secret", "private"}) ||
      crypto::sha256(manifest) != *body->parts.find("manifest") ||
      crypto::sha256(secret) != *body->parts.find("secret")) {
    return refuse(Reason::part_mismatch);
  }
  auto private_part = read_salted<SubmitPrivate>(private_bytes, *body->parts.find("private"), "the private part");
  if (!private_part) return refuse(part_reason(private_part.error()), private_part.error().detail);

  const auto& share_bytes = (*pieces)[4].bytes;
  if (share_bytes.size() != crypto::ReleaseShare::kSize) return refuse(Reason::part_mismatch);
  auto share = crypto::ReleaseShare::copy_of(share_bytes);
  const auto item = crypto::item_id(roster.genesis(), act.payload.actor, body->nonce);
  const auto context = crypto::item_context(roster.genesis(), item, body->case_id, act.payload.actor);
  if (crypto::release_commitment(context, share) != body->release_commitment) return refuse(Reason::part_mismatch);

  Bytes object;
  if (with_object) {
    object = to_bytes((*pieces)[5].bytes);
    if (!is_the_object(body->object, crypto::sha256(object), object.size())) return refuse(Reason::object_mismatch);
    if (!crypto::parse_object_header(ByteView(object).first(crypto::kObjectHeaderBytes)))
      return refuse(Reason::object_format);
  }
  std::vector<ledger::Part> parts{
      {"manifest", to_bytes(manifest)}, {"secret", to_bytes(secret)}, {"private", to_bytes(private_bytes)}};
  return ReadSubmission{{std::move(act), std::move(*body), std::move(parts), std::move(*private_part), std::move(share),
                         std::move(object), courier},
                        with_object};
}

std::variant<ReadSubmission, NotTaken> open_submission(ByteView sealed, const crypto::SealSeed& intake,
                                                       const policy::Roster& roster, const crypto::KeyId& courier) {
  auto frame =
      crypto::open_seal_public(roster.facts().intake.suite, intake, crypto::submission_info(roster.genesis()), sealed);
  if (!frame) return NotTaken{Reason::submission_unopenable, "", {}};
  const crypto::WipeAtEnd wipe(*frame);
  return read_submission(*frame, roster, courier);
}

namespace {

using Taken = std::variant<ledger::Command, NotTaken>;

Taken read_enrol(Act act, std::span<const Piece> pieces) {
  const auto refuse = [&](Reason reason, std::string detail = "") {
    return NotTaken{reason, std::move(detail), std::move(act)};
  };
  auto body = body_of<MemberEnrol>(act);
  if (!body) return refuse(Reason::act_malformed, body.error().detail);
  if (pieces.size() < 2 || pieces[1].name != "card") return refuse(Reason::card_invalid);
  auto card = parse_card(pieces[1].bytes);
  if (!card) return refuse(Reason::card_invalid, card.error().detail);
  std::vector<ledger::Part> parts;
  if (const auto* const commitment = card->body().parts.find("identity")) {
    if (pieces.size() != 3 || pieces[2].name != "identity") return refuse(Reason::part_mismatch);
    const auto identity = read_salted<IdentityPart>(pieces[2].bytes, *commitment, "the identity part");
    if (!identity) return refuse(part_reason(identity.error()), identity.error().detail);
    parts.push_back({"identity", to_bytes(pieces[2].bytes)});
  } else if (pieces.size() != 2) {
    return refuse(Reason::request_malformed);
  }
  return ledger::EnrolCommand{std::move(act), std::move(*body), std::move(*card), std::move(parts)};
}

template <class Command, class Body>
Taken read_bare(Act act, std::span<const Piece> pieces) {
  auto body = body_of<Body>(act);
  if (!body) return NotTaken{Reason::act_malformed, body.error().detail, std::move(act)};
  if (pieces.size() != 1) return NotTaken{Reason::request_malformed, "", {}};
  return Command{std::move(act), std::move(*body)};
}

// The one part `private`, where a body has that and no other.
template <class Private, class Body>
Result<Private> read_private(const Body& body, std::span<const Piece> pieces) {
  if (pieces.size() != 2 || pieces[1].name != "private" || !body.parts.names_are({"private"}))
    return fail(ErrorCode::damaged, "");
  return read_salted<Private>(pieces[1].bytes, *body.parts.find("private"), "the private part");
}

Taken read_case(Act act, std::span<const Piece> pieces) {
  auto body = body_of<CaseOpen>(act);
  if (!body) return NotTaken{Reason::act_malformed, body.error().detail, std::move(act)};
  const auto part = read_private<CasePrivate>(*body, pieces);
  if (!part) return NotTaken{part_reason(part.error()), part.error().detail, std::move(act)};
  std::vector<ledger::Part> parts{{"private", to_bytes(pieces[1].bytes)}};
  return ledger::OpenCaseCommand{std::move(act), std::move(*body), std::move(parts)};
}

Taken read_describe(Act act, std::span<const Piece> pieces) {
  auto body = body_of<EvidenceDescribe>(act);
  if (!body) return NotTaken{Reason::act_malformed, body.error().detail, std::move(act)};
  if (!parts_fit(*body) || pieces.size() != 1 + body->parts.entries.size())
    return NotTaken{Reason::part_mismatch, "", std::move(act)};
  std::vector<ledger::Part> parts;
  std::optional<SubmitPrivate> private_part;
  for (std::size_t i = 0; i < body->parts.entries.size(); ++i) {
    const auto& [name, commitment] = body->parts.entries[i];
    const auto& piece = pieces[i + 1];
    if (piece.name != name) return NotTaken{Reason::part_mismatch, "", std::move(act)};
    if (name == "private") {
      auto part = read_salted<SubmitPrivate>(piece.bytes, commitment, "the private part");
      if (!part) return NotTaken{part_reason(part.error()), part.error().detail, std::move(act)};
      private_part = std::move(*part);
    } else if (crypto::sha256(piece.bytes) != commitment) {
      return NotTaken{Reason::part_mismatch, "", std::move(act)};
    }
    parts.push_back({name, to_bytes(piece.bytes)});
  }
  return ledger::DescribeCommand{std::move(act), std::move(*body), std::move(parts), std::move(private_part)};
}

Taken read_share(Act act, std::span<const Piece> pieces) {
  auto body = body_of<EvidenceShare>(act);
  if (!body) return NotTaken{Reason::act_malformed, body.error().detail, std::move(act)};
  if (!body->parts.names_are({"secret"}) || pieces.size() != 2 || pieces[1].name != "secret" ||
      crypto::sha256(pieces[1].bytes) != *body->parts.find("secret")) {
    return NotTaken{Reason::part_mismatch, "", std::move(act)};
  }
  std::vector<ledger::Part> parts{{"secret", to_bytes(pieces[1].bytes)}};
  return ledger::ShareCommand{std::move(act), std::move(*body), std::move(parts)};
}

Taken read_retrieve(Act act, std::span<const Piece> pieces) {
  auto body = body_of<EvidenceRetrieve>(act);
  if (!body) return NotTaken{Reason::act_malformed, body.error().detail, std::move(act)};
  auto distinct = body->items;
  std::ranges::sort(distinct);
  if (distinct.empty() || distinct.size() > kRetrieveItemsMax ||
      std::ranges::adjacent_find(distinct) != distinct.end()) {
    return NotTaken{Reason::act_malformed, "a retrieval names 1 to 256 items, each once", std::move(act)};
  }
  auto part = read_private<RetrievePrivate>(*body, pieces);
  if (!part) return NotTaken{part_reason(part.error()), part.error().detail, std::move(act)};
  std::vector<ledger::Part> parts{{"private", to_bytes(pieces[1].bytes)}};
  return ledger::RetrieveCommand{std::move(act), std::move(*body), std::move(parts), std::move(*part), 0};
}

}  // namespace

Taken read_act(ByteView frame, const policy::Roster& roster, const crypto::KeyId& sender) {
  const auto pieces = parse_frame(frame);
  if (!pieces) return NotTaken{Reason::request_malformed, pieces.error().detail, {}};
  auto read = read_signed(*pieces, roster);
  if (auto* const failed = std::get_if<NotTaken>(&read)) return std::move(*failed);
  auto act = std::move(std::get<SignedAct>(read).act);
  if (act.payload.actor != sender) return NotTaken{Reason::act_not_own, "", {}};
  if (act.payload.archive != roster.genesis()) return NotTaken{Reason::act_wrong_archive, "", std::move(act)};
  const std::string type = act.payload.type;
  if (type == MemberEnrol::kType) return read_enrol(std::move(act), *pieces);
  if (type == MemberRevoke::kType) return read_bare<ledger::RevokeCommand, MemberRevoke>(std::move(act), *pieces);
  if (type == CaseOpen::kType) return read_case(std::move(act), *pieces);
  if (type == CaseGrant::kType) return read_bare<ledger::GrantCommand, CaseGrant>(std::move(act), *pieces);
  if (type == EvidenceDescribe::kType) return read_describe(std::move(act), *pieces);
  if (type == EvidenceShare::kType) return read_share(std::move(act), *pieces);
  if (type == EvidenceRetrieve::kType) return read_retrieve(std::move(act), *pieces);
  return NotTaken{Reason::act_type_unknown, "", std::move(act)};
}

}  // namespace depone::daemon::service
