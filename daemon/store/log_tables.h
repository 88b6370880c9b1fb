// The record itself in SQL: entries, acts, parts, tiles, checkpoints. Functions of a connection; no policy here.
#pragma once

#include "crypto/log/tile.h"
#include "daemon/store/database.h"
#include "protocol/record/act.h"
#include "protocol/record/entry.h"

namespace depone::daemon::store {

using Row = std::int64_t;

// --- entries and subjects
struct Subject {
  Row row = 0;
  std::optional<std::uint64_t> last_seq;
};
std::optional<Subject> find_subject(Connection& db, std::string_view name);
Row touch_subject(Connection& db, std::string_view name, std::uint64_t seq);  // makes it, or moves last_seq on

void insert_entry(Connection& db, std::uint64_t seq, std::optional<Row> act, std::optional<Row> subject,
                  std::string_view bytes);
std::optional<std::string> entry_bytes(Connection& db, std::uint64_t seq);
// The entries from `first` to before `end`, up to the first that is missing.
std::vector<std::string> entries_between(Connection& db, std::uint64_t first, std::uint64_t end);
std::uint64_t count_entries(Connection& db);
// Up to `most` entries on a subject from `seq` backwards by their `before` pointers, as long as they are later than
// `after`; `seq` becomes where to go on, or nothing at the end. Throws where an entry is missing or the chain runs on.
std::vector<std::uint64_t> walk_back(Connection& db, std::optional<std::uint64_t>& seq,
                                     std::optional<std::uint64_t> after, std::size_t most);

// --- acts and parts
struct StoredAct {
  Row row = 0;
  std::string envelope;
  bool taken = false;
};
std::optional<StoredAct> find_act(Connection& db, const crypto::Digest& hash);
std::optional<StoredAct> act_of_entry(Connection& db, std::uint64_t seq);
// The envelopes of the acts that entries from `first` to before `end` name, nothing where one names none: at least
// one, and no more once these are `bytes` long.
std::vector<std::string> envelopes_between(Connection& db, std::uint64_t first, std::uint64_t end, std::size_t bytes);
// Whether this actor's act of this id was taken with other bytes than `hash`.
bool act_id_taken(Connection& db, const crypto::KeyId& actor, const crypto::ActId& id, const crypto::Digest& hash);
Row insert_act(Connection& db, const protocol::record::Act& act, bool taken);
void mark_taken(Connection& db, Row act);
// Entries of an act that answer it (not those of serving it later), in order.
std::vector<std::uint64_t> entries_of_act(Connection& db, Row act);

void insert_part(Connection& db, Row act, std::string_view name, ByteView bytes);
std::optional<Bytes> part_of(Connection& db, Row act, std::string_view name);
std::optional<Bytes> part_of_entry(Connection& db, std::uint64_t seq, std::string_view name);  // of its act

// --- tree
class DatabaseTiles final : public crypto::log::TileReader {
 public:
  explicit DatabaseTiles(Connection& db) : db_(db) {}
  Result<std::vector<crypto::Digest>> tile(unsigned level, std::uint64_t number, std::size_t width) override;

 private:
  Connection& db_;
};
void store_tile(Connection& db, const crypto::log::TreeEdge::ChangedTile& tile);

struct StoredCheckpoint {
  std::uint64_t size = 0;
  protocol::record::TimePoint at;
  crypto::Digest root;
  std::string note;
};
void insert_checkpoint(Connection& db, const StoredCheckpoint& checkpoint);
std::optional<StoredCheckpoint> latest_checkpoint(Connection& db);
std::optional<StoredCheckpoint> first_checkpoint_over(Connection& db, std::uint64_t seq);  // the smallest size > seq
std::optional<StoredCheckpoint> checkpoint_of_size(Connection& db, std::uint64_t size);
// Those of a size over `after` and up to `last`, rising.
std::vector<StoredCheckpoint> checkpoints_between(Connection& db, std::uint64_t after, std::uint64_t last);

// --- keys
void insert_key(Connection& db, std::string_view name, ByteView seed);
template <class Secret>
Secret key_named(Connection& db, std::string_view name) {
  auto query = db.prepare("SELECT seed FROM keys WHERE name = ?");
  if (!query.bind(name).step()) throw std::runtime_error("the database lacks one of the archive's keys");
  return Secret::copy_of(query.bytes(0));
}

std::int64_t to_millis(protocol::record::TimePoint time);
protocol::record::TimePoint from_millis(std::int64_t millis);

}  // namespace depone::daemon::store
