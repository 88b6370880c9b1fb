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

// What the store knows of the items that a submission names.
struct OriginalItem {
  crypto::CaseId case_id;
  protocol::record::Sensitivity sensitivity{};
};
// `originals` has one element for each of body.derived_from, empty where there is no such item.
Decision decide(const Roster& roster, const Member& actor, const protocol::record::EvidenceSubmit& body,
                std::span<const std::optional<OriginalItem>> originals);

// --- reading -------------------------------------------------------------------------------------------------------
bool sees_all_entries(const Member& member);                // archivists and custodians
bool sees_catalogue(const Member& member, const Case& of);  // holds a reader's grant
bool sees_item(const Member& member, const Case& of, const crypto::KeyId& submitter);
bool may_read_ciphertext(const Member& member);  // archivists: without a grant, never shares

// What the store knows of an item that is to be retrieved; nothing where there is none.
struct ItemFacts {
  crypto::CaseId case_id;
  std::uint32_t epoch = 1;
  crypto::KeyId submitter;
};
Decision decide(const Roster& roster, const Member& actor, const protocol::record::EvidenceRetrieve& body,
                const protocol::record::RetrievePrivate& statement, const std::optional<ItemFacts>& item,
                const protocol::record::Consent& consent, protocol::record::TimePoint now);

}  // namespace depone::policy
