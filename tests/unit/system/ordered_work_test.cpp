#include "system/ordered_work.h"

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "tests/unit/error_code.h"

namespace depone::system {
namespace {

using Numbers = OrderedWork<std::size_t, std::string>;
using tests::code_of;

Result<std::size_t> itself(std::size_t place) { return place; }
std::size_t small(const std::size_t&) { return 1; }
std::string text(std::size_t, std::size_t, std::size_t number) { return std::to_string(number); }

TEST(OrderedWork, HandsOverInOrderWhateverIsDoneFirst) {
  Numbers work(200, itself, small, [](std::size_t, std::size_t place, std::size_t number) {
    if (place % 3 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return std::to_string(number);
  });
  for (std::size_t place = 0; place < 200; ++place) EXPECT_EQ(work.next().value(), std::to_string(place));
}

TEST(OrderedWork, IsNotFarAhead) {
  std::atomic<std::size_t> got = 0;
  Numbers work(
      1000, [&](std::size_t place) -> Result<std::size_t> { return ++got, place; }, small, text);
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_LE(got, 8u);
  got = 0;
  Numbers large(
      1000, [&](std::size_t place) -> Result<std::size_t> { return ++got, place; },
      [](const std::size_t&) { return std::size_t{16} << 20; }, text);
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_LE(got, 1u);
  for (std::size_t place = 0; place < 3; ++place) EXPECT_EQ(large.next().value(), std::to_string(place));
}

TEST(OrderedWork, AnErrorStandsWhereItsPieceWouldAndWhatWasBeforeIsHandedOver) {
  Numbers work(
      10,
      [](std::size_t place) -> Result<std::size_t> {
        if (place == 3) return fail(ErrorCode::unreachable, "the line broke");
        return place;
      },
      small, text);
  for (std::size_t place = 0; place < 3; ++place) EXPECT_EQ(work.next().value(), std::to_string(place));
  EXPECT_EQ(code_of(work.next()), ErrorCode::unreachable);
}

TEST(OrderedWork, WhatIsThrownOnAThreadIsThrownToWhoeverTakes) {
  Numbers getting(
      3, [](std::size_t) -> Result<std::size_t> { throw std::runtime_error("the disk"); }, small, text);
  EXPECT_THROW((void)getting.next(), std::runtime_error);
  Numbers working(3, itself, small,
                  [](std::size_t, std::size_t, std::size_t) -> std::string { throw std::runtime_error("the disk"); });
  EXPECT_THROW((void)working.next(), std::runtime_error);
}

TEST(OrderedWork, EndsInTheMiddle) {
  Numbers work(1000, itself, small, text);
  EXPECT_EQ(work.next().value(), "0");
}

}  // namespace
}  // namespace depone::system
