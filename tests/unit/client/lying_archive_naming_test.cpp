// What an archive could lie about when it is asked what items are called.
#include "client/lib/item_lookup.h"
#include "tests/unit/client/lying_archive.h"

namespace depone::client {
namespace {

using protocol::record::to_text;
using tests::frame_of;
using tests::piece;
using tests::pieces_of;

class LyingNames : public tests::LyingArchive {
 protected:
  void lie_in_answer(std::function<void(tests::Pieces&)> change) {
    lie_to("/v1/items/batch", [change = std::move(change)](Told& told) {
      auto pieces = pieces_of(told.body);
      change(pieces);
      told.body = frame_of(pieces);
    });
  }
  Result<std::vector<NamedItem>> names(std::vector<std::string> said) {
    auto asked = session(*reader_);
    return name_items(asked, said);
  }
  crypto::EvidenceId first_ = deposit("first").item, second_ = deposit("second").item;
  const std::vector<std::string> both_{"KEYED-1", to_text(second_)};
};

TEST_F(LyingNames, AnHonestAnswerIsBelieved) {
  const auto named = names(both_).value();
  ASSERT_EQ(named.size(), 2u);
  EXPECT_EQ(named[0].item, first_);
  EXPECT_EQ(named[0].case_id, keyed_);
  EXPECT_EQ(named[1].item, second_);
}

TEST_F(LyingNames, MoreNamesThanOneRequestTakesAreAskedInSeveral) {
  const auto named = names(std::vector<std::string>(300, "KEYED-000002")).value();
  ASSERT_EQ(named.size(), 300u);
  EXPECT_EQ(named[299].item, second_);
}

TEST_F(LyingNames, ANameOfNothingIsSaidByTheNameThatWasGiven) {
  const auto named = names({"KEYED-1", "KEYED-77"});
  ASSERT_EQ(tests::code_of(named), ErrorCode::refused);
  EXPECT_TRUE(named.error().detail.starts_with("KEYED-77: ")) << named.error().detail;
  EXPECT_EQ(tests::code_of(names({std::string(500, 'x')})), ErrorCode::refused);
}

TEST_F(LyingNames, AnotherItemThanTheOneNamedIsNoticed) {
  lie_in_answer(
      [](tests::Pieces& pieces) { std::swap(piece(pieces, "submit", 0)->second, piece(pieces, "submit", 1)->second); });
  EXPECT_EQ(tests::code_of(names(both_)), ErrorCode::damaged);
  lie_in_answer([](tests::Pieces& pieces) { piece(pieces, "submit", 1)->second = piece(pieces, "submit", 0)->second; });
  EXPECT_EQ(tests::code_of(names(both_)), ErrorCode::damaged);
}

TEST_F(LyingNames, AnAnswerThatIsNotOfEachNameIsNotBelieved) {
  const auto expect_damaged = [&](std::function<void(tests::Pieces&)> change) {
    lie_in_answer(std::move(change));
    EXPECT_EQ(tests::code_of(names(both_)), ErrorCode::damaged);
  };
  expect_damaged([](tests::Pieces& pieces) { pieces.pop_back(); });
  expect_damaged([](tests::Pieces& pieces) { pieces.erase(pieces.begin(), pieces.begin() + 2); });
  expect_damaged([](tests::Pieces& pieces) { pieces.erase(piece(pieces, "submit", 1)); });
  expect_damaged([](tests::Pieces& pieces) { pieces.erase(pieces.begin()); });
  expect_damaged([](tests::Pieces& pieces) {
    const tests::Pieces again(pieces.begin(), pieces.begin() + 2);
    pieces.insert(pieces.end() - 1, again.begin(), again.end());
  });
  expect_damaged([](tests::Pieces& pieces) { pieces.push_back({"end", {}}); });
  expect_damaged([](tests::Pieces& pieces) { pieces.insert(pieces.begin() + 1, *piece(pieces, "submit")); });
  expect_damaged([](tests::Pieces& pieces) { piece(pieces, "submit")->second.at(900) ^= 1; });
}

}  // namespace
}  // namespace depone::client
