// tamper: what an insider who has the database key could do to an archive. For tests and the demo, on copies alone.
//   tamper DIR KEY_FILE entry|act|part|object|tile|roles|sql ARGUMENT
#include <cstdlib>
#include <string>

#include <fmt/format.h>

#include "crypto/key_slot.h"
#include "daemon/store/database.h"
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

Result<> tamper(Connection& db, const std::string& what, const std::string& argument) {
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
  return fail(ErrorCode::input, "tamper DIR KEY_FILE entry|act|part|object|tile|roles|sql ARGUMENT");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5 || !crypto::prepare_secret_memory(crypto::UnlockedMemory::allow)) return 2;
  auto db = open(argv[1], argv[2]);
  const auto done = db ? tamper(*db, argv[3], argv[4]) : Result<>(db.error());
  if (done) return 0;
  fmt::print(stderr, "tamper: {}\n", done.error().detail);
  return 1;
}
