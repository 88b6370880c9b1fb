// Acts: the envelope, the payload inside it, the body of each type. Those of the form alone reach the innermost parser,
// so an input is also taken as payload and as body of an act that is signed as it should be.
#include "protocol/record/bodies.h"
#include "tests/fuzz/byte_form.h"
#include "tests/fuzz/specimen.h"

namespace depone::fuzz {
namespace {

using namespace protocol::record;

// What is taken is what was signed, in the byte form, down to the typed payload.
void check(ByteView bytes) {
  const auto act = parse_act(bytes);
  if (!act) return;
  require(is_byte_form(bytes) && is_byte_form(act->envelope.payload), "an act that is taken is in the byte form");
  require(view(write_form(act->payload)).size() == act->envelope.payload.size(), "a payload has one spelling");
  require(act->hash == envelope_hash(bytes) && act->bytes == text_view(bytes), "an act has one hash");
  if (verify_envelope(act->envelope, specimen().investigator.key.public_key())) {
    require(sign_act(specimen().investigator.key, act->payload).bytes == act->bytes, "a signed act has one spelling");
  }
}

template <class Body>
void check_body(const Act& act) {
  auto same_type = act;
  same_type.payload.type = Body::kType;
  if (const auto body = body_of<Body>(same_type)) {
    require(write_form(*body) == act.payload.body.json, "a body has one spelling");
    require(is_byte_form(view(act.payload.body.json)), "a body that is taken is in the byte form");
  }
}

void fuzz(ByteView input) {
  const auto& key = specimen().investigator.key;
  check(input);
  check(view(sign_envelope(key, kActType, text_view(input))));
  auto payload = specimen().submit.payload;
  payload.body.json = text_view(input);
  const auto bytes = sign_envelope(key, kActType, write_form(payload));
  check(view(bytes));
  if (const auto act = parse_act(view(bytes))) {
    check_body<MemberEnrol>(*act);
    check_body<MemberRevoke>(*act);
    check_body<CaseOpen>(*act);
    check_body<CaseGrant>(*act);
    check_body<EvidenceSubmit>(*act);
    check_body<EvidenceDescribe>(*act);
    check_body<EvidenceShare>(*act);
    check_body<EvidenceRetrieve>(*act);
  }

  Choices choices(input);
  const auto& valid = specimen().submit.bytes;
  const auto changed = damaged(view(valid), choices);
  const auto act = parse_act(changed);
  const bool holds = act && verify_envelope(act->envelope, key.public_key());
  require(holds == (text_view(changed) == valid), "an act is taken as it was signed, and no other way");
}

Seeds seeds() {
  Seeds out = nasty_json();
  const auto& s = specimen();
  out.push_back({"act", to_bytes(s.submit.bytes)});
  out.push_back({"payload", s.submit.envelope.payload});
  out.push_back({"evidence.submit", to_bytes(s.submit.payload.body.json)});
  const auto add = [&](const auto& body) { out.push_back({std::string(body.kType), to_bytes(write_form(body))}); };
  add(MemberEnrol{s.investigator.card.hash, {Role::investigator, Role::lawyer}});
  add(MemberRevoke{s.investigator.card.id(), RevokeReason::left});
  CaseOpen open;
  open.case_id = s.body.case_id;
  open.prefix = "NKPC";
  open.key = s.investigator.card.body().seal;
  open.grants = {{s.investigator.card.id(), sequence(1, 80), GrantAs::reader}};
  open.parts.add("private", s.genesis);
  add(open);
  add(CaseGrant{s.body.case_id, 1, s.investigator.card.id(), sequence(1, 80), GrantAs::recovery});
  EvidenceDescribe describe{s.item, s.submit.hash, Sensitivity::secret, s.genesis, DescribeReason::mistake, {}};
  describe.parts.add("manifest", s.genesis);
  describe.parts.add("private", s.genesis);
  add(describe);
  const EvidenceDescribe statement{s.item, s.submit.hash, {}, {}, DescribeReason::wrong_case, {}};
  out.push_back({"evidence.describe-statement", to_bytes(write_form(statement))});
  EvidenceShare share{s.item, s.body.case_id, 1, {}};
  share.parts.add("secret", s.genesis);
  add(share);
  EvidenceRetrieve retrieve;
  retrieve.case_id = s.body.case_id;
  retrieve.items = {s.item};
  retrieve.parts.add("private", s.genesis);
  add(retrieve);
  return out;
}

const Registered kTarget{{"act", fuzz, seeds}};

}  // namespace
}  // namespace depone::fuzz
