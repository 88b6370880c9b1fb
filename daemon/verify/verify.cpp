#include "daemon/verify/verify.h"

#include <algorithm>

#include <fmt/format.h>
#include <unistd.h>

#include "crypto/hash.h"
#include "crypto/item_keys.h"
#include "crypto/log/tile.h"
#include "daemon/ledger/checkpoint_file.h"
#include "daemon/ledger/start.h"
#include "daemon/store/object_folder.h"
#include "daemon/store/schema.h"
#include "daemon/verify/entry_checks.h"
#include "daemon/verify/tables.h"
#include "system/ordered_work.h"
#include "system/terminal.h"

namespace depone::daemon::verify {

using namespace protocol::record;
namespace log = crypto::log;

namespace {

// A connection for each thread that reads.
struct Connections {
  store::Connection main, bundles;
  std::array<store::Connection, 2> checks;
  static Result<Connections> open(const Folder& folder, const crypto::MasterKey& master) {
    const auto one = [&] {
      return store::Connection::open(folder.database(), crypto::database_key(master),
                                     store::Connection::Mode::read_only);
    };
    DEPONE_ASSIGN(auto main, one());
    DEPONE_ASSIGN(auto bundles, one());
    DEPONE_ASSIGN(auto first, one());
    DEPONE_ASSIGN(auto second, one());
    return Connections{std::move(main), std::move(bundles), {std::move(first), std::move(second)}};
  }
};

class Verification {
 public:
  Verification(Connections db, const Folder& folder, store::ObjectFolder objects, policy::KeyedRecords records,
               Report& report)
      : db_(std::move(db.main)),
        bundles_(std::move(db.bundles)),
        folder_(folder),
        objects_(std::move(objects)),
        records_(std::move(records)),
        report_(report),
        tiles_(db_),
        checks_{EntryChecks(std::move(db.checks[0]), objects_), EntryChecks(std::move(db.checks[1]), objects_)} {}

  Result<> run();
  // What is wrong among the entries so far, where nothing more can be read.
  Result<> end_early();

 private:
  static constexpr std::uint64_t kWindow = 32 * log::kTileWidth;  // entries that are in memory at a time

  Result<> begin();
  bool take_entries(std::uint64_t from, std::uint64_t end, std::vector<policy::ReadEntry>& out);
  Result<> take_acts(std::uint64_t from, const std::vector<policy::ReadEntry>& entries);
  void take_bundle(std::uint64_t first, std::span<const policy::ReadEntry> entries);
  void check_entry(std::uint64_t seq, const policy::ReadEntry& read);
  void check_tree(std::uint64_t seq, const crypto::Digest& leaf, const std::vector<crypto::Digest>& stored);
  void check_checkpoint(const store::StoredCheckpoint& checkpoint, std::optional<TimePoint> at);
  void check_roster_change(const Entry& entry);
  Result<> check_ends();
  void check_checkpoint_file();
  void check_stray_objects();
  void compare_tiles(bool at_end);
  void show_progress(std::uint64_t done);
  void wrong(const Entry& entry, std::string what) {
    report_.wrong(fmt::format("entry {}", entry.seq), std::move(what));
  }

  store::Connection db_, bundles_;
  const Folder& folder_;
  store::ObjectFolder objects_;
  policy::KeyedRecords records_;
  Report& report_;
  store::DatabaseTiles tiles_;
  std::array<EntryChecks, 2> checks_;

  ledger::FirstEntry first_;
  std::optional<policy::Roster> roster_;
  std::optional<policy::LogReplay> replay_;
  log::TreeEdge edge_;
  std::uint64_t total_ = 0;
  store::Behind behind_;
  bool progress_ = system::is_terminal(STDERR_FILENO);
};

Result<> Verification::begin() {
  DEPONE_TRY(store::check_schema(db_));
  DEPONE_ASSIGN(first_, ledger::first_entry(db_));
  auto query = db_.prepare("SELECT card FROM members WHERE member = 0");
  if (!query.step()) return fail(ErrorCode::damaged, "the first custodian's card is missing from the database");
  DEPONE_ASSIGN(const Card custodian, parse_card(query.bytes(0)));
  DEPONE_ASSIGN(roster_, policy::Roster::begin(first_.entry, first_.genesis, custodian));
  replay_.emplace(first_.genesis, std::move(records_));
  total_ = store::count_entries(db_);
  behind_.entries = total_;
  return {};
}

// Windows of entries: first by themselves, in their order, and then each with its act and rows, on every core.
Result<> Verification::run() {
  DEPONE_TRY(begin());
  bool whole = true;
  while (whole && edge_.size() < total_) {
    const auto from = edge_.size();
    std::vector<policy::ReadEntry> entries;
    whole = take_entries(from, std::min(from + kWindow, total_), entries);
    DEPONE_TRY(take_acts(from, entries));
  }
  report_.about(std::nullopt);
  if (!whole) {  // what follows hangs on it: the tree and the chain cannot be followed past a hole
    report_.about(edge_.size());
    report_.wrong(fmt::format("entry {}", edge_.size()), "is missing from the database");
    return end_early();
  }
  DEPONE_TRY(check_ends());
  check_stray_objects();
  return {};
}

Result<> Verification::end_early() {
  if (!replay_) return {};
  DEPONE_ASSIGN(const auto end, replay_->finish(*roster_));
  report_entries(end, report_);
  return {};
}

// Whether none was missing.
bool Verification::take_entries(std::uint64_t from, std::uint64_t end, std::vector<policy::ReadEntry>& out) {
  using Lines = std::vector<std::string>;
  const auto bundles = static_cast<std::size_t>((end - from + log::kTileWidth - 1) / log::kTileWidth);
  const auto begins = [&](std::size_t place) { return from + place * log::kTileWidth; };
  system::OrderedWork<Lines, std::vector<policy::ReadEntry>> work(
      bundles,
      [&](std::size_t place) -> Result<Lines> {
        return store::entries_between(bundles_, begins(place), std::min(begins(place + 1), end));
      },
      [](const Lines& lines) { return lines.size() * kEntryBytesMax; },
      [](std::size_t, std::size_t, const Lines& lines) { return policy::read_entries(lines); });
  for (std::size_t place = 0; place < bundles; ++place) {
    auto read = work.next().value();
    take_bundle(begins(place), read);
    std::ranges::move(read, std::back_inserter(out));
    if (edge_.size() < std::min(begins(place + 1), end)) return false;
  }
  return true;
}

Result<> Verification::take_acts(std::uint64_t from, const std::vector<policy::ReadEntry>& entries) {
  using Some = std::span<const policy::ReadEntry>;
  const auto bundles = (entries.size() + log::kTileWidth - 1) / log::kTileWidth;
  system::OrderedWork<Some, CheckedBundle> work(
      bundles,
      [&](std::size_t place) -> Result<Some> {
        const auto rest = Some(entries).subspan(place * log::kTileWidth);
        return rest.first(std::min<std::size_t>(rest.size(), log::kTileWidth));
      },
      [](const Some&) { return std::size_t{0}; },
      [&](std::size_t worker, std::size_t place, Some some) {
        return checks_[worker].check(from + place * log::kTileWidth, some, *roster_, replay_->records());
      });
  for (std::size_t place = 0; place < bundles; ++place) {
    DEPONE_ASSIGN(auto checked, work.next());
    report_.add(std::move(checked.report));
    behind_.add(checked.behind);
    for (const auto& entry : checked.entries) replay_->note(entry);
    show_progress(std::min<std::uint64_t>(from + (place + 1) * log::kTileWidth, from + entries.size()));
  }
  return {};
}

void Verification::show_progress(std::uint64_t done) {
  if (!progress_) return;
  fmt::print(stderr, "\rchecked {} of {} entries ", done, total_);
  if (done == total_) fmt::print(stderr, "\r\033[K");
}

// At most as many as a tile has, which begin where one does.
void Verification::take_bundle(std::uint64_t first, std::span<const policy::ReadEntry> entries) {
  auto tile = tiles_.tile(0, first / log::kTileWidth, 0);
  const auto stored = tile ? std::move(*tile) : std::vector<crypto::Digest>{};
  const auto checkpoints = store::checkpoints_between(db_, first, first + entries.size());
  auto checkpoint = checkpoints.begin();
  for (auto seq = first; const auto& read : entries) {
    report_.about(seq);
    check_tree(seq, read.leaf, stored);
    report_.checked(Report::What::entries);
    check_entry(seq, read);
    for (; checkpoint != checkpoints.end() && checkpoint->size == edge_.size(); ++checkpoint)
      check_checkpoint(*checkpoint, read.entry ? std::optional(read.entry->at) : std::nullopt);
    ++seq;
  }
}

void Verification::check_entry(std::uint64_t seq, const policy::ReadEntry& read) {
  const auto name = fmt::format("entry {}", seq);
  if (!read.entry) {
    report_.wrong(name, read.entry.error().detail);
    return replay_->take_unreadable(read.leaf);
  }
  const auto& entry = *read.entry;
  if (!entry_type_is_known(entry.type))
    report_.unknown(name, fmt::format("is of the type {}, which this deponed does not know", entry.type));
  if (changes_roster(entry)) check_roster_change(entry);
  for (auto& what : replay_->take(entry, read.leaf, *roster_)) report_.wrong(name, std::move(what));
}

// The tree grows beside the stored one: each leaf, each tile and each checkpoint must be the same.
void Verification::check_tree(std::uint64_t seq, const crypto::Digest& leaf,
                              const std::vector<crypto::Digest>& stored) {
  edge_.append(leaf);
  const auto place = static_cast<std::size_t>(seq % log::kTileWidth);
  if (stored.size() <= place) {
    const auto cut = tiles_.tile(0, seq / log::kTileWidth, place + 1);
    report_.wrong(fmt::format("entry {}", seq), cut ? "has a tile that was changed meanwhile" : cut.error().detail);
  } else if (stored[place] != leaf) {
    report_.wrong(fmt::format("entry {}", seq), "was changed: it does not hash to its leaf in the log");
  }
  if (edge_.size() % log::kTileWidth == 0) compare_tiles(false);
}

// A checkpoint that was signed after the entry of this time.
void Verification::check_checkpoint(const store::StoredCheckpoint& checkpoint, std::optional<TimePoint> at) {
  const auto name = fmt::format("checkpoint {}", edge_.size());
  const auto opened = log::open_checkpoint(checkpoint.note, first_.log_key);
  report_.checked(Report::What::checkpoints);
  if (!opened)
    report_.wrong(name, opened.error().detail);
  else if (opened->size != edge_.size() || opened->root != checkpoint.root)
    report_.wrong(name, "says another size or root than its row");
  else if (opened->root != edge_.root())
    report_.wrong(name, "does not have the root of the entries before it");
  // By this time the daemon tells whether an act is fresh.
  if (at && checkpoint.at != *at) report_.wrong(name, "has a row that says another time than its last entry");
}

void Verification::compare_tiles(bool at_end) {
  for (const auto& tile : edge_.take_changed()) {
    if (!at_end && tile.hashes.size() < log::kTileWidth) continue;
    const auto name = log::tile_path({tile.level, tile.number, tile.hashes.size()});
    const auto stored = tiles_.tile(tile.level, tile.number, tile.hashes.size());
    if (!stored)
      report_.wrong(name, stored.error().detail);
    else if (!std::equal(tile.hashes.begin(), tile.hashes.end(), stored->begin()))
      report_.wrong(name, "does not hold the hashes of its entries");
  }
}

void Verification::check_roster_change(const Entry& entry) {
  Report beside;  // of the act is said where every entry's act is checked
  const auto named = named_act(db_, entry, beside);
  if (!named) return;
  std::optional<Card> card;
  if (entry.type == MemberEnrol::kType) {
    auto query = db_.prepare("SELECT card FROM members WHERE member = ?");
    auto parsed = query.bind(entry.seq).step() ? parse_card(query.bytes(0))
                                               : Result<Card>(fail(ErrorCode::not_found, "it is missing"));
    if (!parsed) {
      return wrong(
          entry, fmt::format("enrolled a card that is not in the members table as it was: {}", parsed.error().detail));
    }
    card = std::move(*parsed);
  }
  const auto replayed = roster_->replay(entry, named->act, card ? &*card : nullptr);
  if (!replayed) wrong(entry, replayed.error().detail);
}

Result<> Verification::check_ends() {
  compare_tiles(true);
  const auto latest = store::latest_checkpoint(db_);
  if (!latest || latest->size != total_) {
    report_.wrong("the database", fmt::format("ends at entry {}, and its latest checkpoint is of {} entries",
                                              total_ - 1, latest ? latest->size : 0));
  }
  check_checkpoint_file();
  return check_tables(db_, *replay_, *roster_, behind_, report_);
}

void Verification::check_checkpoint_file() {
  const auto file = ledger::CheckpointFile::last(folder_.checkpoints(), first_.log_key);
  if (!file) return report_.wrong("the checkpoint file", file.error().detail);
  if (file->size > total_) {
    return report_.wrong(
        "the database",
        fmt::format("was put back to an earlier state: it ends at entry {}, and a checkpoint of {} entries was signed",
                    total_ - 1, file->size));
  }
  log::TileHashReader hashes(tiles_, total_);
  const auto then = log::root(hashes, file->size);
  if (!then || *then != file->root) report_.wrong("the checkpoint file", "is of another history than the database");
}

void Verification::check_stray_objects() {
  objects_.for_each([this](const std::filesystem::path& path, const std::optional<crypto::Digest>& object) {
    if (!object || !store::object_is_known(db_, *object))
      report_.note(path.string(), "is named by no act: left by a submission that was cut off; it does no harm");
  });
}

// Where the replay notes what it cannot keep in memory: beside the archive, or where that cannot be written.
Result<policy::KeyedRecords> records_for(const Folder& folder) {
  auto beside = policy::KeyedRecords::without_name(folder.path);
  if (beside) return beside;
  return policy::KeyedRecords::without_name(std::filesystem::temp_directory_path());
}

}  // namespace

Result<> verify_archive(const Folder& folder, const crypto::MasterKey& master, bool json) {
  DEPONE_ASSIGN(auto db, Connections::open(folder, master));
  DEPONE_ASSIGN(auto records, records_for(folder));
  DEPONE_ASSIGN(auto objects, store::ObjectFolder::open(folder.objects()));
  Report report;
  Verification verification(std::move(db), folder, std::move(objects), std::move(records), report);
  try {
    if (const auto ran = verification.run(); !ran) report.wrong("the archive", ran.error().detail);
  } catch (const std::exception& broken) {  // the database itself cannot be read any further
    report.about(std::nullopt);
    report.wrong("the database", broken.what());
    if (const auto ended = verification.end_early(); !ended) report.wrong("the archive", ended.error().detail);
  }
  report.sort();
  report.print(json);
  if (report.is_clean()) return {};
  return fail(ErrorCode::damaged, fmt::format("{} things are wrong in {}", report.wrongs(), folder.path.string()));
}

}  // namespace depone::daemon::verify
