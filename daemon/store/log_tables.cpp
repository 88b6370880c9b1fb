#include "daemon/store/log_tables.h"

#include <fmt/format.h>

namespace depone::daemon::store {

using crypto::Digest;
using protocol::record::TimePoint;

std::int64_t to_millis(TimePoint time) { return time.time_since_epoch().count(); }
TimePoint from_millis(std::int64_t millis) { return TimePoint(std::chrono::milliseconds(millis)); }

std::optional<Subject> find_subject(Connection& db, std::string_view name) {
  auto query = db.prepare("SELECT subject, last_seq FROM subjects WHERE name = ?");
  if (!query.bind(name).step()) return std::nullopt;
  return Subject{query.integer(0), query.number(1)};
}

Row touch_subject(Connection& db, std::string_view name, std::uint64_t seq) {
  auto query = db.prepare(
      "INSERT INTO subjects (name, last_seq) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET last_seq = "
      "excluded.last_seq RETURNING subject");
  query.bind(name).bind(seq).step();
  const Row row = query.integer(0);
  query.run();
  return row;
}

void insert_entry(Connection& db, std::uint64_t seq, std::optional<Row> act, std::optional<Row> subject,
                  std::string_view bytes) {
  db.prepare("INSERT INTO entries (seq, act, subject, bytes) VALUES (?, ?, ?, ?)")
      .bind(seq)
      .bind(act)
      .bind(subject)
      .bind(view(bytes))
      .run();
}

std::optional<std::string> entry_bytes(Connection& db, std::uint64_t seq) {
  auto query = db.prepare("SELECT bytes FROM entries WHERE seq = ?");
  if (!query.bind(seq).step()) return std::nullopt;
  return std::string(text_view(query.bytes(0)));
}

std::vector<std::string> entries_between(Connection& db, std::uint64_t first, std::uint64_t end) {
  std::vector<std::string> out;
  auto query = db.prepare("SELECT seq, bytes FROM entries WHERE seq >= ? AND seq < ? ORDER BY seq");
  query.bind(first).bind(end);
  while (query.step() && query.number(0) == first + out.size()) out.emplace_back(text_view(query.bytes(1)));
  return out;
}

std::uint64_t count_entries(Connection& db) {
  auto query = db.prepare("SELECT coalesce(max(seq) + 1, 0) FROM entries");
  query.step();
  return query.number(0);
}

std::vector<std::uint64_t> walk_back(Connection& db, std::optional<std::uint64_t>& seq,
                                     std::optional<std::uint64_t> after, std::size_t most) {
  std::vector<std::uint64_t> out;
  while (seq && out.size() < most) {
    if (after && *seq <= *after) {
      seq.reset();
      break;
    }
    const auto bytes = entry_bytes(db, *seq);
    const auto entry = bytes ? protocol::record::parse_entry(view(*bytes))
                             : Result<protocol::record::Entry>(fail(ErrorCode::damaged, "it is missing"));
    if (!entry || (entry->before && *entry->before >= *seq))
      throw std::runtime_error(fmt::format("the chain of a subject is broken at entry {}", *seq));
    out.push_back(*seq);
    seq = entry->before;
  }
  return out;
}

namespace {

std::optional<StoredAct> stored_act(Statement& query) {
  if (!query.step()) return std::nullopt;
  return StoredAct{query.integer(0), std::string(text_view(query.bytes(1))), query.integer(2) != 0};
}

}  // namespace

std::optional<StoredAct> find_act(Connection& db, const Digest& hash) {
  auto query = db.prepare("SELECT act, envelope, taken FROM acts WHERE hash = ?");
  return stored_act(query.bind(hash.span()));
}

std::optional<StoredAct> act_of_entry(Connection& db, std::uint64_t seq) {
  auto query = db.prepare("SELECT act, envelope, taken FROM entries JOIN acts USING (act) WHERE seq = ?");
  return stored_act(query.bind(seq));
}

std::vector<std::string> envelopes_between(Connection& db, std::uint64_t first, std::uint64_t end, std::size_t bytes) {
  std::vector<std::string> out;
  std::size_t length = 0;
  auto query = db.prepare(
      "SELECT seq, envelope FROM entries LEFT JOIN acts USING (act) WHERE seq >= ? AND seq < ? ORDER BY seq");
  query.bind(first).bind(end);
  while (length < bytes && query.step() && query.number(0) == first + out.size()) {
    out.emplace_back(text_view(query.bytes(1)));
    length += out.back().size();
  }
  return out;
}

bool act_id_taken(Connection& db, const crypto::KeyId& actor, const crypto::ActId& id, const Digest& hash) {
  auto query = db.prepare("SELECT 1 FROM acts WHERE id = ? AND actor = ? AND taken = 1 AND hash <> ?");
  return query.bind(id.span()).bind(actor.span()).bind(hash.span()).step();
}

Row insert_act(Connection& db, const protocol::record::Act& act, bool taken) {
  db.prepare("INSERT INTO acts (hash, actor, id, taken, envelope) VALUES (?, ?, ?, ?, ?)")
      .bind(act.hash.span())
      .bind(act.payload.actor.span())
      .bind(act.payload.id.span())
      .bind(taken ? 1 : 0)
      .bind(view(act.bytes))
      .run();
  return db.last_row_id();
}

void mark_taken(Connection& db, Row act) { db.prepare("UPDATE acts SET taken = 1 WHERE act = ?").bind(act).run(); }

std::vector<std::uint64_t> entries_of_act(Connection& db, Row act) {
  std::vector<std::uint64_t> out;
  auto query = db.prepare("SELECT seq FROM entries WHERE act = ? ORDER BY seq");
  query.bind(act);
  while (query.step()) out.push_back(query.number(0));
  return out;
}

void insert_part(Connection& db, Row act, std::string_view name, ByteView bytes) {
  db.prepare("INSERT INTO parts (act, name, bytes) VALUES (?, ?, ?)").bind(act).bind(name).bind(bytes).run();
}

std::optional<Bytes> part_of(Connection& db, Row act, std::string_view name) {
  auto query = db.prepare("SELECT bytes FROM parts WHERE act = ? AND name = ?");
  if (!query.bind(act).bind(name).step()) return std::nullopt;
  return to_bytes(query.bytes(0));
}

std::optional<Bytes> part_of_entry(Connection& db, std::uint64_t seq, std::string_view name) {
  auto query = db.prepare("SELECT p.bytes FROM entries e JOIN parts p ON p.act = e.act WHERE e.seq = ? AND p.name = ?");
  if (!query.bind(seq).bind(name).step()) return std::nullopt;
  return to_bytes(query.bytes(0));
}

Result<std::vector<Digest>> DatabaseTiles::tile(unsigned level, std::uint64_t number, std::size_t width) {
  auto query = db_.prepare("SELECT hashes FROM tiles WHERE level = ? AND number = ?");
  const bool found = query.bind(std::int64_t{level}).bind(number).step();
  const auto bytes = found ? query.bytes(0) : ByteView{};
  if (bytes.size() % Digest::kSize != 0 || bytes.size() / Digest::kSize < width) {
    return fail(ErrorCode::damaged,
                fmt::format("{} is missing or cut in the database", crypto::log::tile_path({level, number, width})));
  }
  std::vector<Digest> hashes(bytes.size() / Digest::kSize);
  for (std::size_t i = 0; i < hashes.size(); ++i)
    hashes[i] = *Digest::from(bytes.subspan(i * Digest::kSize, Digest::kSize));
  return hashes;
}

void store_tile(Connection& db, const crypto::log::TreeEdge::ChangedTile& tile) {
  static_assert(sizeof(Digest) == Digest::kSize);
  const ByteView bytes(reinterpret_cast<const std::uint8_t*>(tile.hashes.data()), tile.hashes.size() * Digest::kSize);
  db.prepare(
        "INSERT INTO tiles (level, number, hashes) VALUES (?, ?, ?) ON CONFLICT (level, number) DO UPDATE SET hashes = "
        "excluded.hashes")
      .bind(std::int64_t{tile.level})
      .bind(tile.number)
      .bind(bytes)
      .run();
}

namespace {

std::optional<StoredCheckpoint> stored_checkpoint(Statement& query) {
  if (!query.step()) return std::nullopt;
  return StoredCheckpoint{query.number(0), from_millis(query.integer(1)),
                          Digest::from(query.bytes(2)).value_or(Digest{}), std::string(query.text(3))};
}

}  // namespace

void insert_checkpoint(Connection& db, const StoredCheckpoint& checkpoint) {
  db.prepare("INSERT INTO checkpoints (size, at, root, note) VALUES (?, ?, ?, ?)")
      .bind(checkpoint.size)
      .bind(to_millis(checkpoint.at))
      .bind(checkpoint.root.span())
      .bind(std::string_view(checkpoint.note))
      .run();
}
std::optional<StoredCheckpoint> latest_checkpoint(Connection& db) {
  auto query = db.prepare("SELECT size, at, root, note FROM checkpoints ORDER BY size DESC LIMIT 1");
  return stored_checkpoint(query);
}
std::optional<StoredCheckpoint> first_checkpoint_over(Connection& db, std::uint64_t seq) {
  auto query = db.prepare("SELECT size, at, root, note FROM checkpoints WHERE size > ? ORDER BY size LIMIT 1");
  return stored_checkpoint(query.bind(seq));
}
std::optional<StoredCheckpoint> checkpoint_of_size(Connection& db, std::uint64_t size) {
  auto query = db.prepare("SELECT size, at, root, note FROM checkpoints WHERE size = ?");
  return stored_checkpoint(query.bind(size));
}
std::vector<StoredCheckpoint> checkpoints_between(Connection& db, std::uint64_t after, std::uint64_t last) {
  auto query = db.prepare("SELECT size, at, root, note FROM checkpoints WHERE size > ? AND size <= ? ORDER BY size");
  query.bind(after).bind(last);
  std::vector<StoredCheckpoint> out;
  while (auto checkpoint = stored_checkpoint(query)) out.push_back(std::move(*checkpoint));
  return out;
}

void insert_key(Connection& db, std::string_view name, ByteView seed) {
  db.prepare("INSERT INTO keys (name, seed) VALUES (?, ?)").bind(name).bind(seed).run();
}

}  // namespace depone::daemon::store
