#include "policy/roster.h"

#include <algorithm>

#include <fmt/format.h>

#include "policy/rules.h"

namespace depone::policy {

using namespace protocol::record;

bool Member::has(Role role) const { return std::ranges::find(roles, role) != roles.end(); }

const HeldGrant* Case::grant_of(const crypto::KeyId& member, std::uint32_t epoch) const {
  const auto found = std::ranges::find_if(
      grants, [&](const HeldGrant& grant) { return grant.member == member && grant.epoch == epoch; });
  return found == grants.end() ? nullptr : &*found;
}
bool Case::is_reader(const crypto::KeyId& member) const {
  return std::ranges::any_of(
      grants, [&](const HeldGrant& grant) { return grant.member == member && grant.as == GrantAs::reader; });
}
bool Case::is_reviewer(const crypto::KeyId& member) const {
  return std::ranges::any_of(
      grants, [&](const HeldGrant& grant) { return grant.member == member && grant.as == GrantAs::reviewer; });
}

namespace {

Member member_of(const Card& card, std::vector<Role> roles, std::uint64_t seq) {
  const auto& body = card.body();
  return {card.id(),        body.handle, body.sign, body.seal,    body.channel,
          std::move(roles), card.hash,   seq,       std::nullopt, body.parts};
}

}  // namespace

Result<Roster> Roster::begin(const Entry& entry0, const crypto::Digest& genesis, const Card& custodian) {
  if (entry0.seq != 0 || entry0.type != kArchiveInit)
    return fail(ErrorCode::damaged, "the log does not begin with archive.init");
  Roster roster;
  roster.genesis_ = genesis;
  DEPONE_ASSIGN(roster.facts_, facts_of<InitFacts>(entry0));
  if (custodian.hash != roster.facts_.custodian) {
    return fail(ErrorCode::damaged, "the first custodian's card is not the one that entry 0 names");
  }
  roster.members_.emplace(custodian.id(), member_of(custodian, {Role::custodian}, 0));
  return roster;
}

const Member* Roster::find(const crypto::KeyId& id) const {
  const auto found = members_.find(id);
  return found == members_.end() ? nullptr : &found->second;
}
const Member* Roster::find_channel(const crypto::SignPublicKey& channel) const {
  for (const auto& [id, member] : members_) {
    if (member.channel == channel) return &member;
  }
  return nullptr;
}
const Case* Roster::find(const crypto::CaseId& id) const {
  const auto found = cases_.find(id);
  return found == cases_.end() ? nullptr : &found->second;
}
const Case* Roster::find_prefix(std::string_view prefix) const {
  for (const auto& [id, one] : cases_) {
    if (one.prefix == prefix) return &one;
  }
  return nullptr;
}
std::size_t Roster::custodians_in_standing() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      members_, [](const auto& entry) { return entry.second.in_standing() && entry.second.has(Role::custodian); }));
}

void Roster::enrol(const Card& card, const MemberEnrol& body, std::uint64_t seq) {
  members_.emplace(card.id(), member_of(card, body.roles, seq));
  head_ = seq;
}
void Roster::revoke(const MemberRevoke& body, std::uint64_t seq) {
  members_.at(body.member).revoked_seq = seq;
  head_ = seq;
}
void Roster::open(const CaseOpen& body, const crypto::KeyId& opener, std::uint64_t seq) {
  Case opened{body.case_id, body.prefix, opener, {body.key}, {}, seq, false};
  for (const auto& grant : body.grants) opened.grants.push_back({grant.member, 1, grant.as, seq});
  cases_.emplace(body.case_id, std::move(opened));
  head_ = seq;
}
void Roster::grant(const CaseGrant& body, std::uint64_t seq) {
  cases_.at(body.case_id).grants.push_back({body.member, body.epoch, body.as, seq});
  head_ = seq;
}

Result<> Roster::replay(const Entry& entry, const Act& act, const Card* card) {
  const auto broken = [&](std::string_view why) {
    return fail(ErrorCode::damaged, fmt::format("the roster chain breaks at entry {}: {}", entry.seq, why));
  };
  if (!changes_roster(entry)) return broken("it does not change the roster");
  if (entry.roster != head_ || entry.seq <= head_) return broken(fmt::format("it does not follow entry {}", head_));
  if (!entry.act || *entry.act != act.hash) return broken("it names another act");
  if (act.payload.archive != genesis_) return broken("its act is for another archive");
  if (act.payload.type != entry.type || !entry.actor || act.payload.actor != *entry.actor) {
    return broken("its act is of another type or actor");
  }
  const Member* const actor = find(act.payload.actor);
  if (actor == nullptr) return broken("its actor was never enrolled");
  if (!verify_envelope(act.envelope, actor->sign)) return broken("the signature of its act does not verify");

  const auto refused = [&](const Decision& decision) { return broken(sentence(decision.reason)); };
  if (entry.type == MemberEnrol::kType) {
    if (card == nullptr) return broken("the card it enrols is missing");
    DEPONE_ASSIGN(const auto body, body_of<MemberEnrol>(act));
    if (const auto decision = decide(*this, *actor, body, *card); !decision.accepted()) return refused(decision);
    enrol(*card, body, entry.seq);
  } else if (entry.type == MemberRevoke::kType) {
    DEPONE_ASSIGN(const auto body, body_of<MemberRevoke>(act));
    if (const auto decision = decide(*this, *actor, body); !decision.accepted()) return refused(decision);
    revoke(body, entry.seq);
  } else if (entry.type == CaseOpen::kType) {
    DEPONE_ASSIGN(const auto body, body_of<CaseOpen>(act));
    if (const auto decision = decide(*this, *actor, body); !decision.accepted()) return refused(decision);
    open(body, actor->id, entry.seq);
  } else if (entry.type == CaseGrant::kType) {
    DEPONE_ASSIGN(const auto body, body_of<CaseGrant>(act));
    if (const auto decision = decide(*this, *actor, body); !decision.accepted()) return refused(decision);
    grant(body, entry.seq);
  } else {
    return broken("its type is not known to this program, which is older than the archive");
  }
  return {};
}

}  // namespace depone::policy
