#include "daemon/store/disk_room.h"

#include <gtest/gtest.h>

#include "crypto/bytes.h"
#include "system/file.h"
#include "tests/unit/temporary_folder.h"

namespace depone::daemon::store {
namespace {

class Room : public testing::Test {
 protected:
  static constexpr std::uint64_t kReserve = 1 << 20;
  bool reserve_is_there() const { return std::filesystem::exists(folder_ / "reserve"); }
  tests::TemporaryFolder folder_;
};

TEST_F(Room, TakesAReserveThatIsReallyThere) {
  const auto before = std::filesystem::space(folder_.path()).available;
  const DiskRoom disk(folder_.path(), {0, kReserve});
  EXPECT_TRUE(disk.has_reserve());
  EXPECT_EQ(std::filesystem::file_size(folder_ / "reserve"), kReserve);
  EXPECT_LE(std::filesystem::space(folder_.path()).available, before - kReserve / 2);
}

TEST_F(Room, GivesItUpOnceAndTakesItBack) {
  DiskRoom disk(folder_.path(), {0, kReserve});
  EXPECT_TRUE(disk.give_up_reserve());
  EXPECT_FALSE(reserve_is_there());
  EXPECT_FALSE(disk.has_reserve());
  EXPECT_FALSE(disk.give_up_reserve());
  disk.tend();
  EXPECT_TRUE(disk.has_reserve());
  EXPECT_TRUE(reserve_is_there());
}

TEST_F(Room, KeepsTheReserveOfTheRunBeforeAndReplacesOneOfAnotherSize) {
  { const DiskRoom disk(folder_.path(), {0, kReserve}); }
  EXPECT_TRUE(DiskRoom(folder_.path(), {0, kReserve}).has_reserve());
  EXPECT_TRUE(DiskRoom(folder_.path(), {0, 2 * kReserve}).has_reserve());
  EXPECT_EQ(std::filesystem::file_size(folder_ / "reserve"), 2 * kReserve);
}

TEST_F(Room, KnowsTheFloorAndTakesNoReserveBelowIt) {
  const auto free = DiskRoom(folder_.path(), {0, kReserve}).free_bytes();
  std::filesystem::remove(folder_ / "reserve");
  const DiskRoom above(folder_.path(), {free / 2, kReserve});
  EXPECT_TRUE(above.has_room_for(0));
  EXPECT_TRUE(above.has_room_for(free / 4));
  EXPECT_FALSE(above.has_room_for(free));
  EXPECT_FALSE(above.has_room_for(UINT64_MAX));
  std::filesystem::remove(folder_ / "reserve");
  const DiskRoom below(folder_.path(), {free * 2, kReserve});
  EXPECT_FALSE(below.has_room_for(0));
  EXPECT_FALSE(below.has_reserve());
}

TEST_F(Room, OfAFolderThatIsGoneThereIsNone) {
  const DiskRoom disk(folder_ / "gone", {1, kReserve});
  EXPECT_EQ(disk.free_bytes(), 0u);
  EXPECT_FALSE(disk.has_room_for(0));
  EXPECT_FALSE(disk.has_reserve());
}

}  // namespace
}  // namespace depone::daemon::store
