#include "system/file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "system/folder_lock.h"
#include "tests/unit/error_code.h"
#include "tests/unit/temporary_folder.h"

namespace depone::system {
namespace {

std::vector<std::uint8_t> bytes(std::string_view text) { return {text.begin(), text.end()}; }

TEST(File, IsWrittenWholeAndNeverOverTheOtherUnasked) {
  const tests::TemporaryFolder folder;
  const auto path = folder.path() / "file";
  ASSERT_TRUE(write_file_durably(path, bytes("first"), IfExists::refuse));
  const auto again = write_file_durably(path, bytes("second"), IfExists::refuse);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::exists);
  EXPECT_EQ(read_file(path, 100).value(), bytes("first"));
  ASSERT_TRUE(write_file_durably(path, bytes("third"), IfExists::replace));
  EXPECT_EQ(read_file(path, 100).value(), bytes("third"));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);  // no temporary is left
}

TEST(File, IsItsOwnersAlone) {
  const tests::TemporaryFolder folder;
  ASSERT_TRUE(write_file(folder.path() / "file", bytes("x"), IfExists::refuse));
  struct stat status {};
  ASSERT_EQ(::stat((folder.path() / "file").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST(File, LargerThanAllowedIsNotRead) {
  const tests::TemporaryFolder folder;
  ASSERT_TRUE(write_file(folder.path() / "file", bytes("12345"), IfExists::refuse));
  EXPECT_TRUE(read_file(folder.path() / "file", 5));
  const auto read = read_file(folder.path() / "file", 4);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::too_large);
  const auto missing = read_file(folder.path() / "none", 4);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
}

TEST(File, WritesAndReadsAtAPlace) {
  const tests::TemporaryFolder folder;
  auto file = File::create_new(folder.path() / "file").value();
  ASSERT_TRUE(file.write_at(5, bytes("world")));
  ASSERT_TRUE(file.write_at(0, bytes("hello")));
  file.sync();
  EXPECT_EQ(file.size().value(), 10u);
  std::vector<std::uint8_t> into(20);
  EXPECT_EQ(file.read_at(5, into).value(), 5u);
  EXPECT_EQ(into[0], 'w');
}

TEST(File, ASyncThatFailsIsAmbiguous) {
  File closed;
  EXPECT_THROW(closed.sync(), AmbiguousWrite);
  EXPECT_THROW(sync_folder("/no/such/folder"), AmbiguousWrite);
}

TEST(FolderLock, IsHeldByOneAndGoneWithIt) {
  const tests::TemporaryFolder folder;
  {
    const auto first = FolderLock::take(folder.path());
    ASSERT_TRUE(first);
    const auto second = FolderLock::take(folder.path());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::exists);
  }
  EXPECT_TRUE(FolderLock::take(folder.path()));
}

TEST(File, IsRemovedOnceAndFoldersAreMadeWithTheirParents) {
  const tests::TemporaryFolder folder;
  const auto path = folder.path() / "a" / "b" / "file";
  ASSERT_TRUE(make_folders(path.parent_path()));
  ASSERT_TRUE(make_folders(path.parent_path()));
  ASSERT_TRUE(write_file(path, bytes("x"), IfExists::refuse));
  EXPECT_TRUE(remove_file(path));
  EXPECT_EQ(tests::code_of(remove_file(path)), ErrorCode::not_found);
  ASSERT_TRUE(write_file(path, bytes("x"), IfExists::refuse));
  EXPECT_EQ(tests::code_of(make_folders(path / "c")), ErrorCode::not_found);  // in a file
}

}  // namespace
}  // namespace depone::system
