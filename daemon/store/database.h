// SQLCipher in small RAII types: a connection, a statement, a transaction. One connection a thread.
//
// A failure of the library is a DatabaseError, with the code that was returned. A commit that fails is a
// system::AmbiguousWrite: nobody knows what is durable, so the process must stop. But one that fails for want of room
// has not written its last page, which says that it is one: it is rolled back, and a DatabaseError.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "crypto/bytes.h"
#include "crypto/secret.h"
#include "system/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace depone::daemon::store {

class DatabaseError : public std::runtime_error {
 public:
  DatabaseError(int code, const char* doing);
  int code() const { return code_; }
  bool is_full() const;  // the disk has no room

 private:
  int code_;
};

class Connection;

// A prepared statement, on loan from its connection, which it must not outlive: reset when it goes. Columns are valid
// until the next step().
class Statement {
 public:
  Statement(Statement&& other) noexcept
      : statement_(std::exchange(other.statement_, nullptr)),
        on_loan_(other.on_loan_),
        bound_(other.bound_) {}
  ~Statement();

  Statement& bind(std::int64_t value);
  Statement& bind(std::uint64_t value) { return bind(static_cast<std::int64_t>(value)); }
  Statement& bind(int value) { return bind(static_cast<std::int64_t>(value)); }
  Statement& bind(std::string_view text);
  Statement& bind(ByteView bytes);
  Statement& bind_null();
  template <class T>
  Statement& bind(const std::optional<T>& value) {
    return value ? bind(*value) : bind_null();
  }
  Statement& begin_again();  // reset, to bind and run once more

  bool step();  // whether there is a row
  void run();   // to the end, for what gives no rows

  std::int64_t integer(int column) const;
  std::uint64_t number(int column) const { return static_cast<std::uint64_t>(integer(column)); }
  std::string_view text(int column) const;
  ByteView bytes(int column) const;
  bool is_null(int column) const;

 private:
  friend class Connection;
  Statement(sqlite3_stmt* statement, bool* on_loan) : statement_(statement), on_loan_(on_loan) {}
  sqlite3_stmt* statement_;
  bool* on_loan_;  // null: the statement is not kept, and ends with this
  int bound_ = 0;
};

class Connection {
 public:
  enum class Mode { create, read_write, read_only };
  // wrong_key: this key does not open it, or its first page was changed (no one can tell which); damaged: a plain
  // SQLite file, or not even one page; not_found; exists (create); io. A new file is 0600, and durable in its folder.
  static Result<Connection> open(const std::filesystem::path& path, const crypto::DatabaseKey& key, Mode mode);
  Connection(Connection&&) noexcept;
  ~Connection();

  void execute(const char* sql);  // any number of statements, no rows
  // Makes all that was committed durable, and takes the write-ahead log into the database as far as readers allow;
  // where there is no room, the log stays. What a process committed before it was killed is read back from the log
  // without ever having been synced: a start calls this before it believes any of it. Throws AmbiguousWrite.
  void take_in_log();
  Statement prepare(std::string_view sql);  // kept prepared for the next time; the least used make room
  std::size_t statements_kept() const { return statements_.size(); }
  std::int64_t last_row_id() const;

 private:
  struct Kept {
    sqlite3_stmt* statement = nullptr;
    bool on_loan = false;
    std::uint64_t used = 0;  // when, in prepares
  };
  friend class Transaction;
  explicit Connection(sqlite3* database);
  sqlite3_stmt* compile(std::string_view sql, unsigned flags);
  void make_room();

  sqlite3* database_;
  std::map<std::string, Kept, std::less<>> statements_;
  std::uint64_t prepares_ = 0;
  std::unique_ptr<int> log_pages_;  // of the write-ahead log, after the last commit
};

// BEGIN IMMEDIATE … COMMIT. Rolls back unless committed.
class Transaction {
 public:
  explicit Transaction(Connection& connection);
  ~Transaction();
  void commit();  // throws AmbiguousWrite; DatabaseError: no room, and rolled back

 private:
  Connection& connection_;
  bool open_ = true;
};

}  // namespace depone::daemon::store
