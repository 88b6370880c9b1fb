#include "protocol/transport/newcomers.h"

#include <gtest/gtest.h>

namespace depone::protocol::transport {
namespace {

using namespace std::chrono_literals;

class ManyNewcomers : public testing::Test {
 protected:
  std::size_t let_in(const std::string& source, std::size_t tries) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < tries; ++i) count += newcomers_.may_begin(source, now_) ? 1 : 0;
    return count;
  }
  Newcomers::Clock::time_point now_{1000s};
  Newcomers newcomers_{100, 10, now_};
  int connections_[8] = {};
};

TEST_F(ManyNewcomers, OneAddressGetsItsShareAndLeavesTheRest) {
  EXPECT_EQ(let_in("a", 10'000), 100u);  // ten seconds' worth
  EXPECT_EQ(let_in("b", 10'000), 100u);
  now_ += 1s;
  EXPECT_EQ(let_in("a", 10'000), 10u);
}

TEST_F(ManyNewcomers, AllAddressesTogetherGetTheWholeAndNoMore) {
  std::size_t count = 0;
  for (int i = 0; i < 5000; ++i) count += let_in(std::to_string(i), 1);
  EXPECT_EQ(count, 1000u);
  now_ += 1s;
  EXPECT_EQ(let_in("late", 1), 1u);
}

TEST_F(ManyNewcomers, MoreAddressesThanAreCountedStillShareTheWhole) {
  Newcomers many(100'000, 1, now_);
  std::size_t count = 0;
  for (std::size_t i = 0; i < Newcomers::kSourcesMax + 100; ++i) count += many.may_begin(std::to_string(i), now_);
  EXPECT_EQ(count, Newcomers::kSourcesMax + 100);
  now_ += 1h;  // those that were quiet are forgotten, and a new one is counted
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(many.may_begin("new", now_));
  EXPECT_FALSE(many.may_begin("new", now_));
}

TEST_F(ManyNewcomers, TheOldestOfTheLargestCrowdMakesRoom) {
  EXPECT_FALSE(newcomers_.least_missed());
  newcomers_.add(&connections_[0], "honest");
  newcomers_.add(&connections_[1], "crowd");
  newcomers_.add(&connections_[2], "crowd");
  newcomers_.add(&connections_[3], "crowd");
  EXPECT_EQ(newcomers_.least_missed(), &connections_[1]);
  newcomers_.remove(&connections_[1]);
  EXPECT_EQ(newcomers_.least_missed(), &connections_[2]);
  newcomers_.remove(&connections_[3]);
  newcomers_.remove(&connections_[2]);
  EXPECT_EQ(newcomers_.least_missed(), &connections_[0]);
  EXPECT_EQ(newcomers_.size(), 1u);
}

TEST_F(ManyNewcomers, WhoIsGoneIsNotMissedTwice) {
  newcomers_.add(&connections_[0], "a");
  newcomers_.remove(&connections_[0]);
  newcomers_.remove(&connections_[0]);
  EXPECT_EQ(newcomers_.size(), 0u);
}

}  // namespace
}  // namespace depone::protocol::transport
