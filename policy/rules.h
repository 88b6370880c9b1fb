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

// What was deposited of the items that a submission names.
struct OriginalItem {
  crypto::CaseId case_id;
  crypto::KeyId submitter;
  // What its submitter signed; nothing where that cannot be believed any more: then nothing is derived from it.
  struct Limits {
    protocol::record::Sensitivity sensitivity{};
    protocol::record::Consent consent;
  };
  std::optional<Limits> limits;
};
// `originals` has one element for each of body.derived_from, empty where there is no such item. An original that the
// actor may not see is answered as one that does not exist.
Decision decide(const Roster& roster, const Member& actor, const protocol::record::EvidenceSubmit& body,
                const protocol::record::Consent& consent, std::span<const std::optional<OriginalItem>> originals);

// --- reading -------------------------------------------------------------------------------------------------------
bool sees_all_entries(const Member& member);                // archivists and custodians
bool sees_catalogue(const Member& member, const Case& of);  // holds a reader's grant
bool sees_item(const Member& member, const Case& of, const crypto::KeyId& submitter);
bool may_read_ciphertext(const Member& member);  // archivists: without a grant, never shares
// Whether a part of an act that was taken may be given to this member, on its own and outside of a retrieval. `of`: the
// case that the act is in, null where it is in none; `actor`: who signed it.
bool sees_part(const Member& member, std::string_view act_type, std::string_view part, const Case* of,
               const crypto::KeyId& actor);
// Whether an entry about this item may stand in the item's own chain: else a stranger could fill its custody with
// refusals, and learn from them that it exists.
bool may_touch_item(const Member& member, const Case& of, const crypto::KeyId& submitter);

// What the store knows of an item that is to be retrieved; nothing where there is none.
struct ItemFacts {
  crypto::CaseId case_id;
  std::uint32_t epoch = 1;
  crypto::KeyId submitter;
};
// `consent` is null where what is kept of it is not what was signed: then nothing is released.
Decision decide(const Roster& roster, const Member& actor, const protocol::record::EvidenceRetrieve& body,
                const protocol::record::RetrievePrivate& statement, const std::optional<ItemFacts>& item,
                const protocol::record::Consent* consent, protocol::record::TimePoint now);

// What an accepted retrieve act released to its actor.
struct Release {
  protocol::record::Scope scope{};
  protocol::record::TimePoint until;
};
// What is to leave: a range of the sealed object, or the answer to a retrieval again.
enum class Serving { object, answer };
// `by_grant`: whether a retrieve act is named; `release` is what it released of this item to this reader, if anything.
Decision decide_serving(const Member& reader, const Case* of, const std::optional<ItemFacts>& item, Serving what,
                        bool by_grant, const std::optional<Release>& release, protocol::record::TimePoint now);

}  // namespace depone::policy
