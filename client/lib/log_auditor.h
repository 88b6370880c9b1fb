// The checking half of an audit: entries and acts as an archive gave them, against the tree, the rules of the log and
// the roster that was proved. No network and no files; `audit` downloads for it. Not thread-safe.
#pragma once

#include <chrono>
#include <deque>
#include <limits>

#include "crypto/log/tile.h"
#include "policy/log_replay.h"

namespace depone::client {

struct AuditFinding {
  std::string subject, what;
  std::uint64_t entry = std::numeric_limits<std::uint64_t>::max();  // that it is about; in this order they are told
};
struct AuditReport {
  std::uint64_t from = 0;  // where the last audit ended
  std::uint64_t to = 0;
  std::uint64_t acts = 0;
  std::uint64_t objects = 0, object_bytes = 0;    // whose digest was checked
  std::uint64_t parts = 0, part_bytes = 0;        // that were compared with their commitments
  std::map<std::string, std::uint64_t> withheld;  // parts that this member may not see, by part and type of act
  std::uint64_t receipts = 0;                     // of the profile
  // How long it took: chain, tree and the rules over entries of one subject, act or serving; and acts with signatures.
  std::chrono::milliseconds log_time{}, act_time{};
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

// What an entry and its act say by themselves and beside the roster.
struct CheckedAct {
  policy::CheckedEntry entry;
  bool is_named = false;
  std::optional<protocol::record::Seen> seen;  // where the entry took it
};

// Each entry goes through policy::read_entry(), take_entry(), check_act(), take_act(). The first and the third are most
// of the work, and may be done on any thread; the others in the order of the log.
class LogAuditor {
 public:
  // `roster`: the chain that was proved, which knows at least what the entries that come will change. It and the report
  // outlive this.
  LogAuditor(const policy::Roster& roster, AuditReport& report, policy::KeyedRecords records);

  // Goes on from where the audit of this state ended, with the records in this file. malformed: it cannot be used, and
  // nothing was taken from it.
  Result<> resume(ByteView state, const std::filesystem::path& records);
  std::uint64_t size() const { return edge_.size(); }

  void take_entry(const policy::ReadEntry& read);
  // `act`: the bytes that came as the entry's act (none: empty).
  CheckedAct check_act(std::uint64_t seq, const policy::ReadEntry& read, ByteView act) const;
  void take_act(std::uint64_t seq, CheckedAct checked);
  // All four.
  void take(std::string_view entry, ByteView act);

  // What the next entry takes, before it is taken: for whoever checks that first, and may be interrupted. Says nothing
  // of what is wrong.
  std::optional<TakenAct> look(std::string_view entry, ByteView act) const;
  // Roots that signers had seen at sizes which this does not remember any more: to be proved against the head, by a
  // proof of consistency, and answered. What waits is no part of state().
  const std::vector<SeenClaim>& claims() const { return claims_; }
  void answer(const SeenClaim& claim, bool proved);  // takes it off the list
  // All was taken: it must be the tree of this checkpoint, and every subject's, act's and serving's entries must be
  // right among themselves. Puts the findings in the order of the log. io; damaged: the records of an earlier audit
  // cannot be used.
  Result<> finish(const protocol::record::Seen& head);
  // For the next audit, beside the records; worth keeping only where nothing was wrong. Every entry that was taken has
  // its act taken too. docs/FORMAT.md does not fix it: a state that a program cannot read is no state, and the next
  // audit begins at the beginning. io. Throws AmbiguousWrite.
  Result<std::string> state();

 private:
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
