#include "daemon/ledger/checkpoint_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/unit/error_code.h"
#include "tests/unit/temporary_folder.h"

namespace depone::daemon::ledger {
namespace {

class CheckpointFileTest : public testing::Test {
 protected:
  std::string note(std::uint64_t size) const { return crypto::log::sign_checkpoint({log_.name, size, {}}, key_); }
  std::uint64_t last() const { return CheckpointFile::last(path_, log_).value().size; }
  std::uint64_t bytes() const { return std::filesystem::file_size(path_); }

  tests::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "checkpoints";
  crypto::SigningKey key_{crypto::SigningSeed::random()};
  crypto::log::VerifierKey log_{"archive.example/nk", key_.public_key()};
};

TEST_F(CheckpointFileTest, StaysSmallHoweverManyCheckpointsAreAppended) {
  constexpr std::uint64_t kBytesMax = 4096;
  auto file = CheckpointFile::open_compacted(path_, note(1), kBytesMax).value();
  std::uint64_t largest = 0;
  for (std::uint64_t size = 2; size < 200; ++size) {
    file.append(note(size));
    EXPECT_EQ(last(), size);
    largest = std::max(largest, bytes());
  }
  EXPECT_LE(largest, kBytesMax);
  EXPECT_GT(largest, kBytesMax / 2);  // not written anew each time
}

TEST_F(CheckpointFileTest, RoomThatIsTakenIsNotPartOfTheFile) {
  auto file = CheckpointFile::open_compacted(path_, note(1)).value();
  const auto before = bytes();
  struct stat status {};
  ASSERT_TRUE(file.take_room());
  EXPECT_EQ(bytes(), before);
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_GE(status.st_blocks * 512, 256 * 1024);  // and it is really taken
  for (std::uint64_t size = 2; size < 2000; ++size) {
    ASSERT_TRUE(file.take_room());
    file.append(note(size));
  }
  EXPECT_EQ(last(), 1999u);
  EXPECT_LT(bytes(), CheckpointFile::kBytesMax);
}

TEST_F(CheckpointFileTest, IsReadFromItsEndHoweverLargeItIs) {
  constexpr std::uint64_t kHuge = std::uint64_t{300} << 20;  // sparse
  { (void)CheckpointFile::open_compacted(path_, note(1)).value(); }
  const auto line = system::read_file(path_, 4096).value();
  auto file = system::File::open_or_create(path_).value();
  ASSERT_TRUE(file.truncate(kHuge));
  ASSERT_TRUE(file.write_at(kHuge, to_bytes("\n")));
  ASSERT_TRUE(file.write_at(kHuge + 1, line));
  EXPECT_EQ(last(), 1u);
}

TEST_F(CheckpointFileTest, ALineThatIsTornIsPassedOverAndOneThatNeverEndsIsDamage) {
  auto file = CheckpointFile::open_compacted(path_, note(1)).value();
  file.append(note(2));
  auto raw = system::File::open_or_create(path_).value();
  ASSERT_TRUE(raw.truncate(bytes() - 1));
  EXPECT_EQ(last(), 1u);
  ASSERT_TRUE(raw.write_at(bytes(), Bytes(1 << 20, 'A')));
  EXPECT_EQ(tests::code_of(CheckpointFile::last(path_, log_)), ErrorCode::damaged);
}

TEST_F(CheckpointFileTest, AnEmptyFileIsDamageAndAMissingOneIsNotFound) {
  EXPECT_EQ(tests::code_of(CheckpointFile::last(path_, log_)), ErrorCode::not_found);
  ASSERT_TRUE(system::write_file(path_, {}, system::IfExists::refuse));
  EXPECT_EQ(tests::code_of(CheckpointFile::last(path_, log_)), ErrorCode::damaged);
}

}  // namespace
}  // namespace depone::daemon::ledger
