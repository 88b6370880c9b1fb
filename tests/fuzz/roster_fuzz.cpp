// A link of the roster chain: entry, act and card as a client gets them from an archive that it does not trust.
#include "protocol/record/bodies.h"
#include "tests/fuzz/byte_form.h"
#include "tests/fuzz/specimen.h"

namespace depone::fuzz {
namespace {

using namespace protocol::record;
using policy::Roster;

Roster first_roster() {
  const auto& s = specimen();
  return Roster::begin(parse_entry(view(s.entry0)).value(), s.genesis, s.custodian.card).value();
}
Act signed_by(const Person& person, std::string_view type, std::string_view body) {
  auto payload = specimen().submit.payload;
  payload.type = type;
  payload.actor = person.card.id();
  payload.body.json = body;
  return sign_act(person.key, payload);
}
// An entry that says that this act was accepted behind the roster's head.
Entry entry_of(const Act& act, const Roster& roster) {
  Entry entry;
  entry.seq = roster.head() + 1;
  entry.type = act.payload.type;
  entry.actor = act.payload.actor;
  entry.roster = roster.head();
  entry.act = act.hash;
  return entry;
}

// What an archive might make up: an act that names the custodian, signed by a key that the archive has.
std::string forged(std::string_view type, std::string_view body) {
  auto act = signed_by(specimen().custodian, type, body);
  const auto& key = specimen().investigator.key;
  act.envelope.signatures.front().sig = crypto::dsse_sign(key, kActType, act.envelope.payload);
  return write_form(act.envelope);
}

// One link from bytes; whether it is believed.
bool believed(Roster& roster, const Entry& entry, ByteView act_bytes, ByteView card_bytes) {
  const auto act = parse_act(act_bytes);
  const auto card = parse_card(card_bytes);
  if (!act || !roster.replay(entry, *act, card ? &*card : nullptr)) return false;
  require(is_byte_form(view(act->payload.body.json)), "a body that is believed is in the byte form");
  require(roster.head() == entry.seq, "the chain goes on behind it");
  require(roster.custodians_in_standing() > 0, "somebody can always enrol");
  for (const auto& entry_of_case : roster.cases()) {
    const auto& of = entry_of_case.second;
    require(std::ranges::any_of(of.grants, [&](const auto& grant) { return of.is_reader(grant.member); }),
            "somebody can always read");
  }
  return true;
}

void fuzz(ByteView input) {
  const auto& s = specimen();
  const auto card = view(s.investigator.card.envelope);
  static const auto enrol = signed_by(s.custodian, MemberEnrol::kType,
                                      write_form(MemberEnrol{s.investigator.card.hash, {Role::investigator}}));
  Choices choices(input);
  {
    auto roster = first_roster();
    const auto changed = damaged(view(enrol.bytes), choices);
    const auto changed_card = damaged(card, choices);
    const bool same = text_view(changed) == enrol.bytes && changed_card == to_bytes(card);
    require(believed(roster, entry_of(enrol, roster), changed, changed_card) == same,
            "a link is believed as it was made, and no other way");
  }
  auto roster = first_roster();
  auto entry = entry_of(enrol, roster);
  entry.roster = choices.number();
  require(entry.roster == 0u || !believed(roster, entry, view(enrol.bytes), card), "a link hangs on its head");
  roster = s.roster();
  static const auto made_up = forged(MemberRevoke::kType, write_form(MemberRevoke{s.investigator.card.id(), {}}));
  const auto changed = damaged(view(made_up), choices);
  if (const auto act = parse_act(changed))
    require(!believed(roster, entry_of(*act, roster), changed, card), "a link that nobody signed is not believed");

  // The input as the body of acts that a custodian and an investigator signed, one behind the other.
  for (const auto type : {MemberEnrol::kType, MemberRevoke::kType, CaseOpen::kType, CaseGrant::kType}) {
    for (const auto* const person : {&s.custodian, &s.investigator}) {
      const auto act = signed_by(*person, type, text_view(input));
      (void)believed(roster, entry_of(act, roster), view(act.bytes), input);
      (void)believed(roster, entry_of(act, roster), view(act.bytes), card);
    }
  }
}

Seeds seeds() {
  Seeds out;
  const auto& s = specimen();
  const auto add = [&](const auto& body) { out.push_back({std::string(body.kType), to_bytes(write_form(body))}); };
  add(MemberEnrol{s.investigator.card.hash, {Role::lawyer}});
  add(MemberRevoke{s.investigator.card.id(), RevokeReason::left});
  CaseOpen open;
  open.case_id = s.body.case_id;
  open.prefix = "NKPC";
  open.key = s.custodian.card.body().seal;
  open.grants = {{s.investigator.card.id(), sequence(1, 82), GrantAs::reader}};
  open.parts.add("private", s.genesis);
  add(open);
  add(CaseGrant{s.body.case_id, 1, s.custodian.card.id(), sequence(1, 82), GrantAs::recovery});
  out.push_back({"last_custodian", to_bytes(write_form(MemberRevoke{s.custodian.card.id(), RevokeReason::left}))});
  out.push_back({"card", to_bytes(s.custodian.card.envelope)});
  return out;
}

const Registered kTarget{{"roster", fuzz, seeds}};

}  // namespace
}  // namespace depone::fuzz
