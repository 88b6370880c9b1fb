// From bytes that came over the wire to a command for the writer: all that can be checked without the ledger's state.
// Pure functions of the bytes and the roster; they run on the I/O threads, on every core.
#pragma once

#include <variant>

#include "daemon/ledger/commands.h"
#include "policy/roster.h"

namespace depone::daemon::service {

// Why bytes do not become a command. With a valid signature of an enrolled key, `act` is there: the refusal is
// recorded.
struct NotTaken {
  protocol::record::Reason reason = protocol::record::Reason::act_malformed;
  std::string detail;  // beyond the reason's sentence, for the peer
  std::optional<protocol::record::Act> act;
};

// A submission as it stands in its frame. The object is in it, or is named by an upload.
struct ReadSubmission {
  ledger::SubmitCommand command;
  bool has_object = false;
};
std::variant<ReadSubmission, NotTaken> read_submission(ByteView frame, const policy::Roster& roster,
                                                       const crypto::KeyId& courier);
// The same of a sealed submission. Its frame, which holds the release share, is wiped however this ends.
std::variant<ReadSubmission, NotTaken> open_submission(ByteView sealed, const crypto::SealSeed& intake,
                                                       const policy::Roster& roster, const crypto::KeyId& courier);
// Whether these are the digest and length that the act names.
bool is_the_object(const protocol::record::ObjectRef& named, const crypto::Digest& sha256, std::uint64_t size);

// Any other act. The sender must be its actor.
std::variant<ledger::Command, NotTaken> read_act(ByteView frame, const policy::Roster& roster,
                                                 const crypto::KeyId& sender);

}  // namespace depone::daemon::service
