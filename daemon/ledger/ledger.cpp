#include "daemon/ledger/ledger.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <thread>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "daemon/ledger/checkpoint_file.h"
#include "daemon/ledger/group.h"
#include "daemon/ledger/prover.h"
#include "daemon/ledger/start.h"

namespace depone::daemon::ledger {

using namespace protocol::record;
namespace log = crypto::log;

namespace {

constexpr std::chrono::minutes kClockBehindMax{1};

struct Waiting {
  Command command;
  Ledger::Done done;
  std::size_t bytes = 0;
};

// What a command holds of its sender's bytes.
std::size_t bytes_of(const Command& command) {
  return std::visit(
      [](const auto& one) {
        std::size_t bytes = 0;
        if constexpr (requires { one.act.bytes; }) bytes += one.act.bytes.size();
        if constexpr (requires { one.small_object; }) bytes += one.small_object.size();
        if constexpr (requires { one.card.envelope; }) bytes += one.card.envelope.size();
        if constexpr (requires { one.parts.front().bytes; }) {
          for (const auto& part : one.parts) bytes += part.bytes.size();
        }
        return bytes;
      },
      command);
}

// Before anything of a group was committed.
class NoRoom : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

bool is_no_room(const std::exception& failed) {
  const auto* const database = dynamic_cast<const store::DatabaseError*>(&failed);
  return database != nullptr ? database->is_full() : dynamic_cast<const NoRoom*>(&failed) != nullptr;
}

Result<Recorded> not_recorded(const std::exception& failed) {
  return fail(is_no_room(failed) ? ErrorCode::no_space : ErrorCode::io,
              fmt::format("nothing was recorded: {}", failed.what()));
}

}  // namespace

struct Ledger::State {
  State(store::Connection db_, Opened opened, CheckpointFile file_, crypto::SigningKey log_key_, LedgerOptions options_,
        const system::Clock& clock_, RosterChanged roster_changed_, Fatal fatal_, MakeRoom make_room_)
      : db(std::move(db_)),
        tip{std::move(opened.edge), opened.last_leaf, opened.last_at, opened.roster},
        file(std::move(file_)),
        signing(std::move(log_key_)),
        verifier(opened.log_key),
        options(options_),
        clock(clock_),
        roster_changed(std::move(roster_changed_)),
        fatal(std::move(fatal_)),
        make_room(std::move(make_room_)),
        published{std::make_shared<const policy::Roster>(std::move(opened.roster)), opened.checkpoint.size,
                  opened.checkpoint_note} {}

  void run(const std::stop_token& stop);
  void commit_group(std::vector<Waiting>& group);
  std::vector<Result<Recorded>> try_group(std::span<Waiting> group);
  Result<Recorded> try_alone(Waiting& one);
  std::string seal_group(TimePoint now);
  void make_known(std::string note);
  void publish(std::string note);
  void close_open_serves();

  store::Connection db;
  Tip tip;
  CheckpointFile file;
  crypto::SigningKey signing;
  log::VerifierKey verifier;
  LedgerOptions options;
  const system::Clock& clock;
  RosterChanged roster_changed;
  Fatal fatal;
  MakeRoom make_room;

  mutable std::mutex published_mutex;
  Snapshot published;

  mutable std::mutex queue_mutex;
  std::condition_variable_any queue_filled;
  std::deque<Waiting> queue;
  std::size_t waiting_bytes = 0;  // of all in the queue
  std::jthread writer;            // last: it ends before what it uses
};

void Ledger::State::run(const std::stop_token& stop) {
  for (;;) {
    std::vector<Waiting> group;
    {
      std::unique_lock lock(queue_mutex);
      queue_filled.wait(lock, stop, [this] { return !queue.empty(); });
      if (queue.empty()) return;  // told to stop, and nothing waits
      while (!queue.empty() && group.size() < options.group_max) {
        waiting_bytes -= queue.front().bytes;
        group.push_back(std::move(queue.front()));
        queue.pop_front();
      }
    }
    try {
      commit_group(group);
    } catch (const system::AmbiguousWrite& unknown) {
      fatal(unknown.what());
      std::abort();  // `fatal` returned: still nothing may be answered
    }
  }
}

// A group that fails is tried again one by one, so that one bad command does not take the others with it.
void Ledger::State::commit_group(std::vector<Waiting>& group) {
  std::vector<Result<Recorded>> results;
  try {
    results = try_group(group);
  } catch (const system::AmbiguousWrite&) {
    throw;
  } catch (const std::exception& failed) {
    const bool again = group.size() > 1 || (is_no_room(failed) && make_room && make_room());
    for (auto& one : group) results.push_back(again ? try_alone(one) : not_recorded(failed));
  }
  for (std::size_t i = 0; i < group.size(); ++i) group[i].done(std::move(results[i]));
}

Result<Recorded> Ledger::State::try_alone(Waiting& one) {
  for (;;) {
    try {
      return std::move(try_group({&one, 1}).front());
    } catch (const system::AmbiguousWrite&) {
      throw;
    } catch (const std::exception& failed) {
      if (!is_no_room(failed) || !make_room || !make_room()) return not_recorded(failed);
    }
  }
}

std::vector<Result<Recorded>> Ledger::State::try_group(std::span<Waiting> group) {
  const Tip before = tip;
  std::vector<Result<Recorded>> results;
  std::string note;
  try {
    store::Transaction transaction(db);
    const TimePoint now = clock.now();
    Group executing(db, tip, options, now);
    for (auto& one : group) results.emplace_back(executing.execute(one.command));
    if (tip.edge.size() != before.edge.size()) note = seal_group(now);
    // Proofs are read before the commit, so that one that cannot be made takes nothing with it that is durable.
    Prover prover(db);
    for (auto& result : results) {
      result->log_size = tip.edge.size();
      for (auto& entry : result->entries) entry.proof = prover.prove(entry.seq, entry.bytes);
    }
    if (!note.empty()) {
      if (const auto taken = file.take_room(); !taken) throw NoRoom(taken.error().detail);
    }
    transaction.commit();
  } catch (const system::AmbiguousWrite&) {
    throw;
  } catch (...) {
    tip = before;
    throw;
  }
  if (!note.empty()) make_known(std::move(note));
  return results;
}

// What follows a commit. Whatever fails here, the entries are durable: nobody may be told that nothing was recorded,
// and nothing may run a second time.
void Ledger::State::make_known(std::string note) {
  try {
    file.append(note);
    publish(std::move(note));
  } catch (const system::AmbiguousWrite&) {
    throw;
  } catch (const std::exception& failed) {
    throw system::AmbiguousWrite(fmt::format("a commit could not be followed up: {}", failed.what()));
  }
}

// Writes the tiles that changed and signs the checkpoint of the group.
std::string Ledger::State::seal_group(TimePoint now) {
  const log::Checkpoint checkpoint{verifier.name, tip.edge.size(), tip.edge.root()};
  for (const auto& tile : tip.edge.take_changed()) store::store_tile(db, tile);
  auto note = log::sign_checkpoint(checkpoint, signing);
  store::insert_checkpoint(db, {checkpoint.size, std::max(now, tip.last_at), checkpoint.root, note});
  return note;
}

void Ledger::State::publish(std::string note) {
  std::shared_ptr<const policy::Roster> before, after;
  {
    const std::lock_guard lock(published_mutex);
    before = published.roster;
    if (before->head() != tip.roster.head()) published.roster = std::make_shared<const policy::Roster>(tip.roster);
    after = published.roster;
    published.size = tip.edge.size();
    published.checkpoint = std::move(note);
  }
  if (before != after && roster_changed) roster_changed(*before, *after);
}

// Serving that a stop cut off: how much left, nobody knows.
void Ledger::State::close_open_serves() {
  std::vector<Waiting> group;
  for (const auto seq : store::still_serving(db))
    group.push_back({ServedCommand{{seq, 0, "unknown"}}, [](const Result<Recorded>&) {}, 0});
  if (!group.empty()) commit_group(group);
}

Result<std::unique_ptr<Ledger>> Ledger::open(LedgerPaths paths, const crypto::DatabaseKey& key, LedgerOptions options,
                                             const system::Clock& clock, RosterChanged roster_changed, Fatal fatal,
                                             MakeRoom make_room) {
  DEPONE_ASSIGN(auto db, store::Connection::open(paths.database, key, store::Connection::Mode::read_write));
  db.take_in_log();
  DEPONE_ASSIGN(auto opened, open_ledger(db, paths.checkpoints));
  crypto::SigningKey log_key(load_keys(db).log);
  if (log_key.public_key() != opened.log_key.key)
    return fail(ErrorCode::damaged, "the log key in the database is not the archive's");
  DEPONE_ASSIGN(auto file, CheckpointFile::open_compacted(paths.checkpoints, opened.checkpoint_note));
  if (const auto behind = opened.last_at - clock.now(); behind > kClockBehindMax)
    spdlog::warn("the clock is {} s behind the last entry: set it right; until then entries say the later time",
                 std::chrono::duration_cast<std::chrono::seconds>(behind).count());
  auto state = std::make_unique<State>(std::move(db), std::move(opened), std::move(file), std::move(log_key), options,
                                       clock, std::move(roster_changed), std::move(fatal), std::move(make_room));
  state->close_open_serves();
  auto& running = *state;
  state->writer = std::jthread([&running](const std::stop_token& stop) { running.run(stop); });
  return std::unique_ptr<Ledger>(new Ledger(std::move(state)));
}

Ledger::Ledger(std::unique_ptr<State> state) : state_(std::move(state)) {}
Ledger::~Ledger() = default;

void Ledger::write(Command command, Done done) {
  const auto bytes = bytes_of(command);
  // The end of a serve that was let begin is always taken: there are no more of them than of those.
  const bool always = std::holds_alternative<ServedCommand>(command);
  bool full = false;
  {
    const std::lock_guard lock(state_->queue_mutex);
    const bool too_much = !state_->queue.empty() && state_->waiting_bytes + bytes > state_->options.waiting_bytes_max;
    full = !always && (state_->queue.size() >= state_->options.waiting_max || too_much);
    if (!full) {
      state_->queue.push_back({std::move(command), std::move(done), bytes});
      state_->waiting_bytes += bytes;
    }
  }
  if (full)
    return done(fail(ErrorCode::too_large, "the archive has more to write than it takes; try again in a moment"));
  state_->queue_filled.notify_one();
}

Snapshot Ledger::snapshot() const {
  const std::lock_guard lock(state_->published_mutex);
  return state_->published;
}
const log::VerifierKey& Ledger::log_key() const { return state_->verifier; }
std::size_t Ledger::waiting() const {
  const std::lock_guard lock(state_->queue_mutex);
  return state_->queue.size();
}

}  // namespace depone::daemon::ledger
