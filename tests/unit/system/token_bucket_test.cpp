#include "system/token_bucket.h"

#include <gtest/gtest.h>

namespace depone::system {
namespace {

using namespace std::chrono_literals;

class Bucket : public testing::Test {
 protected:
  TokenBucket::Clock::time_point now_{1000s};
  TokenBucket bucket_{10, 20, now_};  // 10 a second, 20 at once
  int taken() {
    int count = 0;
    while (bucket_.take(now_)) ++count;
    return count;
  }
};

TEST_F(Bucket, GivesABurstThenItsRate) {
  EXPECT_EQ(taken(), 20);
  now_ += 1s;
  EXPECT_EQ(taken(), 10);
  now_ += 50ms;
  EXPECT_EQ(taken(), 0);
  now_ += 50ms;
  EXPECT_EQ(taken(), 1);
}

TEST_F(Bucket, HoldsNoMoreThanABurst) {
  now_ += 1h;
  EXPECT_EQ(taken(), 20);
}

TEST_F(Bucket, SaysHowLongToWaitInWholeSeconds) {
  EXPECT_EQ(bucket_.wait(now_), 1s);  // at least, whatever is there
  (void)taken();
  EXPECT_EQ(bucket_.wait(now_), 1s);
  bucket_.owe(25, now_);
  EXPECT_EQ(bucket_.wait(now_), 3s);  // 26 tokens at 10 a second
}

TEST_F(Bucket, WhatIsOwedComesBackFirst) {
  bucket_.owe(40, now_);
  now_ += 2s;
  EXPECT_FALSE(bucket_.take(now_));
  now_ += 100ms;
  EXPECT_TRUE(bucket_.take(now_));
}

TEST_F(Bucket, AClockThatWasReadEarlierTakesNothingAway) {
  (void)taken();
  now_ += 1s;
  EXPECT_TRUE(bucket_.take(now_));
  EXPECT_TRUE(bucket_.take(now_ - 1s));
  EXPECT_EQ(taken(), 8);
}

TEST_F(Bucket, IsFullWhenAllCameBack) {
  EXPECT_TRUE(bucket_.is_full(now_));
  EXPECT_TRUE(bucket_.take(now_));
  EXPECT_FALSE(bucket_.is_full(now_));
  EXPECT_TRUE(bucket_.is_full(now_ + 1s));
}

}  // namespace
}  // namespace depone::system
