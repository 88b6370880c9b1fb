// The ledger: one writer thread that owns all writes, commits in groups, and signs one checkpoint a group. Policy is
// decided in it, on the state that it commits to.
//
// Order of writes, each durable before the next (DESIGN section 6):
//   1. the object, where it is a file                    a crash after it leaves a file that nothing names
//   2. one transaction: acts, parts, entries, tiles,     a crash after it leaves a database that is ahead of the
//      derived rows, release shares, signed checkpoint   checkpoint file; the next start appends what is missing
//   3. the checkpoint, appended to a file outside        a crash after it leaves an act without an answer; sending it
//   4. the answer                                        again gives the same receipt
// A failure before the commit of 2 leaves nothing, and the group is tried again one by one. The commit itself, and all
// that follows it, stops the process when it fails: only a restart finds out what is durable. No room on the disk is a
// failure before the commit, whenever it shows: room for 3 is taken before 2.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>

#include "crypto/log/note.h"
#include "daemon/ledger/commands.h"
#include "daemon/store/database.h"
#include "policy/roster.h"
#include "system/clock.h"

namespace depone::daemon::ledger {

struct LedgerPaths {
  std::filesystem::path database;
  std::filesystem::path checkpoints;
};

struct LedgerOptions {
  std::size_t group_max = 256;                // commands a transaction
  std::size_t waiting_max = 4096;             // commands in the queue; beyond it, `busy`
  std::size_t waiting_bytes_max = 128 << 20;  // that they hold; one command is always taken
  std::chrono::minutes seen_fresh{10};
  std::chrono::hours grant_life{24};
};

// What readers see of the ledger: never changed once published.
struct Snapshot {
  std::shared_ptr<const policy::Roster> roster;
  std::uint64_t size = 0;
  std::string checkpoint;  // the note
};

class Ledger {
 public:
  using Done = std::function<void(Result<Recorded>)>;  // called on the writer's thread
  using RosterChanged = std::function<void(const policy::Roster& before, const policy::Roster& after)>;
  using Fatal = std::function<void(std::string_view why)>;  // an ambiguous write: must not return
  // The disk has no room: gives a reserve up, and says whether there was one. On the writer's thread.
  using MakeRoom = std::function<bool()>;

  // Opens and checks (ledger/start.h), then starts the writer. rolled_back, damaged, wrong_key, ….
  static Result<std::unique_ptr<Ledger>> open(LedgerPaths paths, const crypto::DatabaseKey& key, LedgerOptions options,
                                              const system::Clock& clock, RosterChanged roster_changed, Fatal fatal,
                                              MakeRoom make_room = nullptr);
  // Writes what is waiting, then closes.
  ~Ledger();

  // Queues a command. Thread-safe. `done` gets the result once it is durable; too_large: too much waits already;
  // no_space: the disk has no room, and nothing was recorded; io: nothing was recorded.
  void write(Command command, Done done);

  // Thread-safe.
  Snapshot snapshot() const;
  const crypto::log::VerifierKey& log_key() const;
  // Commands that wait now.
  std::size_t waiting() const;

 private:
  struct State;
  explicit Ledger(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace depone::daemon::ledger
