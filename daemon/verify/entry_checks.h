// One entry beside what the database holds of it: its rows, its act, and what that commits to. Reads on a connection of
// its own, so that several can work at a time.
#pragma once

#include "daemon/verify/evidence_checks.h"
#include "policy/entry_rules.h"

namespace depone::daemon::verify {

// The act that an entry names, if it is there and is that.
struct NamedAct {
  protocol::record::Act act;
  store::Row row = 0;
};
std::optional<NamedAct> named_act(store::Connection& db, const protocol::record::Entry& entry, Report& report);

struct CheckedBundle {
  Report report;
  std::vector<policy::CheckedEntry> entries;
  store::Behind behind;  // what these entries took
};

class EntryChecks {
 public:
  EntryChecks(store::Connection db, const store::ObjectFolder& objects) : db_(std::move(db)), objects_(objects) {}

  // Entries from `first` on. `roster` and `records` do not change meanwhile.
  CheckedBundle check(std::uint64_t first, std::span<const policy::ReadEntry> entries, const policy::Roster& roster,
                      const policy::KeyedRecords& records);

 private:
  using Entry = protocol::record::Entry;
  policy::CheckedEntry check(std::uint64_t seq, const Entry& entry, const policy::Roster& roster,
                             const policy::KeyedRecords& records, CheckedBundle& out);
  void check_taken(const Entry& entry, const NamedAct& named, const policy::Roster& roster, CheckedBundle& out);
  bool was_root(const protocol::record::Seen& seen);

  store::Connection db_;
  const store::ObjectFolder& objects_;
  std::optional<store::StoredCheckpoint> seen_;  // the one that was asked for last
};

}  // namespace depone::daemon::verify
