#include "daemon/store/database.h"

#include <fstream>
#include <iterator>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "system/file.h"
#include "tests/unit/error_code.h"
#include "tests/unit/temporary_folder.h"

namespace depone::daemon::store {
namespace {

using tests::code_of;

using Mode = Connection::Mode;

class Database : public testing::Test {
 protected:
  Connection open(Mode mode) { return std::move(Connection::open(path_, key_, mode).value()); }
  std::optional<ErrorCode> error_of_opening(const crypto::DatabaseKey& key, Mode mode = Mode::read_write) {
    return code_of(Connection::open(path_, key, mode));
  }
  Connection with_table() {
    auto db = open(Mode::create);
    db.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT");
    return db;
  }
  static void insert(Connection& db, std::string_view body) {
    db.prepare("INSERT INTO notes (body) VALUES (?)").bind(body).run();
  }
  static void insert_many(Connection& db, std::string_view body) {  // 500, on many pages
    Transaction transaction(db);
    for (int i = 0; i < 500; ++i) insert(db, body);
    transaction.commit();
  }
  static std::int64_t count(Connection& db) {
    auto query = db.prepare("SELECT count(*) FROM notes");
    query.step();
    return query.integer(0);
  }
  static std::string pragma(Connection& db, const std::string& name) {
    auto query = db.prepare("PRAGMA " + name);
    return query.step() ? std::string(query.text(0)) : "";
  }
  // What a power cut would leave: the files as they stand, with the connection still open.
  std::filesystem::path snapshot() {
    const auto copy = folder_ / "copy.db";
    for (const char* suffix : {"", "-wal"}) {
      std::filesystem::copy_file(path_.string() + suffix, copy.string() + suffix,
                                 std::filesystem::copy_options::overwrite_existing);
    }
    return copy;
  }
  std::string all_bytes() {
    std::string out;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      std::ifstream in(entry.path(), std::ios::binary);
      out.append(std::istreambuf_iterator<char>(in), {});
    }
    return out;
  }

  tests::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "archive.db";
  const crypto::DatabaseKey key_ = crypto::DatabaseKey::random();
};

TEST_F(Database, KeepsNothingReadableInAnyOfItsFiles) {
  const std::string marker = "the-witness-said-so-and-nobody-may-read-it";
  auto db = with_table();
  insert_many(db, marker);
  EXPECT_TRUE(std::filesystem::exists(path_.string() + "-wal"));
  EXPECT_EQ(all_bytes().find(marker), std::string::npos);
  EXPECT_EQ(all_bytes().find("CREATE TABLE"), std::string::npos);
  db.execute("PRAGMA wal_checkpoint(TRUNCATE)");
  EXPECT_GT(std::filesystem::file_size(path_), 500 * marker.size());
  EXPECT_EQ(all_bytes().find(marker), std::string::npos);
  EXPECT_EQ(all_bytes().find("SQLite format 3"), std::string::npos);
  EXPECT_EQ(count(db), 500);
}

TEST_F(Database, IsItsOwnersAlone) {
  const auto db = with_table();
  for (const char* suffix : {"", "-wal", "-shm"}) {
    struct stat status {};
    ASSERT_EQ(::stat((path_.string() + suffix).c_str(), &status), 0) << suffix;
    EXPECT_EQ(status.st_mode & 07777U, 0600U) << suffix;
  }
}

TEST_F(Database, IsSetUpForDurabilityAndForHostileContents) {
  auto writer = with_table();
  auto reader = open(Mode::read_only);
  for (auto* db : {&writer, &reader}) {
    EXPECT_EQ(pragma(*db, "journal_mode"), "wal");
    EXPECT_EQ(pragma(*db, "synchronous"), "2");
    EXPECT_EQ(pragma(*db, "temp_store"), "2");
    EXPECT_EQ(pragma(*db, "foreign_keys"), "1");
    EXPECT_EQ(pragma(*db, "secure_delete"), "1");
    EXPECT_EQ(pragma(*db, "trusted_schema"), "0");
    EXPECT_EQ(pragma(*db, "cell_size_check"), "1");
    EXPECT_EQ(pragma(*db, "page_size"), "4096");
  }
  EXPECT_EQ(pragma(writer, "cache_size"), "-20480");
  EXPECT_EQ(pragma(reader, "cache_size"), "-2048");
}

TEST_F(Database, OpensWithItsKeyAlone) {
  { auto db = with_table(); }
  EXPECT_EQ(error_of_opening(crypto::DatabaseKey::random()), ErrorCode::wrong_key);
  EXPECT_EQ(error_of_opening(crypto::DatabaseKey::random(), Mode::read_only), ErrorCode::wrong_key);
  auto db = open(Mode::read_write);
  EXPECT_EQ(count(db), 0);
}

TEST_F(Database, LosesNothingToAnAttemptWithAWrongKeyAfterACrash) {
  auto db = with_table();
  insert(db, "a");
  path_ = snapshot();
  EXPECT_EQ(error_of_opening(crypto::DatabaseKey::random()), ErrorCode::wrong_key);
  auto again = open(Mode::read_write);
  EXPECT_EQ(count(again), 1);
}

TEST_F(Database, HasWhatWasCommittedAndNothingElseAfterACrash) {
  auto db = with_table();
  {
    Transaction transaction(db);
    insert(db, "committed");
    transaction.commit();
  }
  Transaction open_transaction(db);
  insert(db, "not committed");
  path_ = snapshot();
  auto again = open(Mode::read_write);
  EXPECT_EQ(count(again), 1);
}

TEST_F(Database, RefusesAPlainSqliteFile) {
  {
    std::ofstream out(path_, std::ios::binary);
    out << "SQLite format 3" << std::string(8192 - 15, '\0');
  }
  const auto opened = Connection::open(path_, key_, Mode::read_write);
  ASSERT_FALSE(opened);
  EXPECT_EQ(code_of(opened), ErrorCode::damaged);
  EXPECT_NE(opened.error().detail.find("not encrypted"), std::string::npos);
}

TEST_F(Database, RefusesWhatIsNoDatabase) {
  for (const std::size_t size : {0, 1, 15, 4095}) {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << std::string(size, 'x');
    EXPECT_EQ(error_of_opening(key_), ErrorCode::damaged) << size;
    EXPECT_EQ(std::filesystem::file_size(path_), size);
  }
  std::ofstream(path_, std::ios::binary | std::ios::trunc) << std::string(16384, 'x');
  EXPECT_EQ(error_of_opening(key_), ErrorCode::wrong_key);
}

TEST_F(Database, IsCreatedOnceAndOpenedOnlyWhereItIs) {
  EXPECT_EQ(error_of_opening(key_), ErrorCode::not_found);
  EXPECT_EQ(error_of_opening(key_, Mode::read_only), ErrorCode::not_found);
  EXPECT_FALSE(std::filesystem::exists(path_));
  { auto db = with_table(); }
  EXPECT_EQ(error_of_opening(key_, Mode::create), ErrorCode::exists);
}

// Opening must not close another descriptor of the file: POSIX would then drop every lock of the process on it.
TEST_F(Database, KeepsItsLocksWhileOthersAreOpened) {
  auto db = with_table();
  insert(db, "a");
  // Seen from another process: to one's own, locks of the same file never conflict.
  const auto locked = [&] {
    const auto child = ::fork();
    if (child == 0) {
      const int file = ::open(path_.c_str(), O_RDWR | O_CLOEXEC);
      struct flock probe {};
      probe.l_type = F_WRLCK;
      probe.l_whence = SEEK_SET;
      std::_Exit(file < 0 || ::fcntl(file, F_GETLK, &probe) != 0 ? 2 : probe.l_type != F_UNLCK);
    }
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    return WEXITSTATUS(status);
  };
  ASSERT_EQ(locked(), 1);
  { auto reader = open(Mode::read_only); }
  EXPECT_EQ(locked(), 1);
}

TEST_F(Database, GivesReadersNoWayToWrite) {
  { auto db = with_table(); }
  auto reader = open(Mode::read_only);
  EXPECT_THROW(insert(reader, "a"), DatabaseError);
  EXPECT_EQ(count(reader), 0);
}

TEST_F(Database, ShowsReadersWhatIsCommittedWhileOthersWrite) {
  auto db = with_table();
  auto reader = open(Mode::read_only);
  insert(db, "a");
  Transaction transaction(db);
  insert(db, "b");
  std::thread([&] { EXPECT_EQ(count(reader), 1); }).join();
  transaction.commit();
  EXPECT_EQ(count(reader), 2);
}

TEST_F(Database, TakesItsWriteAheadLogInAsItGrows) {
  auto db = with_table();
  for (int i = 0; i < 40; ++i) insert_many(db, std::string(1000, 'a'));  // 150 pages each
  EXPECT_LT(std::filesystem::file_size(path_.string() + "-wal"), 8U << 20);
  EXPECT_GT(std::filesystem::file_size(path_), 15U << 20);
}

TEST_F(Database, HasAllThatWasCommittedWithoutTheLogThatWasTakenIn) {
  auto db = with_table();
  insert_many(db, "a");
  db.take_in_log();
  const auto copy = snapshot();
  std::filesystem::remove(copy.string() + "-wal");
  auto alone = std::move(Connection::open(copy, key_, Mode::read_write).value());
  EXPECT_EQ(count(alone), 500);
}

TEST_F(Database, TellsATamperedPage) {
  {
    auto db = with_table();
    insert_many(db, std::string(100, 'a'));
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)");
  }
  const auto size = std::filesystem::file_size(path_);
  std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
  for (std::uint64_t at = 4096 + 100; at < size; at += 4096) {
    file.seekp(static_cast<std::streamoff>(at));
    file.put('x').put('y').put('z');
  }
  file.close();
  auto db = open(Mode::read_write);
  EXPECT_THROW(
      {
        auto query = db.prepare("SELECT body FROM notes");
        query.run();
      },
      DatabaseError);
}

TEST_F(Database, RollsATransactionBackUnlessItIsCommitted) {
  auto db = with_table();
  {
    Transaction transaction(db);
    insert(db, "a");
  }
  EXPECT_EQ(count(db), 0);
  {
    Transaction transaction(db);
    insert(db, "a");
    transaction.commit();
  }
  EXPECT_EQ(count(db), 1);
}

// As after a full disk: the rollback has happened before the transaction ends.
TEST_F(Database, SurvivesSqliteRollingBackByItself) {
  auto db = with_table();
  try {
    Transaction transaction(db);
    insert(db, "a");
    db.execute("ROLLBACK");
    throw DatabaseError(1, "test");
  } catch (const DatabaseError&) {
  }
  EXPECT_EQ(count(db), 0);
  Transaction transaction(db);
  db.execute("ROLLBACK");
  EXPECT_THROW(transaction.commit(), system::AmbiguousWrite);
}

TEST_F(Database, ReportsAFailureWithItsCode) {
  auto db = with_table();
  db.execute("INSERT INTO notes VALUES (1, 'a')");
  try {
    db.prepare("INSERT INTO notes VALUES (?, ?)").bind(1).bind(std::string_view("b")).run();
    FAIL();
  } catch (const DatabaseError& error) {
    EXPECT_EQ(error.code() & 0xff, 19);  // SQLITE_CONSTRAINT
  }
  EXPECT_THROW(db.prepare("SELECT nothing FROM nowhere"), DatabaseError);
  EXPECT_EQ(count(db), 1);
}

TEST_F(Database, GivesBackWhatWasBound) {
  auto db = open(Mode::create);
  db.execute("CREATE TABLE kinds (n INTEGER, t TEXT, b BLOB, e BLOB, z TEXT) STRICT");
  const std::string text("with\0zero", 9);
  const Bytes bytes{0, 255, 39, 0};
  db.prepare("INSERT INTO kinds VALUES (?, ?, ?, ?, ?)")
      .bind(std::int64_t{-9})
      .bind(std::string_view(text))
      .bind(ByteView(bytes))
      .bind(ByteView())
      .bind(std::optional<std::int64_t>())
      .run();
  auto query = db.prepare("SELECT n, t, b, e, z FROM kinds");
  ASSERT_TRUE(query.step());
  EXPECT_EQ(query.integer(0), -9);
  EXPECT_EQ(query.text(1), text);
  EXPECT_EQ(to_bytes(query.bytes(2)), bytes);
  EXPECT_TRUE(query.bytes(3).empty());
  EXPECT_FALSE(query.is_null(3));
  EXPECT_TRUE(query.is_null(4));
  EXPECT_FALSE(query.step());
}

TEST(DatabaseStatements, OfTheSameTextDoNotDisturbOneAnother) {
  const tests::TemporaryFolder folder;
  const auto key = crypto::DatabaseKey::random();
  auto db = std::move(Connection::open(folder / "a.db", key, Mode::create).value());
  db.execute("CREATE TABLE numbers (n INTEGER); INSERT INTO numbers VALUES (1), (2), (3)");
  int rows = 0;
  auto outer = db.prepare("SELECT n FROM numbers ORDER BY n");
  while (outer.step()) {
    auto inner = db.prepare("SELECT n FROM numbers ORDER BY n");
    while (inner.step()) rows += 1;
    EXPECT_EQ(outer.integer(0), rows / 3);
  }
  EXPECT_EQ(rows, 9);
}

TEST(DatabaseStatements, AreKeptInBoundedNumberAndStayUsableAfterAMove) {
  const tests::TemporaryFolder folder;
  const auto key = crypto::DatabaseKey::random();
  auto first = std::move(Connection::open(folder / "a.db", key, Mode::create).value());
  Connection db(std::move(first));
  auto held = db.prepare("SELECT 'held'");
  for (int i = 0; i < 1000; ++i) {
    auto query = db.prepare("SELECT " + std::to_string(i));
    ASSERT_TRUE(query.step());
    EXPECT_EQ(query.integer(0), i);
  }
  EXPECT_LE(db.statements_kept(), 128U);
  ASSERT_TRUE(held.step());
  EXPECT_EQ(held.text(0), "held");
}

}  // namespace
}  // namespace depone::daemon::store
