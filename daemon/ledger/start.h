// Start and recovery are one path: open the database, make durable what it holds (Ledger::open), compare it with the
// checkpoint file, rebuild from the chain what decides authority, and compare the derived tables with it. Nothing is
// believed that the log does not prove.
#pragma once

#include "crypto/log/checkpoint.h"
#include "crypto/log/tile.h"
#include "daemon/store/database.h"
#include "policy/roster.h"

namespace depone::daemon::ledger {

// The archive's keys, out of its database.
struct ArchiveKeys {
  crypto::SigningSeed log;
  crypto::SigningSeed tls;
  crypto::SealSeed intake;
};
ArchiveKeys load_keys(store::Connection& db);

struct Opened {
  crypto::log::TreeEdge edge;
  crypto::log::Checkpoint checkpoint;
  std::string checkpoint_note;
  crypto::log::VerifierKey log_key;
  policy::Roster roster;
  crypto::Digest last_leaf;
  protocol::record::TimePoint last_at;
};

// damaged, rolled_back: each with a sentence on what is wrong with what.
Result<Opened> open_ledger(store::Connection& db, const std::filesystem::path& checkpoints);

// Entry 0, and the log's name and key, which everything else is checked against.
struct FirstEntry {
  protocol::record::Entry entry;
  crypto::Digest genesis;
  protocol::record::InitFacts facts;
  crypto::log::VerifierKey log_key;
};
Result<FirstEntry> first_entry(store::Connection& db);
// The roster as the chain of roster entries says, each proved to be in the tree of this checkpoint.
Result<policy::Roster> rebuild_roster(store::Connection& db, const FirstEntry& first,
                                      const crypto::log::Checkpoint& checkpoint);

}  // namespace depone::daemon::ledger
