#include "client/lib/made_ahead.h"

#include <gtest/gtest.h>

#include "tests/unit/error_code.h"

namespace depone::client {
namespace {

using system::ErrorCode;

// Portions of one byte, which count up to `size`.
struct Counting {
  std::uint8_t size = 0, made = 0;
  Result<Portion> operator()(Bytes& room) {
    room.assign(1, ++made);
    return Portion{room, made, made == size};
  }
};

TEST(MadeAhead, UsesEachPortionOnceAndInOrder) {
  for (const std::uint8_t size : {1, 2, 4, 5, 200}) {
    Bytes used;
    ASSERT_TRUE(use_made_ahead(Counting{size}, [&](const Portion& portion) -> Result<> {
      EXPECT_EQ(portion.done, used.size() + 1);
      used.insert(used.end(), portion.bytes.begin(), portion.bytes.end());
      return {};
    }));
    ASSERT_EQ(used.size(), size);
    for (std::size_t i = 0; i < used.size(); ++i) EXPECT_EQ(used[i], i + 1);
  }
}

TEST(MadeAhead, EndsWithTheFirstErrorOfEither) {
  for (const std::uint8_t at : {1, 2, 9}) {
    std::size_t used = 0;
    const auto count = [&](const Portion&) -> Result<> {
      ++used;
      return {};
    };
    Counting counting{200};
    const auto making = [&](Bytes& room) -> Result<Portion> {
      if (counting.made + 1 == at) return fail(ErrorCode::input, "changed");
      return counting(room);
    };
    EXPECT_EQ(tests::code_of(use_made_ahead(making, count)), ErrorCode::input);
    EXPECT_EQ(used, at - 1u);
    const auto using_it = [&](const Portion& portion) -> Result<> {
      if (portion.done == at) return fail(ErrorCode::unreachable, "cut");
      return {};
    };
    EXPECT_EQ(tests::code_of(use_made_ahead(Counting{200}, using_it)), ErrorCode::unreachable);
  }
}

TEST(MadeAhead, ThrowsHereWhatEitherThrows) {
  const auto nothing = [](const Portion&) -> Result<> { return {}; };
  const auto throws = [](Bytes&) -> Result<Portion> { throw std::runtime_error("made"); };
  EXPECT_THROW((void)use_made_ahead(throws, nothing), std::runtime_error);
  const auto using_throws = [](const Portion&) -> Result<> { throw std::runtime_error("used"); };
  EXPECT_THROW((void)use_made_ahead(Counting{200}, using_throws), std::runtime_error);
}

TEST(MadeAhead, RunsNoFurtherAheadThanAFewPortions) {
  Counting counting{200};
  std::atomic<int> made = 0;
  const auto making = [&](Bytes& room) {
    ++made;
    return counting(room);
  };
  int used = 0;
  ASSERT_TRUE(use_made_ahead(making, [&](const Portion&) -> Result<> {
    EXPECT_LE(made - ++used, 4);
    return {};
  }));
}

}  // namespace
}  // namespace depone::client
