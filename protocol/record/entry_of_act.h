// What an act makes its entry say: its subject and case, its outcome, its facts (docs/FORMAT.md "Entries"). One rule
// for the writer, which writes entries by it, and for all who check afterwards what it wrote. Pure.
#pragma once

#include "protocol/record/act.h"
#include "protocol/record/bodies.h"
#include "protocol/record/entry.h"

namespace depone::protocol::record {

// What an entry is about.
struct About {
  std::optional<crypto::CaseId> case_id;
  std::string subject;
  bool operator==(const About&) const = default;
};
About about_member(const crypto::KeyId& member);  // member.enrol, member.revoke
About about_case(const crypto::CaseId& case_id);  // case.open, case.grant
About about_item(const crypto::CaseId& case_id, const crypto::EvidenceId& item);

// Whether people sign acts of this type: entries of other types are the archive's own (archive.init, and reads).
bool act_type_is_known(std::string_view type);
// evidence.serve and evidence.served, which name the retrieval that they come of.
bool is_serving(const Entry& entry);
// Which of a retrieval's items an entry on it is about; 0 for acts on one subject. Nothing where it is about none.
std::optional<std::size_t> place_in_act(const Entry& entry, const Act& act);
std::optional<std::size_t> place_in_act(const Entry& entry, const EvidenceRetrieve& body);

// What holds of an item after a description at `seq`, given what held before.
Described held_after(const EvidenceDescribe& body, Described before, std::uint64_t seq);

// Everything in which an entry contradicts the act that it names, as sentences that begin with a verb ("is about
// another item than its act"). `act` is null where the entry names none. The caller has checked the act's hash and
// signature. Of types that are not known here no more is said than type and actor. Whose card an enrolment names is not
// in the act: the caller, who knows the roster, compares that.
std::vector<std::string> contradictions(const Entry& entry, const Act* act, const crypto::Digest& genesis);

}  // namespace depone::protocol::record
