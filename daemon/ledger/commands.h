// What the writer is asked to record. Whoever asks has checked all that does not depend on the ledger's state: byte
// form, signature, parts against their commitments, the object against the act. The writer checks the rest on the state
// that it commits to.
#pragma once

#include <variant>

#include "policy/rules.h"
#include "protocol/record/entry.h"

namespace depone::daemon::ledger {

struct Part {
  std::string name;
  Bytes bytes;
};

struct SubmitCommand {
  protocol::record::Act act;
  protocol::record::EvidenceSubmit body;
  std::vector<Part> parts;
  protocol::record::SubmitPrivate private_part;
  crypto::ReleaseShare release_share;
  Bytes small_object;     // empty where the object is a file already
  crypto::KeyId courier;  // the member who sent it
};

struct DescribeCommand {
  protocol::record::Act act;
  protocol::record::EvidenceDescribe body;
  std::vector<Part> parts;
  std::optional<protocol::record::SubmitPrivate> private_part;
};
struct ShareCommand {
  protocol::record::Act act;
  protocol::record::EvidenceShare body;
  std::vector<Part> parts;
};

struct EnrolCommand {
  protocol::record::Act act;
  protocol::record::MemberEnrol body;
  protocol::record::Card card;
  std::vector<Part> parts;  // identity, of the card
};
struct RevokeCommand {
  protocol::record::Act act;
  protocol::record::MemberRevoke body;
};
struct OpenCaseCommand {
  protocol::record::Act act;
  protocol::record::CaseOpen body;
  std::vector<Part> parts;
};
struct GrantCommand {
  protocol::record::Act act;
  protocol::record::CaseGrant body;
};
struct RetrieveCommand {
  protocol::record::Act act;
  protocol::record::EvidenceRetrieve body;
  std::vector<Part> parts;
  protocol::record::RetrievePrivate statement;
  // How much of released objects may ride in the answer, in all; which do, the entries say (`content`).
  std::uint64_t inline_bytes_max = 0;
};
// An act with a valid signature of an enrolled key that fails before it reaches the rules: only the refusal is
// recorded.
struct RefuseCommand {
  protocol::record::Act act;
  protocol::record::Reason reason = protocol::record::Reason::act_malformed;
};

struct SearchCommand {
  crypto::KeyId reader;
  protocol::record::SearchFacts facts;
  std::optional<crypto::CaseId> case_id;
};
// Ciphertext, or the answer of a retrieval again, is about to leave: whether it may, the writer decides.
struct ServeCommand {
  crypto::KeyId reader;
  crypto::EvidenceId item;
  std::optional<crypto::Digest> retrieve_act;  // none for an archivist
  protocol::record::ServeFacts facts;
  // What was found already, so that nothing was made ready to leave: recorded as a refusal whatever the writer finds.
  protocol::record::Reason refused = protocol::record::Reason::none;
};
// It left, or was cut. To whom and of what, the entry that it closes says.
struct ServedCommand {
  protocol::record::ServedFacts facts;
};

using Command = std::variant<SubmitCommand, DescribeCommand, ShareCommand, EnrolCommand, RevokeCommand, OpenCaseCommand,
                             GrantCommand, RetrieveCommand, RefuseCommand, SearchCommand, ServeCommand, ServedCommand>;

// What came of it.
struct RecordedEntry {
  std::uint64_t seq = 0;
  std::string bytes;
  protocol::record::Outcome outcome = protocol::record::Outcome::accepted;
  protocol::record::Reason reason = protocol::record::Reason::none;
  std::string proof;  // C2SP tlog-proof, with the entry in its extra line
};
struct Recorded {
  std::vector<RecordedEntry> entries;  // one a subject
  bool repeated = false;               // the same bytes were answered before: nothing new was recorded
  protocol::record::Reason reason = protocol::record::Reason::none;  // of a refusal that is not recorded (id reused, …)
  std::uint64_t log_size = 0;
};

}  // namespace depone::daemon::ledger
