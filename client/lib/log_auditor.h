// The checking half of an audit: entries and acts as an archive gave them, against the tree, the rules of the log and
// the roster that was proved. No network and no files; `audit` downloads for it. Not thread-safe.
#pragma once

#include "crypto/log/tile.h"
#include "policy/log_replay.h"

namespace depone::client {

struct AuditFinding {
  std::string subject, what;
};
struct AuditReport {
  std::uint64_t from = 0;  // where the last audit ended
  std::uint64_t to = 0;
  std::uint64_t acts = 0;
  std::uint64_t objects = 0, object_bytes = 0;  // whose digest was checked
  std::uint64_t receipts = 0;                   // of the profile
  std::vector<AuditFinding> wrong;
  std::vector<AuditFinding> unknown;  // newer than this program
};

// What a submission deposited, as its author signed it.
struct DepositedObject {
  crypto::EvidenceId item;
  protocol::record::ObjectRef object;
};

class LogAuditor {
 public:
  // `roster`: the chain that was proved, which knows at least what the entries that come will change. It and the report
  // outlive this.
  LogAuditor(const policy::Roster& roster, AuditReport& report);

  // Goes on from where the audit of this state ended. malformed: it cannot be used, and nothing was taken from it.
  Result<> resume(ByteView state);
  std::uint64_t size() const { return edge_.size(); }

  // The next entry, and the bytes that came as its act (none: empty). What it deposited, where it is a submission that
  // was not refused.
  std::optional<DepositedObject> take(std::string_view entry, ByteView act);
  // All was taken: it must be the tree of this checkpoint.
  void finish(const protocol::record::Seen& head);
  // For the next audit; worth keeping only where nothing was wrong. docs/FORMAT.md does not fix it: a state that a
  // program cannot read is no state, and the next audit begins at the beginning.
  std::string state() const;

 private:
  std::optional<protocol::record::Act> read_act(const protocol::record::Entry& entry, ByteView bytes);
  void wrong(std::uint64_t seq, std::string what);

  const policy::Roster& roster_;
  AuditReport& report_;
  crypto::log::TreeEdge edge_;
  policy::LogReplay replay_;
};

}  // namespace depone::client
