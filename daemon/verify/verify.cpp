#include "daemon/verify/verify.h"

#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>
#include <unistd.h>

#include "crypto/hash.h"
#include "crypto/item_keys.h"
#include "crypto/log/tile.h"
#include "daemon/ledger/checkpoint_file.h"
#include "daemon/ledger/start.h"
#include "daemon/store/object_folder.h"
#include "daemon/store/schema.h"
#include "daemon/verify/tables.h"
#include "protocol/record/salted.h"
#include "system/terminal.h"

namespace depone::daemon::verify {

using namespace protocol::record;
namespace log = crypto::log;

namespace {

class Verification {
 public:
  Verification(store::Connection& db, const Folder& folder, store::ObjectFolder objects, Report& report)
      : db_(db),
        folder_(folder),
        objects_(std::move(objects)),
        report_(report),
        tiles_(db) {}

  Result<> run();

 private:
  Result<> begin();
  void check_entry(std::uint64_t seq, const std::string& bytes);
  void check_tree(std::uint64_t seq, const crypto::Digest& leaf);
  void check_checkpoint(TimePoint at);
  // The act that an entry names, if it is there and is that.
  struct Named {
    Act act;
    store::Row row = 0;
  };
  std::optional<Named> check_act(const Entry& entry);
  void check_taken(const Entry& entry, const Named& named);
  std::optional<Card> check_roster_change(const Entry& entry, const Act& act);
  void check_submission(const Entry& entry, const Act& act, store::Row row);
  void check_item_row(const Entry& entry, const Act& act, const EvidenceSubmit& body, store::Row row);
  void check_retrieval(const Entry& entry, const Act& act, store::Row row);
  void check_parts(const Entry& entry, const PartList& parts, store::Row row);
  void check_object(const Entry& entry, const EvidenceSubmit& body);
  void check_ends();
  void check_checkpoint_file();
  void check_stray_objects();
  void compare_tiles(bool at_end);
  void show_progress(std::uint64_t seq);
  void wrong(const Entry& entry, std::string what) {
    report_.wrong(fmt::format("entry {}", entry.seq), std::move(what));
  }
  void differs(const Entry& entry, std::string_view table, store::Difference difference) {
    if (difference) report_.wrong(fmt::format("entry {}, its row in {}", entry.seq, table), std::move(*difference));
  }

  store::Connection& db_;
  const Folder& folder_;
  store::ObjectFolder objects_;
  Report& report_;
  store::DatabaseTiles tiles_;

  ledger::FirstEntry first_;
  std::optional<policy::Roster> roster_;
  std::optional<policy::LogReplay> replay_;
  log::TreeEdge edge_;
  std::uint64_t total_ = 0;
  std::vector<std::uint64_t> submissions_, grants_;       // seqs, rising
  std::unordered_map<std::string, std::uint64_t> items_;  // where each was submitted
  std::set<store::Row> taken_acts_;
  bool progress_ = system::is_terminal(STDERR_FILENO);
};

Result<> Verification::begin() {
  DEPONE_TRY(store::check_schema(db_));
  DEPONE_ASSIGN(first_, ledger::first_entry(db_));
  auto query = db_.prepare("SELECT card FROM members WHERE member = 0");
  if (!query.step()) return fail(ErrorCode::damaged, "the first custodian's card is missing from the database");
  DEPONE_ASSIGN(const Card custodian, parse_card(query.bytes(0)));
  DEPONE_ASSIGN(roster_, policy::Roster::begin(first_.entry, first_.genesis, custodian));
  replay_.emplace(first_.genesis);
  total_ = store::count_entries(db_);
  return {};
}

Result<> Verification::run() {
  DEPONE_TRY(begin());
  for (std::uint64_t seq = 0; seq < total_; ++seq) {
    const auto bytes = store::entry_bytes(db_, seq);
    if (!bytes) {
      report_.wrong(fmt::format("entry {}", seq), "is missing from the database");
      return {};  // what follows hangs on it: the tree and the chain cannot be followed past a hole
    }
    check_entry(seq, *bytes);
    show_progress(seq);
  }
  check_ends();
  check_stray_objects();
  return {};
}

void Verification::show_progress(std::uint64_t seq) {
  if (!progress_ || seq % 1000 != 0) return;
  fmt::print(stderr, "\rchecked {} of {} entries ", seq, total_);
  if (seq + 1000 >= total_) fmt::print(stderr, "\r\033[K");
}

void Verification::check_entry(std::uint64_t seq, const std::string& bytes) {
  const auto name = fmt::format("entry {}", seq);
  const auto leaf = log::leaf_hash(view(bytes));
  const auto entry = parse_entry(view(bytes));
  check_tree(seq, leaf);
  report_.checked(Report::What::entries);
  if (!entry) {
    report_.wrong(name, entry.error().detail);
    return replay_->take_unreadable(leaf);
  }
  check_checkpoint(entry->at);
  if (!entry_type_is_known(entry->type))
    report_.unknown(name, fmt::format("is of the type {}, which this deponed does not know", entry->type));
  differs(*entry, "entries", store::entry_differs(db_, *entry));
  const auto named = check_act(*entry);
  const bool taken = named && !is_serving(*entry) && entry->outcome != Outcome::refused;
  std::optional<Card> enrolled;
  if (named && changes_roster(*entry)) enrolled = check_roster_change(*entry, named->act);
  for (auto& what : replay_->take(*entry, leaf, named ? &named->act : nullptr, *roster_))
    report_.wrong(name, std::move(what));
  if (taken) check_taken(*entry, *named);
  if (enrolled) check_parts(*entry, enrolled->body().parts, named->row);
}

// The tree grows beside the stored one: each leaf, each tile and each checkpoint must be the same.
void Verification::check_tree(std::uint64_t seq, const crypto::Digest& leaf) {
  edge_.append(leaf);
  const auto stored = tiles_.tile(0, seq / log::kTileWidth, seq % log::kTileWidth + 1);
  if (!stored) {
    report_.wrong(fmt::format("entry {}", seq), stored.error().detail);
  } else if ((*stored)[seq % log::kTileWidth] != leaf) {
    report_.wrong(fmt::format("entry {}", seq), "was changed: it does not hash to its leaf in the log");
  }
  if (edge_.size() % log::kTileWidth == 0) compare_tiles(false);
}

// The checkpoint that was signed after the entry of this time, if there is one.
void Verification::check_checkpoint(TimePoint at) {
  const auto checkpoint = store::checkpoint_of_size(db_, edge_.size());
  if (!checkpoint) return;
  const auto name = fmt::format("checkpoint {}", edge_.size());
  const auto opened = log::open_checkpoint(checkpoint->note, first_.log_key);
  report_.checked(Report::What::checkpoints);
  if (!opened)
    report_.wrong(name, opened.error().detail);
  else if (opened->size != edge_.size() || opened->root != checkpoint->root)
    report_.wrong(name, "says another size or root than its row");
  else if (opened->root != edge_.root())
    report_.wrong(name, "does not have the root of the entries before it");
  // By this time the daemon tells whether an act is fresh.
  if (checkpoint->at != at) report_.wrong(name, "has a row that says another time than its last entry");
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

std::optional<Verification::Named> Verification::check_act(const Entry& entry) {
  if (!entry.act) return std::nullopt;
  const auto missing = [&](std::string what) {
    wrong(entry, std::move(what));
    return std::nullopt;
  };
  const auto stored = store::act_of_entry(db_, entry.seq);
  if (!stored) return missing("has lost its act");
  report_.checked(Report::What::acts);
  if (envelope_hash(view(stored->envelope)) != *entry.act)
    return missing("has another act than the one that it names: the act was changed or exchanged");
  auto act = parse_act(view(stored->envelope));
  if (!act) return missing(fmt::format("has an act that cannot be read: {}", act.error().detail));
  differs(entry, "acts", store::act_differs(db_, stored->row, *act));
  return Named{std::move(*act), stored->row};
}

void Verification::check_taken(const Entry& entry, const Named& named) {
  const auto& [act, row] = named;
  taken_acts_.insert(row);
  const auto seen = store::checkpoint_of_size(db_, act.payload.seen.size);
  if (!seen || seen->root != act.payload.seen.root)
    wrong(entry, "took an act whose signer had seen a log that this one never was");
  if (entry.type == EvidenceSubmit::kType) check_submission(entry, act, row);
  if (entry.type == EvidenceRetrieve::kType) check_retrieval(entry, act, row);
  if (entry.type == CaseOpen::kType) {
    if (const auto body = body_of<CaseOpen>(act)) check_parts(entry, body->parts, row);
  }
}

// The card that it enrolled, if it is one.
std::optional<Card> Verification::check_roster_change(const Entry& entry, const Act& act) {
  std::optional<Card> card;
  if (entry.type == MemberEnrol::kType) {
    auto query = db_.prepare("SELECT card FROM members WHERE member = ?");
    auto parsed = query.bind(entry.seq).step() ? parse_card(query.bytes(0))
                                               : Result<Card>(fail(ErrorCode::not_found, "it is missing"));
    if (!parsed) {
      wrong(entry,
            fmt::format("enrolled a card that is not in the members table as it was: {}", parsed.error().detail));
      return std::nullopt;
    }
    card = std::move(*parsed);
  }
  if (const auto replayed = roster_->replay(entry, act, card ? &*card : nullptr); !replayed) {
    wrong(entry, replayed.error().detail);
    return std::nullopt;
  }
  return card;
}

void Verification::check_parts(const Entry& entry, const PartList& parts, store::Row row) {
  for (const auto& [part, commitment] : parts.entries) {
    const auto name = fmt::format("entry {}, part {}", entry.seq, part);
    const auto bytes = store::part_of(db_, row, part);
    report_.checked(Report::What::parts);
    if (!bytes) {
      report_.wrong(name, "is missing");
      continue;
    }
    if (!is_part(part, *bytes, commitment)) report_.wrong(name, "does not match its commitment: it was changed");
  }
  auto stored = db_.prepare("SELECT name FROM parts WHERE act = ?");
  stored.bind(row);
  while (stored.step()) {
    if (parts.find(stored.text(0)) == nullptr)
      report_.wrong(fmt::format("entry {}, part {}", entry.seq, stored.text(0)), "is no part of its act");
  }
}

void Verification::check_submission(const Entry& entry, const Act& act, store::Row row) {
  submissions_.push_back(entry.seq);
  items_.emplace(entry.subject, entry.seq);
  const auto body = body_of<EvidenceSubmit>(act);
  if (!body) return;  // the replay said so
  check_parts(entry, body->parts, row);
  check_item_row(entry, act, *body, row);
  const auto name = fmt::format("entry {}, release share", entry.seq);
  const auto share = store::release_share_of(db_, entry.seq);
  const auto id = crypto::item_id(first_.genesis, act.payload.actor, body->nonce);
  const auto context = crypto::item_context(first_.genesis, id, body->case_id, act.payload.actor);
  if (!share)
    report_.wrong(name, "is missing: the item can never be opened");
  else if (crypto::release_commitment(context, *share) != body->release_commitment)
    report_.wrong(name, "does not match its commitment");
  check_object(entry, *body);
}

// What the item is found by, against the act and the part that it was indexed from.
void Verification::check_item_row(const Entry& entry, const Act& act, const EvidenceSubmit& body, store::Row row) {
  const auto* const commitment = body.parts.find("private");
  const auto bytes = store::part_of(db_, row, "private");
  const auto root = bytes ? salted_root(*bytes) : Result<crypto::Digest>(fail(ErrorCode::not_found, ""));
  if (commitment == nullptr || !root || *root != *commitment) return;  // said of the part: there is nothing to go by
  const auto part = parse_form<SubmitPrivate>(*bytes, "the private part");
  if (!part) return report_.wrong(fmt::format("entry {}, part private", entry.seq), part.error().detail);
  const auto id = crypto::item_id(first_.genesis, act.payload.actor, body.nonce);
  std::optional<std::uint64_t> number;
  if (entry.outcome == Outcome::accepted) number = replay_->numbers_of(body.case_id);
  differs(entry, "items", store::item_differs(db_, {entry.seq, id, body, *part, act.payload.actor, number}));
}

void Verification::check_retrieval(const Entry& entry, const Act& act, store::Row row) {
  const auto body = body_of<EvidenceRetrieve>(act);
  const auto facts = facts_of<RetrieveFacts>(entry);
  if (!body || !facts || !facts->until) return;  // the replay said so
  grants_.push_back(entry.seq);
  check_parts(entry, body->parts, row);
  const auto item = items_.find(entry.subject);
  if (item == items_.end()) return;  // as well
  differs(entry, "releases",
          store::release_differs(db_, row, {entry.seq, body->scope, *facts->until}, item->second, act.payload.actor));
}

void Verification::check_object(const Entry& entry, const EvidenceSubmit& body) {
  const auto name = fmt::format("object of entry {} ({})", entry.seq, entry.subject);
  report_.checked(Report::What::objects);
  std::uint64_t size = 0;
  crypto::Digest digest;
  if (const auto small = store::small_object(db_, entry.seq)) {
    size = small->size();
    digest = crypto::sha256(*small);
  } else {
    auto file = objects_.read(body.object.sha256);
    if (!file) return report_.wrong(name, "is missing");
    crypto::Sha256 hash;
    Bytes piece(256 * 1024);
    for (;;) {
      const auto n = file->read(piece);
      if (!n) return report_.wrong(name, n.error().detail);
      if (*n == 0) break;
      hash.update(ByteView(piece).first(*n));
      size += *n;
    }
    digest = hash.finish();
  }
  report_.add_bytes(size);
  if (size != body.object.size)
    report_.wrong(name,
                  fmt::format("has {} bytes, and was deposited with {}: it was cut or grew", size, body.object.size));
  else if (digest != body.object.sha256)
    report_.wrong(name, "was changed: its SHA-256 is not the one in its act");
}

void Verification::check_ends() {
  compare_tiles(true);
  const auto latest = store::latest_checkpoint(db_);
  if (!latest || latest->size != total_) {
    report_.wrong("the database", fmt::format("ends at entry {}, and its latest checkpoint is of {} entries",
                                              total_ - 1, latest ? latest->size : 0));
  }
  check_checkpoint_file();
  for (auto& what : replay_->finish(*roster_)) report_.wrong("the log", std::move(what));
  check_tables(db_, *replay_, *roster_, {total_, submissions_, grants_, taken_acts_}, report_);
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

}  // namespace

Result<> verify_archive(const Folder& folder, const crypto::MasterKey& master, bool json) {
  DEPONE_ASSIGN(auto db, store::Connection::open(folder.database(), crypto::database_key(master),
                                                 store::Connection::Mode::read_only));
  DEPONE_ASSIGN(auto objects, store::ObjectFolder::open(folder.objects()));
  Report report;
  Verification verification(db, folder, std::move(objects), report);
  try {
    if (const auto ran = verification.run(); !ran) report.wrong("the archive", ran.error().detail);
  } catch (const std::exception& broken) {  // the database itself cannot be read any further
    report.wrong("the database", broken.what());
  }
  report.print(json);
  if (report.is_clean()) return {};
  return fail(ErrorCode::damaged, fmt::format("{} things are wrong in {}", report.wrongs(), folder.path.string()));
}

}  // namespace depone::daemon::verify
