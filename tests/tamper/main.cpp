// tamper: what an insider who has the database key could do to an archive. For tests and the demo, on copies alone.
//   tamper DIR KEY_FILE entry|act|part|object|tile|roles|again|astray|sql ARGUMENT
// `again` and `astray` go on with the log itself, chained and signed with the archive's own key: an entry taken once
// more, and one (SEQ:OTHER) whose subject is that of another entry.
#include <cstdlib>
#include <string>

#include <fmt/format.h>

#include "crypto/key_slot.h"
#include "daemon/ledger/checkpoint_file.h"
#include "daemon/ledger/start.h"
#include "daemon/store/log_tables.h"
#include "protocol/record/key_slots.h"
#include "system/file.h"

namespace {

using namespace depone;
using daemon::store::Connection;

Result<Connection> open(const std::filesystem::path& folder, const std::string& key_file) {
  DEPONE_ASSIGN(const auto bytes, system::read_file(folder / "archive.keys", 64 * 1024));
  DEPONE_ASSIGN(const auto slots, protocol::record::parse_key_slots(bytes));
  DEPONE_ASSIGN(const auto key, crypto::read_key_file(key_file));
  DEPONE_ASSIGN(const auto master, protocol::record::unlock(slots, crypto::SlotKind::key_file, key));
  return Connection::open(folder / "archive.db", crypto::database_key(master), Connection::Mode::read_write);
}

// Changes the middle byte of one value.
Result<> flip(Connection& db, const char* select, const char* update, std::uint64_t seq) {
  Bytes bytes;
  {
    auto query = db.prepare(select);
    if (!query.bind(seq).step())
      return fail(ErrorCode::not_found, fmt::format("there is nothing to change at entry {}", seq));
    bytes = to_bytes(query.bytes(0));
  }
  bytes[bytes.size() / 2] ^= 1;
  db.prepare(update).bind(ByteView(bytes)).bind(seq).run();
  return {};
}

// Appends an entry, signed and durable as the daemon would: only what it says is a lie.
Result<> append(Connection& db, const std::filesystem::path& checkpoints, protocol::record::Entry entry) {
  using namespace daemon;
  DEPONE_ASSIGN(auto opened, ledger::open_ledger(db, checkpoints));
  entry.seq = opened.edge.size();
  entry.at = opened.last_at;
  entry.prev = opened.last_leaf;
  entry.roster = opened.roster.head();
  entry.before.reset();
  if (const auto known = store::find_subject(db, entry.subject)) entry.before = known->last_seq;
  const auto bytes = protocol::record::write_form(entry);
  opened.edge.append(crypto::log::leaf_hash(view(bytes)));
  const auto act = entry.act ? store::find_act(db, *entry.act) : std::nullopt;
  const crypto::log::Checkpoint head{opened.log_key.name, opened.edge.size(), opened.edge.root()};
  const auto note = crypto::log::sign_checkpoint(head, crypto::SigningKey(ledger::load_keys(db).log));
  store::Transaction transaction(db);
  const auto subject = store::touch_subject(db, entry.subject, entry.seq);
  store::insert_entry(db, entry.seq, act ? std::optional(act->row) : std::nullopt, subject, bytes);
  for (const auto& tile : opened.edge.take_changed()) store::store_tile(db, tile);
  store::insert_checkpoint(db, {head.size, entry.at, head.root, note});
  transaction.commit();
  DEPONE_ASSIGN(auto file, ledger::CheckpointFile::open_compacted(checkpoints, note));
  return {};
}

// The entry of `seq` once more, about the subject of another one.
Result<> repeat(Connection& db, const std::filesystem::path& checkpoints, std::uint64_t seq, std::uint64_t about) {
  const auto entry = [&](std::uint64_t of) -> Result<protocol::record::Entry> {
    const auto bytes = daemon::store::entry_bytes(db, of);
    if (!bytes) return fail(ErrorCode::not_found, fmt::format("there is no entry {}", of));
    return protocol::record::parse_entry(view(*bytes));
  };
  DEPONE_ASSIGN(auto repeated, entry(seq));
  DEPONE_ASSIGN(const auto other, entry(about));
  repeated.subject = other.subject;
  return append(db, checkpoints, std::move(repeated));
}

Result<> tamper(Connection& db, const std::filesystem::path& folder, const std::string& what,
                const std::string& argument) {
  if (what == "sql") {
    db.execute(argument.c_str());
    return {};
  }
  const std::uint64_t seq = std::strtoull(argument.c_str(), nullptr, 10);
  if (what == "roles") {
    db.prepare("UPDATE members SET roles = ? WHERE member = ?")
        .bind(std::string_view("custodian lawyer"))
        .bind(seq)
        .run();
    return {};
  }
  if (what == "again") return repeat(db, folder / "checkpoints", seq, seq);
  if (what == "astray")
    return repeat(db, folder / "checkpoints", seq,
                  std::strtoull(argument.c_str() + argument.find(':') + 1, nullptr, 10));
  if (what == "entry")
    return flip(db, "SELECT bytes FROM entries WHERE seq = ?", "UPDATE entries SET bytes = ? WHERE seq = ?", seq);
  if (what == "act")
    return flip(db, "SELECT envelope FROM acts JOIN entries USING (act) WHERE seq = ?",
                "UPDATE acts SET envelope = ? WHERE act = (SELECT act FROM entries WHERE seq = ?)", seq);
  if (what == "part")
    return flip(db, "SELECT p.bytes FROM parts p JOIN entries USING (act) WHERE seq = ? AND p.name = 'private'",
                "UPDATE parts SET bytes = ? WHERE name = 'private' AND act = (SELECT act FROM entries WHERE seq = ?)",
                seq);
  if (what == "object")
    return flip(db, "SELECT bytes FROM objects WHERE item = ?", "UPDATE objects SET bytes = ? WHERE item = ?", seq);
  if (what == "tile")
    return flip(db, "SELECT hashes FROM tiles WHERE level = 0 AND number = ?",
                "UPDATE tiles SET hashes = ? WHERE level = 0 AND number = ?", seq);
  return fail(ErrorCode::input, "tamper DIR KEY_FILE entry|act|part|object|tile|roles|again|astray|sql ARGUMENT");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5 || !crypto::prepare_secret_memory(crypto::UnlockedMemory::allow)) return 2;
  auto db = open(argv[1], argv[2]);
  const auto done = db ? tamper(*db, argv[1], argv[3], argv[4]) : Result<>(db.error());
  if (done) return 0;
  fmt::print(stderr, "tamper: {}\n", done.error().detail);
  return 1;
}
