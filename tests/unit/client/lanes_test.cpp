#include "client/lib/lanes.h"

#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>

namespace depone::client {
namespace {

TEST(Turns, TellsPortionsInTheirOrderHoweverTheyAreDone) {
  Turns turns(100);
  std::vector<std::size_t> told;
  const auto lane = [&] {
    while (const auto portion = turns.next()) {
      if (*portion % 3 == 0) std::this_thread::yield();
      turns.tell(*portion, [&] { return told.push_back(*portion), true; });
    }
  };
  { const std::jthread one(lane), other(lane); }
  ASSERT_EQ(told.size(), 100u);
  for (std::size_t i = 0; i < told.size(); ++i) EXPECT_EQ(told[i], i);
}

TEST(Turns, NothingIsToldAfterWhoSaidToStop) {
  Turns turns(3);
  ASSERT_EQ(turns.next(), 0u);
  ASSERT_EQ(turns.next(), 1u);
  bool later = false;
  std::jthread waits([&] { turns.tell(1, [&] { return later = true; }); });
  turns.tell(0, [] { return false; });
  waits.join();
  EXPECT_FALSE(later);
  EXPECT_FALSE(turns.next());
}

TEST(Lanes, WhatOneThrowsStopsTheOthersAndReachesTheCaller) {
  Turns turns(2);
  ASSERT_EQ(turns.next(), 0u);
  // A lane that has no turn, since nobody tells portion 0, ends because the other threw.
  const auto work = [&](std::size_t lane) {
    if (lane == 0) throw std::runtime_error("broken");
    if (const auto portion = turns.next()) turns.tell(*portion, [] { return true; });
  };
  EXPECT_THROW(run_lanes(2, work, [&] { turns.stop(); }), std::runtime_error);
}

}  // namespace
}  // namespace depone::client
