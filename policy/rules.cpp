#include "policy/rules.h"

#include <algorithm>
#include <array>

#include "policy/consent.h"
#include "protocol/record/salted.h"

namespace depone::policy {

using namespace protocol::record;

namespace {

// Which roles may do what. What is not in the table nobody may.
struct RoleRow {
  std::string_view act;
  std::array<bool, 5> may;  // custodian, investigator, analyst, lawyer, archivist
};
constexpr RoleRow kRoleTable[] = {
    //                       custodian investigator analyst lawyer archivist
    {MemberEnrol::kType, {true, false, false, false, false}},
    {MemberRevoke::kType, {true, false, false, false, false}},
    {CaseOpen::kType, {true, true, false, true, false}},
    {CaseGrant::kType, {false, true, true, true, false}},
    {EvidenceSubmit::kType, {false, true, true, true, false}},
    {EvidenceDescribe::kType, {false, true, true, true, false}},
    {EvidenceShare::kType, {false, true, false, true, false}},
    {EvidenceRetrieve::kType, {false, true, true, true, false}},
};

// Whether the member reads the case, or made the item.
bool sees_in(const Member& member, const Case& of, const ItemFacts& item) {
  return sees_catalogue(member, of) || item.submitter == member.id;
}

// Whether the member holds a key to the item in this case: a reader, or a reviewer of what they submitted themselves.
bool opens_in(const Member& member, const Case& of, const Placement& placement, const ItemFacts& item) {
  const HeldGrant* const held = of.grant_of(member.id, placement.epoch);
  return held != nullptr &&
         (held->as == GrantAs::reader || (held->as == GrantAs::reviewer && item.submitter == member.id));
}
bool opens_item(const Roster& roster, const Member& member, const ItemFacts& item) {
  return std::ranges::any_of(item.placements, [&](const Placement& placement) {
    const Case* const of = roster.find(placement.case_id);
    return of != nullptr && opens_in(member, *of, placement, item);
  });
}

// Who may be given which parts of an act that was taken: a sum of these. What is not in the table nobody may: who a
// member is, for one.
constexpr unsigned kNobody = 0, kArchivists = 1, kReaders = 2, kReviewers = 4, kItsActor = 8;
struct PartRow {
  std::string_view act;
  unsigned sealed;  // manifest, secret: ciphertext to the readers of the case
  unsigned salted;  // private
};
constexpr PartRow kPartTable[] = {
    {CaseOpen::kType, kNobody, kReaders | kReviewers},
    {EvidenceSubmit::kType, kArchivists | kReaders | kItsActor, kReaders | kItsActor},
    {EvidenceDescribe::kType, kArchivists | kReaders | kItsActor, kReaders | kItsActor},
    {EvidenceShare::kType, kArchivists | kReaders | kItsActor, kNobody},
    {EvidenceRetrieve::kType, kNobody, kReaders},
};

bool prefix_is_valid(std::string_view prefix) {
  const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return prefix.size() >= 2 && prefix.size() <= 12 && capital(prefix[0]) &&
         std::ranges::all_of(prefix, [&](char c) { return capital(c) || digit(c); });
}

bool member_may_hold(const Member& member, GrantAs as) {
  return std::ranges::any_of(member.roles, [as](Role role) { return role_may_hold(role, as); });
}

// Standing and role, which come before all else.
Decision standing(const Member& actor, std::string_view act_type) {
  if (!actor.in_standing()) return refuse(Reason::actor_revoked);
  if (!member_may(actor, act_type)) return refuse(Reason::role_lacks);
  return kAccept;
}

Decision grantee(const Roster& roster, const crypto::KeyId& id, GrantAs as) {
  const Member* const member = roster.find(id);
  if (member == nullptr) return refuse(Reason::member_unknown);
  if (!member->in_standing()) return refuse(Reason::member_revoked);
  return member_may_hold(*member, as) ? kAccept : refuse(Reason::grant_role);
}

Decision decide_grants(const Roster& roster, const std::vector<Grant>& grants) {
  const auto readers = std::ranges::count(grants, GrantAs::reader, &Grant::as);
  if (readers == 0 || grants.size() > kGrantsMax) return refuse(Reason::grant_none);
  for (std::size_t i = 0; i < grants.size(); ++i) {
    if (const auto decision = grantee(roster, grants[i].member, grants[i].as); !decision.accepted()) return decision;
    for (std::size_t j = 0; j < i; ++j) {
      if (grants[j].member == grants[i].member) return refuse(Reason::grant_exists);
    }
  }
  return kAccept;
}

}  // namespace

const Placement* ItemFacts::in(const crypto::CaseId& case_id) const {
  const auto found = std::ranges::find(placements, case_id, &Placement::case_id);
  return found == placements.end() ? nullptr : &*found;
}

bool role_may(Role role, std::string_view act_type) {
  const auto* const row = std::ranges::find(kRoleTable, act_type, &RoleRow::act);
  return row != std::end(kRoleTable) && row->may[static_cast<std::size_t>(role)];
}
bool member_may(const Member& member, std::string_view act_type) {
  return std::ranges::any_of(member.roles, [&](Role role) { return role_may(role, act_type); });
}
bool role_may_hold(Role role, GrantAs as) {
  switch (role) {
    case Role::archivist:
      return false;
    case Role::custodian:
      return as == GrantAs::recovery;
    case Role::investigator:
    case Role::analyst:
    case Role::lawyer:
      return as != GrantAs::recovery;
  }
  return false;
}

Decision decide(const Roster& roster, const Member& actor, const MemberEnrol& body, const Card& card) {
  if (const auto decision = standing(actor, MemberEnrol::kType); !decision.accepted()) return decision;
  if (card.hash != body.card) return refuse(Reason::card_invalid);
  if (card.body().seal.suite != roster.facts().intake.suite) return refuse(Reason::card_suite);
  auto roles = body.roles;
  std::ranges::sort(roles);
  if (roles.empty() || std::ranges::adjacent_find(roles) != roles.end()) return refuse(Reason::roles_empty);
  if (const Member* const known = roster.find(card.id())) {
    return refuse(known->in_standing() ? Reason::member_exists : Reason::member_revoked);
  }
  if (roster.find_channel(card.body().channel) != nullptr || card.body().sign == roster.facts().log ||
      card.body().channel == roster.facts().tls) {
    return refuse(Reason::card_invalid);
  }
  return kAccept;
}

Decision decide(const Roster& roster, const Member& actor, const MemberRevoke& body) {
  if (const auto decision = standing(actor, MemberRevoke::kType); !decision.accepted()) return decision;
  const Member* const member = roster.find(body.member);
  if (member == nullptr) return refuse(Reason::member_unknown);
  if (!member->in_standing()) return refuse(Reason::member_revoked);
  if (member->has(Role::custodian) && roster.custodians_in_standing() == 1)
    return refuse(Reason::member_last_custodian);
  return kAccept;
}

Decision decide(const Roster& roster, const Member& actor, const CaseOpen& body) {
  if (const auto decision = standing(actor, CaseOpen::kType); !decision.accepted()) return decision;
  if (!prefix_is_valid(body.prefix)) return refuse(Reason::case_prefix);
  if (body.epoch != 1) return refuse(Reason::case_epoch);
  if (body.key.suite != roster.facts().intake.suite) return refuse(Reason::case_key);
  if (roster.find(body.case_id) != nullptr) return refuse(Reason::case_exists);
  if (roster.find_prefix(body.prefix) != nullptr) return refuse(Reason::case_prefix_taken);
  return decide_grants(roster, body.grants);
}

Decision decide(const Roster& roster, const Member& actor, const CaseGrant& body) {
  if (const auto decision = standing(actor, CaseGrant::kType); !decision.accepted()) return decision;
  const Case* const of = roster.find(body.case_id);
  if (of == nullptr) return refuse(Reason::case_unknown);
  if (of->closed) return refuse(Reason::case_closed);
  if (body.epoch < 1 || body.epoch > of->current_epoch()) return refuse(Reason::case_epoch);
  const HeldGrant* const own = of->grant_of(actor.id, body.epoch);
  if (own == nullptr || own->as != GrantAs::reader) return refuse(Reason::grant_not_reader);
  if (of->grant_of(body.member, body.epoch) != nullptr) return refuse(Reason::grant_exists);
  return grantee(roster, body.member, body.as);
}

Decision decide(const Roster& roster, const Member& actor, const EvidenceSubmit& body, const Consent& consent,
                std::span<const std::optional<OriginalItem>> originals) {
  if (!member_may(actor, EvidenceSubmit::kType)) return refuse(Reason::role_lacks);
  const Case* const of = roster.find(body.case_id);
  if (of == nullptr) return refuse(Reason::case_unknown);
  if (of->closed) return refuse(Reason::case_closed);
  if (body.epoch < 1 || body.epoch > of->current_epoch()) return refuse(Reason::case_epoch);
  for (const auto& original : originals) {
    if (!original || original->item.in(body.case_id) == nullptr || !sees_in(actor, *of, original->item))
      return refuse(Reason::item_original_unknown);
    if (!original->limits) return refuse(Reason::item_damaged);
    if (body.sensitivity < original->limits->sensitivity || freer_than(consent, original->limits->consent))
      return refuse(Reason::item_derivative_freer);
  }
  // Somebody who was revoked after sealing: a custodian decides, and nothing is lost.
  if (!actor.in_standing()) return {Outcome::pending, Reason::actor_revoked};
  return kAccept;
}

Decision decide(const Roster& roster, const Member& actor, const EvidenceDescribe& body, const Consent* consent,
                const std::optional<DescribedItem>& item) {
  if (const auto decision = standing(actor, EvidenceDescribe::kType); !decision.accepted()) return decision;
  if (!item || !sees_item(roster, actor, item->item)) return refuse(Reason::not_found);
  if (!item->limits) return refuse(Reason::item_damaged);
  if (body.supersedes != item->described_by) return refuse(Reason::describe_superseded);
  const bool says_something = !body.parts.empty() || body.sensitivity || body.reason_code == DescribeReason::wrong_case;
  if (!says_something) return refuse(Reason::describe_nothing);
  if (body.manifest_commitment && !opens_item(roster, actor, item->item)) return refuse(Reason::describe_not_reader);
  const bool freer = (body.sensitivity && *body.sensitivity < item->limits->sensitivity) ||
                     (consent != nullptr && freer_than(*consent, item->limits->consent));
  return freer ? refuse(Reason::describe_freer) : kAccept;
}

Decision decide(const Roster& roster, const Member& actor, const EvidenceShare& body,
                const std::optional<ItemFacts>& item) {
  if (const auto decision = standing(actor, EvidenceShare::kType); !decision.accepted()) return decision;
  if (!item || !sees_item(roster, actor, *item)) return refuse(Reason::not_found);
  const Case* const into = roster.find(body.case_id);
  if (into == nullptr) return refuse(Reason::case_unknown);
  if (into->closed) return refuse(Reason::case_closed);
  if (body.epoch != into->current_epoch()) return refuse(Reason::case_epoch);
  if (item->in(body.case_id) != nullptr) return refuse(Reason::share_exists);
  return opens_item(roster, actor, *item) ? kAccept : refuse(Reason::share_not_reader);
}

bool sees_all_entries(const Member& member) { return member.has(Role::archivist) || member.has(Role::custodian); }

bool sees_catalogue(const Member& member, const Case& of) { return of.is_reader(member.id); }

bool sees_item(const Roster& roster, const Member& member, const ItemFacts& item) {
  return std::ranges::any_of(item.placements, [&](const Placement& placement) {
    const Case* const of = roster.find(placement.case_id);
    return of != nullptr && sees_in(member, *of, item);
  });
}

bool may_read_ciphertext(const Member& member) { return member.has(Role::archivist); }

bool sees_part(const Member& member, std::string_view act_type, std::string_view part, const Case* of,
               const crypto::KeyId& actor) {
  const auto* const row = std::ranges::find(kPartTable, act_type, &PartRow::act);
  if (row == std::end(kPartTable)) return false;
  const auto viewers = is_salted(part) ? row->salted : row->sealed;
  return ((viewers & kArchivists) != 0 && may_read_ciphertext(member)) ||
         ((viewers & kReaders) != 0 && of != nullptr && sees_catalogue(member, *of)) ||
         ((viewers & kReviewers) != 0 && of != nullptr && of->is_reviewer(member.id)) ||
         ((viewers & kItsActor) != 0 && member.id == actor);
}

bool may_touch_item(const Roster& roster, const Member& member, const ItemFacts& item) {
  return sees_item(roster, member, item) || sees_all_entries(member);
}

Decision decide(const Roster& roster, const Member& actor, const EvidenceRetrieve& body,
                const RetrievePrivate& statement, const std::optional<ItemFacts>& item,
                std::span<const Consent> consents, TimePoint now) {
  if (const auto decision = standing(actor, EvidenceRetrieve::kType); !decision.accepted()) return decision;
  const Case* const of = roster.find(body.case_id);
  const Placement* const placement = item ? item->in(body.case_id) : nullptr;
  if (of == nullptr || placement == nullptr || !sees_item(roster, actor, *item)) return refuse(Reason::not_found);
  if (!opens_in(actor, *of, *placement, *item)) return refuse(Reason::retrieve_not_reader);
  const bool analyst_alone = !actor.has(Role::investigator) && !actor.has(Role::lawyer);
  if (analyst_alone && body.use == Use::external) return refuse(Reason::retrieve_internal_only);
  if (consents.empty()) return refuse(Reason::item_damaged);
  for (const auto& consent : consents) {
    if (const auto reason = check_consent(consent, body.use, statement, now); reason != Reason::none)
      return refuse(reason);
  }
  return kAccept;
}

Decision decide_serving(const Roster& roster, const Member& reader, const std::optional<ItemFacts>& item, Serving what,
                        bool by_grant, const std::optional<Release>& release, TimePoint now) {
  if (!reader.in_standing()) return refuse(Reason::actor_revoked);
  if (!item) return refuse(Reason::not_found);
  if (!by_grant && what == Serving::object && may_read_ciphertext(reader)) return kAccept;
  if (!sees_item(roster, reader, *item)) return refuse(Reason::not_found);
  const Case* const of = release ? roster.find(release->case_id) : nullptr;
  const bool lives =
      by_grant && of != nullptr && item->in(of->id) != nullptr && sees_in(reader, *of, *item) && release->until > now;
  if (!lives) return refuse(Reason::grant_ended);
  return what == Serving::object && release->scope != Scope::content ? refuse(Reason::grant_scope) : kAccept;
}

}  // namespace depone::policy
