#include "daemon/ledger/start.h"

#include <algorithm>

#include <fmt/format.h>

#include "daemon/ledger/checkpoint_file.h"
#include "daemon/store/catalogue_tables.h"
#include "daemon/store/roster_tables.h"
#include "daemon/store/schema.h"

namespace depone::daemon::ledger {

using namespace protocol::record;
namespace log = crypto::log;

namespace {

template <class... Args>
Error damaged(fmt::format_string<Args...> text, Args&&... args) {
  return fail(ErrorCode::damaged, fmt::format(text, std::forward<Args>(args)...));
}

Result<Entry> stored_entry(store::Connection& db, std::uint64_t seq, std::string& bytes) {
  auto found = store::entry_bytes(db, seq);
  if (!found) return damaged("entry {} is missing from the database", seq);
  bytes = std::move(*found);
  auto entry = parse_entry(view(bytes));
  if (!entry) return damaged("entry {} of the database was changed: {}", seq, entry.error().detail);
  if (entry->seq != seq) return damaged("entry {} of the database calls itself {}", seq, entry->seq);
  return entry;
}

// An entry that is proved to stand in the tree of the checkpoint.
Result<Entry> proved_entry(store::Connection& db, log::HashReader& hashes, const log::Checkpoint& checkpoint,
                           std::uint64_t seq) {
  std::string bytes;
  DEPONE_ASSIGN(Entry entry, stored_entry(db, seq, bytes));
  DEPONE_ASSIGN(const auto path, log::inclusion_path(hashes, seq, checkpoint.size));
  if (!log::verify_inclusion(log::leaf_hash(view(bytes)), seq, checkpoint.size, path, checkpoint.root)) {
    return damaged("entry {} of the database is not the one in the log", seq);
  }
  return entry;
}

Result<> compare_with_file(store::Connection& db, const std::filesystem::path& path, const FirstEntry& first,
                           const log::Checkpoint& stored, const log::TreeEdge& edge) {
  auto file = CheckpointFile::last(path, first.log_key);
  if (!file) {
    return damaged(
        "the checkpoint file cannot be used ({}); put it back from a copy, since without it nobody can tell whether "
        "the database is the latest",
        file.error().detail);
  }
  if (file->size > stored.size) {
    return fail(ErrorCode::rolled_back,
                fmt::format("the database was put back to an earlier state: it ends at entry {}, but a checkpoint of "
                            "{} entries was signed; put the latest copy back, or what came after is lost",
                            stored.size - 1, file->size));
  }
  store::DatabaseTiles tiles(db);
  log::TileHashReader hashes(tiles, edge.size());
  DEPONE_ASSIGN(const auto then, log::root(hashes, file->size));
  if (then != file->root) {
    return fail(ErrorCode::rolled_back,
                "the database has another history than the checkpoint file: one of them is of another day; put the "
                "pair back that belongs together");
  }
  return {};
}

}  // namespace

ArchiveKeys load_keys(store::Connection& db) {
  return {store::key_named<crypto::SigningSeed>(db, "log"), store::key_named<crypto::SigningSeed>(db, "tls"),
          store::key_named<crypto::SealSeed>(db, "intake")};
}

Result<FirstEntry> first_entry(store::Connection& db) {
  FirstEntry first;
  std::string bytes;
  DEPONE_ASSIGN(first.entry, stored_entry(db, 0, bytes));
  if (first.entry.type != kArchiveInit) return damaged("the log does not begin with archive.init");
  first.genesis = log::leaf_hash(view(bytes));
  DEPONE_ASSIGN(first.facts, facts_of<InitFacts>(first.entry));
  first.log_key = {first.facts.origin, first.facts.log};
  return first;
}

Result<policy::Roster> rebuild_roster(store::Connection& db, const FirstEntry& first,
                                      const log::Checkpoint& checkpoint) {
  store::DatabaseTiles tiles(db);
  log::TileHashReader hashes(tiles, checkpoint.size);

  // Walk the chain back from the last entry, then forward with the acts.
  std::vector<Entry> chain;
  DEPONE_ASSIGN(Entry last, proved_entry(db, hashes, checkpoint, checkpoint.size - 1));
  std::optional<std::uint64_t> next = changes_roster(last) ? std::optional(last.seq) : last.roster;
  while (next && *next > 0) {
    DEPONE_ASSIGN(Entry entry, proved_entry(db, hashes, checkpoint, *next));
    if (!changes_roster(entry))
      return damaged("the roster chain names entry {}, which does not change the roster", *next);
    if (entry.roster && *entry.roster >= entry.seq)
      return damaged("the roster chain runs backwards at entry {}", entry.seq);
    next = entry.roster;
    chain.push_back(std::move(entry));
  }
  if (checkpoint.size > 1 && !next) return damaged("the roster chain does not lead back to the beginning");

  std::optional<std::string> custodian_card;
  {
    auto query = db.prepare("SELECT card FROM members WHERE member = 0");
    if (query.step()) custodian_card = text_view(query.bytes(0));
  }
  if (!custodian_card) return damaged("the first custodian's card is missing from the database");
  DEPONE_ASSIGN(const Card custodian, parse_card(view(*custodian_card)));
  DEPONE_ASSIGN(auto roster, policy::Roster::begin(first.entry, first.genesis, custodian));

  std::ranges::reverse(chain);
  for (const auto& entry : chain) {
    const auto stored = store::act_of_entry(db, entry.seq);
    if (!stored) return damaged("the act of entry {} is missing from the database", entry.seq);
    DEPONE_ASSIGN(const Act act, parse_act(view(stored->envelope)));
    std::optional<Card> card;
    if (entry.type == MemberEnrol::kType) {
      auto query = db.prepare("SELECT card FROM members WHERE member = ?");
      if (!query.bind(entry.seq).step())
        return damaged("the card that entry {} enrolled is missing from the database", entry.seq);
      auto parsed = parse_card(query.bytes(0));
      if (!parsed)
        return damaged("the card that entry {} enrolled was changed in the database: {}", entry.seq,
                       parsed.error().detail);
      card = std::move(*parsed);
    }
    DEPONE_TRY(roster.replay(entry, act, card ? &*card : nullptr));
  }
  return roster;
}

Result<Opened> open_ledger(store::Connection& db, const std::filesystem::path& checkpoints) {
  DEPONE_TRY(store::check_schema(db));
  DEPONE_ASSIGN(const FirstEntry first, first_entry(db));
  const auto stored = store::latest_checkpoint(db);
  if (!stored) return damaged("the database holds no checkpoint");
  DEPONE_ASSIGN(const auto checkpoint, log::open_checkpoint(stored->note, first.log_key));
  if (checkpoint.size == 0 || store::count_entries(db) != checkpoint.size) {
    return damaged("the database holds {} entries, and its latest checkpoint is of {}", store::count_entries(db),
                   checkpoint.size);
  }
  store::DatabaseTiles tiles(db);
  DEPONE_ASSIGN(auto edge, log::TreeEdge::load(tiles, checkpoint.size));
  if (edge.root() != checkpoint.root)
    return damaged("the tree of the database does not have the root of its latest checkpoint");
  DEPONE_TRY(compare_with_file(db, checkpoints, first, checkpoint, edge));
  DEPONE_ASSIGN(auto roster, rebuild_roster(db, first, checkpoint));
  if (const auto difference = store::differs_from(db, roster)) {
    return damaged("somebody changed the database: {}; `deponed verify` says what else is wrong", *difference);
  }
  std::string last_bytes;
  DEPONE_ASSIGN(const Entry last, stored_entry(db, checkpoint.size - 1, last_bytes));
  return Opened{std::move(edge), checkpoint,        stored->note,
                first.log_key,   std::move(roster), log::leaf_hash(view(last_bytes)),
                last.at};
}

}  // namespace depone::daemon::ledger
