#include "daemon/verify/verify.h"

#include <unordered_map>

#include <fmt/format.h>
#include <unistd.h>

#include "crypto/hash.h"
#include "crypto/item_keys.h"
#include "crypto/log/tile.h"
#include "daemon/ledger/checkpoint_file.h"
#include "daemon/ledger/start.h"
#include "daemon/store/catalogue_tables.h"
#include "daemon/store/object_folder.h"
#include "daemon/store/schema.h"
#include "daemon/verify/report.h"
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
  void check_links(const Entry& entry);
  void check_tree(std::uint64_t seq, const crypto::Digest& leaf);
  void check_act(const Entry& entry);
  void check_outcome(const Entry& entry, const Act& act, store::Row row);
  void check_roster_change(const Entry& entry, const Act& act);
  void check_submission(const Entry& entry, const Act& act, store::Row row);
  void check_parts(const Entry& entry, const PartList& parts, store::Row row);
  void check_object(const Entry& entry, const EvidenceSubmit& body);
  void check_ends();
  void check_stray_objects();
  void compare_tiles(bool at_end);
  void show_progress(std::uint64_t seq);

  store::Connection& db_;
  const Folder& folder_;
  store::ObjectFolder objects_;
  Report& report_;
  store::DatabaseTiles tiles_;

  ledger::FirstEntry first_;
  std::optional<policy::Roster> roster_;
  log::TreeEdge edge_;
  crypto::Digest last_leaf_;
  TimePoint last_at_;
  std::unordered_map<std::string, std::uint64_t> last_on_;  // by subject
  std::uint64_t total_ = 0;
  std::uint64_t submissions_ = 0;
  std::uint64_t releases_ = 0;
  bool progress_ = system::is_terminal(STDERR_FILENO);
};

Result<> Verification::begin() {
  DEPONE_TRY(store::check_schema(db_));
  DEPONE_ASSIGN(first_, ledger::first_entry(db_));
  auto query = db_.prepare("SELECT card FROM members WHERE member = 0");
  if (!query.step()) return fail(ErrorCode::damaged, "the first custodian's card is missing from the database");
  DEPONE_ASSIGN(const Card custodian, parse_card(query.bytes(0)));
  DEPONE_ASSIGN(roster_, policy::Roster::begin(first_.entry, first_.genesis, custodian));
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
    last_leaf_ = leaf;
    return;
  }
  if (entry->seq != seq) report_.wrong(name, fmt::format("calls itself {}", entry->seq));
  if (!entry_type_is_known(entry->type))
    report_.unknown(name, fmt::format("is of the type {}, which this deponed does not know", entry->type));
  check_links(*entry);
  check_act(*entry);
  last_leaf_ = leaf;
}

void Verification::check_links(const Entry& entry) {
  const auto name = fmt::format("entry {}", entry.seq);
  const auto expected_prev = entry.seq == 0 ? crypto::Digest{} : last_leaf_;
  if (entry.prev != expected_prev) report_.wrong(name, "does not follow the entry before it: the chain is broken here");
  if (entry.at < last_at_) report_.wrong(name, "is older than the entry before it");
  last_at_ = std::max(last_at_, entry.at);
  const auto roster = entry.seq == 0 ? std::nullopt : std::optional(roster_->head());
  if (entry.roster != roster) report_.wrong(name, "does not point at the latest change of the roster");
  std::optional<std::uint64_t> before;
  if (!entry.subject.empty()) {
    const auto known = last_on_.find(entry.subject);
    if (known != last_on_.end()) before = known->second;
    last_on_[entry.subject] = entry.seq;
  }
  if (entry.before != before)
    report_.wrong(name, "does not point at the entry before it on its subject: custody was hidden");
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

void Verification::check_act(const Entry& entry) {
  const auto name = fmt::format("entry {}", entry.seq);
  if (!entry.act) return;
  const auto stored = store::act_of_entry(db_, entry.seq);
  if (!stored) return report_.wrong(name, "has lost its act");
  report_.checked(Report::What::acts);
  if (envelope_hash(view(stored->envelope)) != *entry.act)
    return report_.wrong(name, "has another act than the one that it names: the act was changed or exchanged");
  const auto act = parse_act(view(stored->envelope));
  if (!act) return report_.wrong(name, fmt::format("has an act that cannot be read: {}", act.error().detail));
  const auto* const actor = roster_->find(act->payload.actor);
  if (actor == nullptr) return report_.wrong(name, "has an act by somebody who was never enrolled");
  if (!verify_envelope(act->envelope, actor->sign))
    return report_.wrong(name, "has an act whose signature does not verify");
  const bool serving = entry.type == kEvidenceServe || entry.type == kEvidenceServed;
  if (serving) return;
  if (act->payload.type != entry.type || !entry.actor || *entry.actor != act->payload.actor)
    report_.wrong(name, "says another type or actor than its act");
  if (entry.outcome != Outcome::refused) check_outcome(entry, *act, stored->row);
}

void Verification::check_outcome(const Entry& entry, const Act& act, store::Row row) {
  if (changes_roster(entry)) check_roster_change(entry, act);
  if (entry.type == EvidenceSubmit::kType) check_submission(entry, act, row);
  if (entry.type == CaseOpen::kType) {
    if (const auto body = body_of<CaseOpen>(act)) check_parts(entry, body->parts, row);
  }
  if (entry.type == EvidenceRetrieve::kType) {
    ++releases_;
    if (const auto body = body_of<EvidenceRetrieve>(act)) check_parts(entry, body->parts, row);
  }
}

void Verification::check_roster_change(const Entry& entry, const Act& act) {
  std::optional<Card> card;
  if (entry.type == MemberEnrol::kType) {
    auto query = db_.prepare("SELECT card FROM members WHERE member = ?");
    auto parsed = query.bind(entry.seq).step() ? parse_card(query.bytes(0))
                                               : Result<Card>(fail(ErrorCode::not_found, "it is missing"));
    if (!parsed)
      return report_.wrong(
          fmt::format("entry {}", entry.seq),
          fmt::format("enrolled a card that is not in the members table as it was: {}", parsed.error().detail));
    card = std::move(*parsed);
  }
  if (const auto replayed = roster_->replay(entry, act, card ? &*card : nullptr); !replayed) {
    report_.wrong(fmt::format("entry {}", entry.seq), replayed.error().detail);
  }
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
    const bool salted = part == "private" || part == "identity";
    const auto hash = salted ? salted_root(*bytes) : Result<crypto::Digest>(crypto::sha256(*bytes));
    if (!hash || *hash != commitment) report_.wrong(name, "does not match its commitment: it was changed");
  }
}

void Verification::check_submission(const Entry& entry, const Act& act, store::Row row) {
  ++submissions_;
  const auto name = fmt::format("entry {}", entry.seq);
  const auto body = body_of<EvidenceSubmit>(act);
  if (!body) return report_.wrong(name, body.error().detail);
  check_parts(entry, body->parts, row);
  const auto id = crypto::item_id(first_.genesis, act.payload.actor, body->nonce);
  const auto item = store::find_item(db_, id);
  const auto facts = facts_of<SubmitFacts>(entry);
  if (subject_of(id) != entry.subject) report_.wrong(name, "is about another item than its act");
  if (!item || item->seq != entry.seq || item->case_id != body->case_id || item->submitter != act.payload.actor ||
      item->object != body->object.sha256 || item->bytes != body->object.size || (facts && item->ref != facts->ref)) {
    report_.wrong(name, "has a row in the items table that does not say what the act says");
  }
  const auto share = store::release_share_of(db_, entry.seq);
  const auto context = crypto::item_context(first_.genesis, id, body->case_id, act.payload.actor);
  if (!share)
    report_.wrong(fmt::format("{}, release share", name), "is missing: the item can never be opened");
  else if (crypto::release_commitment(context, *share) != body->release_commitment)
    report_.wrong(fmt::format("{}, release share", name), "does not match its commitment");
  check_object(entry, *body);
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
  const auto file = ledger::CheckpointFile::last(folder_.checkpoints(), first_.log_key);
  if (!file)
    report_.wrong("the checkpoint file", file.error().detail);
  else if (file->size > total_)
    report_.wrong(
        "the database",
        fmt::format("was put back to an earlier state: it ends at entry {}, and a checkpoint of {} entries was signed",
                    total_ - 1, file->size));
  else {
    log::TileHashReader hashes(tiles_, total_);
    const auto then = log::root(hashes, file->size);
    if (!then || *then != file->root) report_.wrong("the checkpoint file", "is of another history than the database");
  }
  if (const auto difference = store::differs_from(db_, *roster_)) report_.wrong("the database", *difference);
  if (store::count_items(db_) != submissions_)
    report_.wrong("the items table", "has more or fewer rows than were submitted");
  auto query = db_.prepare("SELECT count(*) FROM releases");
  query.step();
  if (query.number(0) != releases_) report_.wrong("the releases table", "has more or fewer rows than were granted");
  auto subjects = db_.prepare("SELECT name, last_seq FROM subjects");
  while (subjects.step()) {
    const auto known = last_on_.find(std::string(subjects.text(0)));
    if (known == last_on_.end() || known->second != subjects.number(1))
      report_.wrong(fmt::format("subject {}", subjects.text(0)), "has a row that does not name its latest entry");
  }
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
