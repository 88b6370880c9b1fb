// Submissions and acts as the daemon takes them off the wire: sealed, in frames, signed, with their parts.
#include "crypto/seal.h"
#include "daemon/service/intake.h"
#include "protocol/record/frame.h"
#include "tests/fuzz/byte_form.h"
#include "tests/fuzz/specimen.h"

namespace depone::fuzz {
namespace {

using namespace protocol::record;
using namespace daemon;

const policy::Roster& roster() {
  static const auto* const made = new policy::Roster(specimen().roster());
  return *made;
}
bool submitted(ByteView frame) {
  const auto read = service::read_submission(frame, roster(), specimen().investigator.card.id());
  return std::holds_alternative<service::ReadSubmission>(read);
}
bool taken(ByteView frame) {
  const auto read = service::read_act(frame, roster(), specimen().investigator.card.id());
  return std::holds_alternative<ledger::Command>(read);
}
Bytes frame_of(const std::vector<std::pair<std::string_view, Bytes>>& pieces) {
  FrameWriter out;
  for (const auto& [name, bytes] : pieces) out.add(name, bytes);
  return out.take();
}

// The submission with one piece damaged, and its length as it then is.
void damage_piece(Choices& choices) {
  const auto pieces = parse_frame(specimen().submission).value();
  const auto which = choices.below(pieces.size());
  std::vector<std::pair<std::string_view, Bytes>> out;
  for (const auto& piece : pieces) out.emplace_back(piece.name, to_bytes(piece.bytes));
  out[which].second = damaged(pieces[which].bytes, choices);
  const bool same = out[which].second == to_bytes(pieces[which].bytes);
  require(submitted(frame_of(out)) == same, "a submission is taken as it was signed, and no other way");
}

void fuzz(ByteView input) {
  const auto& s = specimen();
  const Bytes without_object(s.submission.begin(),
                             s.submission.end() - static_cast<std::ptrdiff_t>(1 + 6 + 4 + s.object.size()));
  const auto is_valid = [&](ByteView frame) {
    return to_bytes(frame) == s.submission || to_bytes(frame) == without_object;
  };
  require(submitted(without_object), "a submission whose object was uploaded is taken");
  if (submitted(input)) require(is_valid(input), "what nobody signed is not taken");
  (void)taken(input);

  Choices choices(input);
  const auto changed = damaged(s.submission, choices);
  require(submitted(changed) == is_valid(changed), "a submission is taken as it was signed, and no other way");
  damage_piece(choices);
  const auto sealed = damaged(s.sealed_submission, choices);
  const auto opened =
      crypto::open_seal_public(crypto::SealSuite::x25519, s.intake, crypto::submission_info(s.genesis), sealed);
  require(opened.has_value() == (sealed == s.sealed_submission), "a sealed submission opens as it was sealed");

  // The input as the body of an act of each type, signed as it should be, with the pieces that it may have.
  for (const auto type :
       {MemberEnrol::kType, MemberRevoke::kType, CaseOpen::kType, CaseGrant::kType, EvidenceSubmit::kType,
        EvidenceDescribe::kType, EvidenceShare::kType, EvidenceRetrieve::kType}) {
    const auto act = act_of(type, text_view(input));
    for (const auto& rest :
         {frame_of({{"act", to_bytes(act.bytes)}}),
          frame_of({{"act", to_bytes(act.bytes)}, {"private", to_bytes(s.private_part)}}),
          frame_of({{"act", to_bytes(act.bytes)}, {"secret", s.sealed_secret}}),
          frame_of(
              {{"act", to_bytes(act.bytes)}, {"manifest", s.sealed_manifest}, {"private", to_bytes(s.private_part)}}),
          frame_of({{"act", to_bytes(act.bytes)}, {"card", to_bytes(s.custodian.card.envelope)}})}) {
      if (taken(rest)) require(is_byte_form(input), "a body that is taken is in the byte form");
      require(!submitted(rest), "an act is no submission");
    }
  }
}

Seeds seeds() {
  const auto& s = specimen();
  Seeds out{{"submission", s.submission}, {"sealed", s.sealed_submission}};
  out.push_back({"frame", frame_of({{"act", to_bytes(s.submit.bytes)}})});
  out.push_back({"evidence.submit", to_bytes(s.submit.payload.body.json)});
  out.push_back({"member.enrol", to_bytes(write_form(MemberEnrol{s.custodian.card.hash, {Role::analyst}}))});
  out.push_back({"member.revoke", to_bytes(write_form(MemberRevoke{s.custodian.card.id(), RevokeReason::left}))});
  out.push_back({"case.grant", to_bytes(write_form(CaseGrant{s.body.case_id, 1, s.custodian.card.id(), {1}, {}}))});
  EvidenceDescribe describe{s.item, s.submit.hash, {}, s.body.manifest_commitment, DescribeReason::mistake, {}};
  describe.parts.add("manifest", *s.body.parts.find("manifest"));
  describe.parts.add("private", *s.body.parts.find("private"));
  out.push_back({"evidence.describe", to_bytes(write_form(describe))});
  EvidenceShare share{s.item, s.body.case_id, 1, {}};
  share.parts.add("secret", *s.body.parts.find("secret"));
  out.push_back({"evidence.share", to_bytes(write_form(share))});
  return out;
}

const Registered kTarget{{"submission", fuzz, seeds}};

}  // namespace
}  // namespace depone::fuzz
