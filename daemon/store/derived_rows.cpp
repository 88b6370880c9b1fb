#include "daemon/store/derived_rows.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace depone::daemon::store {

using namespace protocol::record;

namespace {

// Gathers the names of the columns that differ.
class Columns {
 public:
  explicit Columns(const Statement& row) : row_(row) {}
  void text(std::string_view name, std::string_view right) { note(name, row_.text(column_) == right); }
  void bytes(std::string_view name, ByteView right) { note(name, std::ranges::equal(row_.bytes(column_), right)); }
  void number(std::string_view name, std::optional<std::uint64_t> right) {
    note(name, right ? !row_.is_null(column_) && row_.number(column_) == *right : row_.is_null(column_));
  }
  void note(std::string_view name, bool right) {
    ++column_;
    if (right) return;
    if (!differing_.empty()) differing_ += ", ";
    differing_ += name;
  }
  Difference take() && {
    if (differing_.empty()) return std::nullopt;
    return "does not say what the act and its parts say: " + differing_;
  }

 private:
  const Statement& row_;
  int column_ = 0;
  std::string differing_;
};

bool has_codes(Connection& db, std::uint64_t item, const std::set<std::string>& codes) {
  return std::ranges::all_of(codes, [&](const std::string& code) {
    auto row = db.prepare("SELECT 1 FROM item_codes WHERE code = ? AND item = ?");
    return row.bind(std::string_view(code)).bind(item).step();
  });
}

}  // namespace

Difference item_differs(Connection& db, const NewItem& item) {
  auto row = db.prepare(
      "SELECT i.id, c.id, m.key_id, i.epoch, i.number, i.kind, i.object, i.bytes FROM items i LEFT JOIN cases c ON "
      "c.\"case\" = i.\"case\" LEFT JOIN members m ON "
      "m.member = i.submitter WHERE i.item = ?");
  if (!row.bind(item.seq).step()) return "is missing";
  Columns columns(row);
  columns.bytes("id", item.id.span());
  columns.bytes("case", item.body.case_id.span());
  columns.bytes("submitter", item.submitter.span());
  columns.number("epoch", item.body.epoch);
  columns.number("number", item.number);
  columns.number("kind", static_cast<std::uint64_t>(item.body.kind));
  columns.bytes("object", item.body.object.sha256.span());
  columns.number("bytes", item.body.object.size);
  return std::move(columns).take();
}

std::uint64_t described_by(Connection& db, std::uint64_t item) {
  auto row = db.prepare("SELECT described FROM items WHERE item = ?");
  return row.bind(item).step() ? row.number(0) : 0;
}

Difference description_differs(Connection& db, std::uint64_t item, std::uint64_t seq, const Described& holds,
                               const SubmitPrivate& said) {
  auto row = db.prepare(
      "SELECT described, said, manifest, sensitivity, summary, date_from, date_to FROM items WHERE item = ?");
  if (!row.bind(item).step()) return "is missing";
  const auto& catalogue = said.catalogue;
  Columns columns(row);
  columns.number("described", seq);
  columns.number("said", holds.private_part);
  columns.number("manifest", holds.manifest);
  columns.number("sensitivity", static_cast<std::uint64_t>(holds.sensitivity));
  columns.text("summary", catalogue.summary);
  columns.text("date_from", catalogue.event_date.from.text);
  columns.text("date_to", last_date(catalogue.event_date).text);
  columns.note("codes", has_codes(db, item, codes_in(said)));
  return std::move(columns).take();
}

std::set<std::string> codes_in(const SubmitPrivate& said) {
  std::set<std::string> codes(said.catalogue.crimes.begin(), said.catalogue.crimes.end());
  codes.insert(said.catalogue.recommendations.begin(), said.catalogue.recommendations.end());
  return codes;
}

std::uint64_t count_codes(Connection& db) {
  auto query = db.prepare("SELECT count(*) FROM item_codes");
  query.step();
  return query.number(0);
}

Difference share_differs(Connection& db, std::uint64_t seq, std::uint64_t item, const policy::Placement& placement) {
  auto row = db.prepare(
      "SELECT s.item, c.id, s.epoch FROM shares s LEFT JOIN cases c ON c.\"case\" = s.\"case\" WHERE s.seq = ?");
  if (!row.bind(seq).step()) return "is missing";
  Columns columns(row);
  columns.number("item", item);
  columns.bytes("case", placement.case_id.span());
  columns.number("epoch", placement.epoch);
  if (auto differing = std::move(columns).take()) return differing;
  return row.step() ? Difference("stands more than once") : std::nullopt;
}

Difference release_differs(Connection& db, Row act, const Release& release, std::uint64_t item,
                           const crypto::KeyId& reader) {
  auto row = db.prepare(
      "SELECT r.act, r.item, m.key_id, r.scope, r.until FROM releases r LEFT JOIN members m ON m.member = r.reader "
      "WHERE r.seq = ?");
  if (!row.bind(release.seq).step()) return "is missing";
  Columns columns(row);
  columns.number("act", static_cast<std::uint64_t>(act));
  columns.number("item", item);
  columns.bytes("reader", reader.span());
  columns.text("scope", word(release.scope));
  columns.number("until", static_cast<std::uint64_t>(to_millis(release.until)));
  return std::move(columns).take();
}

Difference act_differs(Connection& db, Row act, const Act& right) {
  auto row = db.prepare("SELECT hash, actor, id FROM acts WHERE act = ?");
  if (!row.bind(act).step()) return "is missing";
  Columns columns(row);
  columns.bytes("hash", right.hash.span());
  columns.bytes("actor", right.payload.actor.span());
  columns.bytes("id", right.payload.id.span());
  return std::move(columns).take();
}

Difference entry_differs(Connection& db, const Entry& entry) {
  auto row = db.prepare(
      "SELECT coalesce(s.name, ''), coalesce(a.hash, x'') FROM entries e LEFT JOIN subjects s USING (subject) LEFT "
      "JOIN acts a ON a.act = e.act WHERE seq = ?");
  if (!row.bind(entry.seq).step()) return "is missing";
  if (row.text(0) != entry.subject) return "stands under another subject than the entry names";
  if (!std::ranges::equal(row.bytes(1), entry.act ? entry.act.value->span() : ByteView{}))
    return "stands with another act than the entry names";
  return std::nullopt;
}

Difference keys_differ(Connection& db, const InitFacts& facts) {
  for (const auto& [name, right] : {std::pair{"log", facts.log}, std::pair{"tls", facts.tls}}) {
    if (crypto::SigningKey(key_named<crypto::SigningSeed>(db, name)).public_key() != right)
      return fmt::format("{} is not the key that entry 0 names", name);
  }
  const auto intake = crypto::seal_public_key(facts.intake.suite, key_named<crypto::SealSeed>(db, "intake"));
  if (!intake || *intake != facts.intake) return "intake is not the key that entry 0 names";
  return std::nullopt;
}

// --- rows with nothing behind them ---------------------------------------------------------------------------------

namespace {

// Every value of `sql`'s first column must be right.
template <class Right>
void sweep(Connection& db, std::string_view sql, std::string_view name, std::string_view what, Right right,
           std::vector<std::string>& out) {
  auto query = db.prepare(sql);
  while (query.step()) {
    if (!right(query.number(0))) out.push_back(fmt::format("{} {} {}", name, query.integer(0), what));
  }
}

}  // namespace

std::vector<std::string> rows_without_cause(Connection& db, const Behind& behind) {
  std::vector<std::string> out;
  const auto submitted = [&](std::uint64_t seq) { return behind.submissions.contains(seq); };
  const auto shared = [&](std::uint64_t seq) { return behind.shares.contains(seq); };
  const auto granted = [&](std::uint64_t seq) { return behind.grants.contains(seq); };
  const auto taken = [&](std::uint64_t row) { return behind.taken_acts.contains(row); };
  const auto never = [](std::uint64_t) { return false; };
  constexpr std::string_view kNoItem = "is of an item that nobody submitted";
  sweep(db, "SELECT item FROM items", "items: row", kNoItem, submitted, out);
  sweep(db, "SELECT item FROM item_codes", "item_codes: row of item", kNoItem, submitted, out);
  sweep(db, "SELECT item FROM release_shares", "release_shares: row", kNoItem, submitted, out);
  sweep(db, "SELECT item FROM objects", "objects: row", kNoItem, submitted, out);
  sweep(db, "SELECT seq FROM shares", "shares: row", "is of no share that was taken", shared, out);
  sweep(db, "SELECT seq FROM releases", "releases: row", "is of a retrieval that was not granted", granted, out);
  sweep(db, "SELECT act FROM acts WHERE taken <> 0", "acts: row", "is marked as taken, and no entry took it", taken,
        out);
  sweep(db, "SELECT act FROM acts EXCEPT SELECT act FROM entries", "acts: row", "is named by no entry", never, out);
  sweep(db, "SELECT act FROM parts", "parts: row of act", "is of an act that was not taken", taken, out);
  sweep(
      db, "SELECT seq FROM entries", "entries: row", "is none of the log",
      [&](std::uint64_t seq) { return seq < behind.entries; }, out);
  sweep(
      db, "SELECT size FROM checkpoints", "checkpoints: row", "is of no tree that this log had",
      [&](std::uint64_t size) { return size >= 1 && size <= behind.entries; }, out);
  auto tiles = db.prepare("SELECT level, number FROM tiles");
  while (tiles.step()) {
    const auto level = tiles.number(0), number = tiles.number(1);
    const auto width = level < 8 ? behind.entries >> (crypto::log::kTileHeight * level) : 0;
    if (number > width || number * crypto::log::kTileWidth >= width)
      out.push_back(fmt::format("tiles: row {} {} is of no tree that this log had", level, number));
  }
  auto unmarked = db.prepare("SELECT act FROM acts WHERE taken <> 1");
  while (unmarked.step()) {
    if (taken(unmarked.number(0)))
      out.push_back(fmt::format("acts: row {} was taken, and is marked as if it was not", unmarked.integer(0)));
  }
  return out;
}

}  // namespace depone::daemon::store
