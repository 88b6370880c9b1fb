// Rules: what a member may do (role, act, state of the case) and what a reader may be given. Pure functions of the
// roster, the act and the time: the daemon decides with them, clients check with them what the daemon decided.
//
// Policy that organisations write will stand beside these; it can then only narrow what they allow.
#pragma once

#include "policy/roster.h"
#include "protocol/record/parts.h"
#include "protocol/record/reason.h"

namespace depone::policy {

struct Decision {
  protocol::record::Outcome outcome = protocol::record::Outcome::accepted;
  protocol::record::Reason reason = protocol::record::Reason::none;
  bool accepted() const { return outcome == protocol::record::Outcome::accepted; }
};
constexpr Decision kAccept{};
constexpr Decision refuse(protocol::record::Reason reason) { return {protocol::record::Outcome::refused, reason}; }

// --- the table role x act ------------------------------------------------------------------------------------------
bool role_may(protocol::record::Role role, std::string_view act_type);
bool member_may(const Member& member, std::string_view act_type);
// Which grants a role may hold: archivists none; a custodian alone the recovery grant alone.
bool role_may_hold(protocol::record::Role role, protocol::record::GrantAs as);

// --- acts ----------------------------------------------------------------------------------------------------------
Decision decide(const Roster& roster, const Member& actor, const protocol::record::MemberEnrol& body,
                const protocol::record::Card& card);
Decision decide(const Roster& roster, const Member& actor, const protocol::record::MemberRevoke& body);
Decision decide(const Roster& roster, const Member& actor, const protocol::record::CaseOpen& body);
Decision decide(const Roster& roster, const Member& actor, const protocol::record::CaseGrant& body);

// A case in which an item stands: the one that it was submitted to, or one that it was shared into. The item's secret
// is sealed to the case's key of this epoch.
struct Placement {
  crypto::CaseId case_id;
  std::uint32_t epoch = 1;
};
// What the store knows of an item.
struct ItemFacts {
  crypto::KeyId submitter;
  std::vector<Placement> placements;  // that of its submission first
  const Placement* in(const crypto::CaseId& case_id) const;
};
// What was signed of an item and holds now: by its submitter, or by who described it since.
struct Limits {
  protocol::record::Sensitivity sensitivity{};
  protocol::record::Consent consent;
};
// An item that a submission is derived from. `limits` is empty where what is kept of it is not what was signed: then
// nothing is derived from it.
struct OriginalItem {
  ItemFacts item;
  std::optional<Limits> limits;
};
// `originals` has one element for each of body.derived_from, empty where there is no such item. An original that the
// actor may not see is answered as one that does not exist.
Decision decide(const Roster& roster, const Member& actor, const protocol::record::EvidenceSubmit& body,
                const protocol::record::Consent& consent, std::span<const std::optional<OriginalItem>> originals);

// An item that is to be described again; empty `limits` as above.
struct DescribedItem {
  ItemFacts item;
  crypto::Digest described_by;  // the act that described it last
  std::optional<Limits> limits;
};
// `consent` is that of the new private part, where there is one.
Decision decide(const Roster& roster, const Member& actor, const protocol::record::EvidenceDescribe& body,
                const protocol::record::Consent* consent, const std::optional<DescribedItem>& item);
Decision decide(const Roster& roster, const Member& actor, const protocol::record::EvidenceShare& body,
                const std::optional<ItemFacts>& item);

// --- reading -------------------------------------------------------------------------------------------------------
bool sees_all_entries(const Member& member);                                        // archivists and custodians
bool sees_catalogue(const Member& member, const Case& of);                          // holds a reader's grant
bool sees_item(const Roster& roster, const Member& member, const ItemFacts& item);  // reads a case of it, or made it
bool may_read_ciphertext(const Member& member);  // archivists: without a grant, never shares
// Whether a part of an act that was taken may be given to this member, on its own and outside of a retrieval. `of`: the
// case that the act is in, null where it is in none; `actor`: who signed it.
bool sees_part(const Member& member, std::string_view act_type, std::string_view part, const Case* of,
               const crypto::KeyId& actor);
// Whether an entry about this item may stand in the item's own chain: else a stranger could fill its custody with
// refusals, and learn from them that it exists.
bool may_touch_item(const Roster& roster, const Member& member, const ItemFacts& item);

// `consents`: that of the item and those of all that it comes from, since the strictest wins. Empty where what is kept
// of one of them is not what was signed: then nothing is released.
Decision decide(const Roster& roster, const Member& actor, const protocol::record::EvidenceRetrieve& body,
                const protocol::record::RetrievePrivate& statement, const std::optional<ItemFacts>& item,
                std::span<const protocol::record::Consent> consents, protocol::record::TimePoint now);

// What an accepted retrieve act released to its actor.
struct Release {
  crypto::CaseId case_id;
  protocol::record::Scope scope{};
  protocol::record::TimePoint until;
};
// What is to leave: a range of the sealed object, or the answer to a retrieval again.
enum class Serving { object, answer };
// `by_grant`: whether a retrieve act is named; `release` is what it released of this item to this reader, if anything.
Decision decide_serving(const Roster& roster, const Member& reader, const std::optional<ItemFacts>& item, Serving what,
                        bool by_grant, const std::optional<Release>& release, protocol::record::TimePoint now);

}  // namespace depone::policy
