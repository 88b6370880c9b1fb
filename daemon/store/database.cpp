#include "daemon/store/database.h"

#include <charconv>

#include <fmt/format.h>
#include <sqlite3.h>

#include "system/file.h"

namespace depone::daemon::store {
namespace {

constexpr std::string_view kPlainSqlite = "SQLite format 3";
constexpr int kBusyMs = 30'000;  // a reader never blocks a writer in WAL; this is for checkpoints
constexpr std::int64_t kPageBytes = 4096;
constexpr int kLogPagesMax = 1000;            // then a commit takes the log in
constexpr std::size_t kStatementsKept = 128;  // searches have many texts

void require(int code, const char* doing) {
  if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW) throw DatabaseError(code, doing);
}

// x'<64 hex>': SQLCipher's raw key, which skips its own key derivation.
crypto::SecretBuffer raw_key(const crypto::DatabaseKey& key) {
  constexpr std::string_view digits = "0123456789abcdef";
  crypto::SecretBuffer text(2 + 64 + 1);
  auto out = text.expose_for_writing();
  out[0] = 'x';
  out[1] = '\'';
  for (std::size_t i = 0; i < key.expose().size(); ++i) {
    out[2 + 2 * i] = static_cast<std::uint8_t>(digits[key.expose()[i] >> 4]);
    out[3 + 2 * i] = static_cast<std::uint8_t>(digits[key.expose()[i] & 15]);
  }
  out[66] = '\'';
  return text;
}

// Reads through SQLite's own handle: closing another descriptor of the file would drop this process's locks on it.
Result<> check_not_plain(sqlite3* database, const std::filesystem::path& path) {
  sqlite3_file* file = nullptr;
  require(sqlite3_file_control(database, "main", SQLITE_FCNTL_FILE_POINTER, &file), "open");
  sqlite3_int64 size = 0;
  require(file->pMethods->xFileSize(file, &size), "open");
  if (size < kPageBytes) {
    return fail(ErrorCode::damaged, fmt::format("{} is damaged: it is shorter than the smallest database; restore it "
                                                "from a backup",
                                                path.string()));
  }
  Bytes head(kPlainSqlite.size());
  require(file->pMethods->xRead(file, head.data(), static_cast<int>(head.size()), 0), "read");
  if (text_view(head) != kPlainSqlite) return {};
  return fail(ErrorCode::damaged, fmt::format("{} is not encrypted: this is not an archive's database", path.string()));
}

void check_cipher_version(Connection& connection) {
  auto version = connection.prepare("PRAGMA cipher_version");
  int major = 0;
  if (version.step()) {
    const auto text = version.text(0);
    std::from_chars(text.data(), text.data() + text.size(), major);
  }
  if (major < 4) {
    throw std::runtime_error("this program runs with an SQLCipher older than 4; install libsqlcipher from backports");
  }
}

void use_write_ahead_log(Connection& connection) {
  auto mode = connection.prepare("PRAGMA journal_mode=WAL");
  if (!mode.step() || mode.text(0) != "wal") {
    throw std::runtime_error("this folder's file system cannot hold a write-ahead log: use a local disk");
  }
  mode.run();  // the change is written by the end of the statement
}

// As SQLite would, but readable by its owner alone.
Result<> create_file(const std::filesystem::path& path) {
  DEPONE_TRY(system::File::create_new(path));
  system::sync_folder(path.has_parent_path() ? path.parent_path() : std::filesystem::path("."));
  return {};
}

}  // namespace

DatabaseError::DatabaseError(int code, const char* doing)
    : std::runtime_error(fmt::format("the database failed to {}: {}", doing, sqlite3_errstr(code))),
      code_(code) {}
bool DatabaseError::is_full() const { return (code_ & 0xff) == SQLITE_FULL; }

Statement::~Statement() {
  if (statement_ == nullptr) return;
  if (on_loan_ == nullptr) {
    sqlite3_finalize(statement_);
    return;
  }
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  *on_loan_ = false;
}
Statement& Statement::bind(std::int64_t value) {
  require(sqlite3_bind_int64(statement_, ++bound_, value), "bind");
  return *this;
}
Statement& Statement::bind(std::string_view text) {
  require(sqlite3_bind_text64(statement_, ++bound_, text.data() == nullptr ? "" : text.data(), text.size(),
                              SQLITE_TRANSIENT, SQLITE_UTF8),
          "bind");
  return *this;
}
Statement& Statement::bind(ByteView bytes) {
  static constexpr std::uint8_t kNothing = 0;
  require(sqlite3_bind_blob64(statement_, ++bound_, bytes.empty() ? &kNothing : bytes.data(), bytes.size(),
                              SQLITE_TRANSIENT),
          "bind");
  return *this;
}
Statement& Statement::bind_null() {
  require(sqlite3_bind_null(statement_, ++bound_), "bind");
  return *this;
}
Statement& Statement::begin_again() {
  sqlite3_reset(statement_);
  bound_ = 0;
  return *this;
}
bool Statement::step() {
  const int code = sqlite3_step(statement_);
  require(code, "run a statement");
  return code == SQLITE_ROW;
}
void Statement::run() {
  while (step()) {
  }
}
std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_, column); }
std::string_view Statement::text(int column) const {
  const auto* const text = sqlite3_column_text(statement_, column);
  return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}
ByteView Statement::bytes(int column) const {
  const auto* const bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}
bool Statement::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

Result<Connection> Connection::open(const std::filesystem::path& path, const crypto::DatabaseKey& key, Mode mode) {
  if (mode == Mode::create) {
    DEPONE_TRY(create_file(path));
  } else if (!std::filesystem::exists(path)) {
    return fail(ErrorCode::not_found,
                fmt::format("{} is missing: this folder is not an archive, or was damaged", path.string()));
  }
  sqlite3* database = nullptr;
  const int opened = sqlite3_open_v2(path.c_str(), &database,
                                     SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_READWRITE, nullptr);
  Connection connection(database);
  if ((opened & 0xff) == SQLITE_CANTOPEN)
    return fail(ErrorCode::io, fmt::format("{} cannot be opened: see whose it is and its mode", path.string()));
  require(opened, "open");
  if (mode != Mode::create) DEPONE_TRY(check_not_plain(database, path));
  const auto text = raw_key(key);
  require(sqlite3_key_v2(database, "main", text.expose().data(), static_cast<int>(text.size())), "take its key");
  connection.execute("PRAGMA cipher_log_level=NONE");  // it would write to standard error; the codes say enough
  check_cipher_version(connection);
  sqlite3_busy_timeout(database, kBusyMs);
  const int read = sqlite3_exec(database, "SELECT count(*) FROM sqlite_schema", nullptr, nullptr, nullptr);
  if ((read & 0xff) == SQLITE_NOTADB)
    return fail(ErrorCode::wrong_key, fmt::format("{} does not open with this key", path.string()));
  if ((read & 0xff) == SQLITE_CORRUPT)
    return fail(ErrorCode::damaged, fmt::format("{} is damaged; restore it from a backup", path.string()));
  require(read, "read");
  use_write_ahead_log(connection);
  // cipher_memory_security (wiping every page that SQLite frees) stays off: measured, it leaves less than half of the
  // rate at 100 rows a commit. What it would hide beyond secure_delete is pages in memory; the key, SQLCipher locks and
  // wipes in any case.
  connection.execute(
      "PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;"
      "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA journal_size_limit=8388608");
  connection.execute(mode == Mode::read_only ? "PRAGMA cache_size=-2048; PRAGMA query_only=ON"
                                             : "PRAGMA cache_size=-20480");
  return connection;
}

// In place of SQLite's own taking in, which is silent about a failed fsync and tries again later.
Connection::Connection(sqlite3* database) : database_(database), log_pages_(std::make_unique<int>(0)) {
  const auto note = [](void* log_pages, sqlite3*, const char*, int pages) {
    *static_cast<int*>(log_pages) = pages;
    return SQLITE_OK;
  };
  if (database_ != nullptr) sqlite3_wal_hook(database_, note, log_pages_.get());
}
Connection::Connection(Connection&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)),
      statements_(std::move(other.statements_)),
      prepares_(other.prepares_),
      log_pages_(std::move(other.log_pages_)) {
  other.statements_.clear();
}
Connection::~Connection() {
  for (auto& [text, kept] : statements_) sqlite3_finalize(kept.statement);
  sqlite3_close_v2(database_);
}

void Connection::execute(const char* sql) {
  require(sqlite3_exec(database_, sql, nullptr, nullptr, nullptr), "run a statement");
}

void Connection::take_in_log() {
  const int code = sqlite3_wal_checkpoint_v2(database_, "main", SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr) & 0xff;
  // The log is synced before anything is written for want of which it could be full.
  if (code != SQLITE_OK && code != SQLITE_BUSY && code != SQLITE_FULL)
    throw system::AmbiguousWrite(DatabaseError(code, "take in its log").what());
  *log_pages_ = 0;
}

sqlite3_stmt* Connection::compile(std::string_view sql, unsigned flags) {
  sqlite3_stmt* statement = nullptr;
  require(sqlite3_prepare_v3(database_, sql.data(), static_cast<int>(sql.size()), flags, &statement, nullptr),
          "prepare a statement");
  return statement;
}

void Connection::make_room() {
  auto oldest = statements_.end();
  for (auto at = statements_.begin(); at != statements_.end(); ++at) {
    if (!at->second.on_loan && (oldest == statements_.end() || at->second.used < oldest->second.used)) oldest = at;
  }
  if (oldest == statements_.end()) return;
  sqlite3_finalize(oldest->second.statement);
  statements_.erase(oldest);
}

Statement Connection::prepare(std::string_view sql) {
  auto found = statements_.find(sql);
  if (found != statements_.end() && found->second.on_loan) return {compile(sql, 0), nullptr};
  if (found == statements_.end()) {
    auto* const statement = compile(sql, SQLITE_PREPARE_PERSISTENT);
    if (statements_.size() >= kStatementsKept) make_room();
    found = statements_.emplace(std::string(sql), Kept{statement}).first;
  }
  found->second.on_loan = true;
  found->second.used = ++prepares_;
  return {found->second.statement, &found->second.on_loan};
}

std::int64_t Connection::last_row_id() const { return sqlite3_last_insert_rowid(database_); }

Transaction::Transaction(Connection& connection) : connection_(connection) { connection_.execute("BEGIN IMMEDIATE"); }
Transaction::~Transaction() {
  if (!open_) return;
  try {
    connection_.execute("ROLLBACK");
  } catch (const DatabaseError&) {  // SQLite has rolled back by itself
  }
}
void Transaction::commit() {
  open_ = false;
  try {
    connection_.execute("COMMIT");
  } catch (const DatabaseError& error) {
    if (error.is_full()) {
      open_ = true;  // the destructor rolls back
      throw;
    }
    throw system::AmbiguousWrite(error.what());
  }
  if (*connection_.log_pages_ > kLogPagesMax) connection_.take_in_log();
}

}  // namespace depone::daemon::store
