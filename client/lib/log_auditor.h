// The checking half of an audit: entries and acts as an archive gave them, against the tree, the rules of the log and
// the roster that was proved. No network and no files; `audit` downloads for it. Not thread-safe.
#pragma once

#include <deque>

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
  std::uint64_t objects = 0, object_bytes = 0;    // whose digest was checked
  std::uint64_t parts = 0, part_bytes = 0;        // that were compared with their commitments
  std::map<std::string, std::uint64_t> withheld;  // parts that this member may not see, by part and type of act
  std::uint64_t receipts = 0;                     // of the profile
  std::vector<AuditFinding> wrong;
  std::vector<AuditFinding> unknown;  // newer than this program
};

// What a submission deposited, as its author signed it.
struct DepositedObject {
  crypto::EvidenceId item;
  protocol::record::ObjectRef object;
};
// An act that an entry is the first to take, and what it commits to beside itself.
struct TakenAct {
  std::string type;
  crypto::KeyId actor;
  std::optional<crypto::CaseId> case_id;
  protocol::record::PartList parts;
  std::optional<DepositedObject> object;
};
// What the signer of an act had seen of the log, and the entry that took it.
struct SeenClaim {
  std::uint64_t entry = 0;
  protocol::record::Seen seen;
};

class LogAuditor {
 public:
  // `roster`: the chain that was proved, which knows at least what the entries that come will change. It and the report
  // outlive this.
  LogAuditor(const policy::Roster& roster, AuditReport& report);

  // Goes on from where the audit of this state ended. malformed: it cannot be used, and nothing was taken from it.
  Result<> resume(ByteView state);
  std::uint64_t size() const { return edge_.size(); }

  // What the next entry takes, before take() does: for whoever checks that first, and may be interrupted. Says nothing
  // of what is wrong.
  std::optional<TakenAct> look(std::string_view entry, ByteView act) const;
  // The next entry, and the bytes that came as its act (none: empty).
  void take(std::string_view entry, ByteView act);
  // Roots that signers had seen at sizes which this does not remember any more: to be proved against the head, by a
  // proof of consistency, and answered. What waits is no part of state().
  const std::vector<SeenClaim>& claims() const { return claims_; }
  void answer(const SeenClaim& claim, bool proved);  // takes it off the list
  // All was taken: it must be the tree of this checkpoint.
  void finish(const protocol::record::Seen& head);
  // For the next audit; worth keeping only where nothing was wrong. docs/FORMAT.md does not fix it: a state that a
  // program cannot read is no state, and the next audit begins at the beginning.
  std::string state() const;

 private:
  std::optional<protocol::record::Act> read_act(const protocol::record::Entry& entry, ByteView bytes);
  void check_seen(std::uint64_t seq, const protocol::record::Seen& seen);
  void remember_root();
  void wrong(std::uint64_t seq, std::string what);

  const policy::Roster& roster_;
  AuditReport& report_;
  crypto::log::TreeEdge edge_;
  policy::LogReplay replay_;
  // Of the latest sizes, this one last. All but submissions are signed on what was the head ten minutes ago.
  std::deque<crypto::Digest> roots_;
  static constexpr std::size_t kRootsMax = 64 * 1024;  // 2 MiB
  std::vector<SeenClaim> claims_;
};

}  // namespace depone::client
