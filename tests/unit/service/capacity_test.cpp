#include "daemon/service/capacity.h"

#include <gtest/gtest.h>

#include "crypto/secret.h"
#include "tests/unit/temporary_folder.h"

namespace depone::daemon::service {
namespace {

using namespace std::chrono_literals;

class ACapacity : public testing::Test {
 protected:
  static CapacityLimits limits() {
    CapacityLimits out;
    out.entries_per_minute_per_member = 60;
    out.bodies_bytes_max = 100;
    out.bodies_bytes_per_member_max = 60;
    return out;
  }
  int entries(const crypto::KeyId& member) {
    int count = 0;
    while (!capacity_.begin_entry(member, now_)) ++count;
    return count;
  }
  tests::TemporaryFolder folder_;
  store::DiskRoom disk_{folder_.path(), {0, 1 << 20}};
  Capacity capacity_{limits(), disk_};
  Capacity::Clock::time_point now_{1000s};
  const crypto::KeyId mallory_ = crypto::random_fixed<crypto::KeyId>(), honest_ = crypto::random_fixed<crypto::KeyId>();
};

TEST_F(ACapacity, AMemberMayWriteSoManyEntriesAMinuteAndTheOthersTheirs) {
  EXPECT_EQ(entries(mallory_), 60);
  EXPECT_EQ(entries(honest_), 60);
  EXPECT_EQ(capacity_.begin_entry(mallory_, now_), 1s);
  now_ += 10s;
  EXPECT_EQ(entries(mallory_), 10);
  EXPECT_EQ(capacity_.counts().too_often, 4u);
}

TEST_F(ACapacity, ACallThatWroteManyIsPaidForBeforeTheNext) {
  EXPECT_FALSE(capacity_.begin_entry(mallory_, now_));
  capacity_.wrote_more(mallory_, 63, now_);
  EXPECT_EQ(capacity_.begin_entry(mallory_, now_), 5s);  // 4 owed, and one to take
  EXPECT_FALSE(capacity_.begin_entry(honest_, now_));
}

TEST_F(ACapacity, OneMemberDoesNotHoldAllMemory) {
  Capacity::Held first(capacity_, mallory_), second(capacity_, mallory_), other(capacity_, honest_);
  EXPECT_TRUE(first.grow_to(40));
  EXPECT_TRUE(first.grow_to(40));
  EXPECT_FALSE(second.grow_to(21));
  EXPECT_TRUE(second.grow_to(20));
  EXPECT_FALSE(other.grow_to(41));  // 100 in all
  EXPECT_TRUE(other.grow_to(40));
  EXPECT_EQ(capacity_.counts().bodies_bytes, 100u);
}

TEST_F(ACapacity, WhatWasHeldComesBack) {
  for (int i = 0; i < 10; ++i) {
    Capacity::Held held(capacity_, mallory_);
    EXPECT_TRUE(held.grow_to(30));
    EXPECT_TRUE(held.grow_to(60));
    EXPECT_FALSE(held.grow_to(61));
  }
  EXPECT_EQ(capacity_.counts().bodies_bytes, 0u);
}

}  // namespace
}  // namespace depone::daemon::service
