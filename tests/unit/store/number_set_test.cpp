#include "daemon/store/number_set.h"

#include <limits>

#include <gtest/gtest.h>

namespace depone::daemon::store {
namespace {

TEST(NumberSet, HoldsWhatWasPutIntoItAndNothingElse) {
  NumberSet set;
  for (std::uint64_t number = 0; number < 1000; number += 3) set.insert(number);
  set.insert(std::numeric_limits<std::uint64_t>::max());
  for (std::uint64_t number = 0; number < 1000; ++number) EXPECT_EQ(set.contains(number), number % 3 == 0) << number;
  EXPECT_TRUE(set.contains(std::numeric_limits<std::uint64_t>::max()));
  EXPECT_FALSE(set.contains(std::numeric_limits<std::uint64_t>::max() - 1));
  NumberSet more;
  more.insert(1);
  more.insert(set);
  EXPECT_TRUE(more.contains(1) && more.contains(3) && !more.contains(2));
}

}  // namespace
}  // namespace depone::daemon::store
