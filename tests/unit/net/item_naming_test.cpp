// Items by many names at once: each name is answered for itself, and the log says how many were looked at, in which
// case.
#include "tests/unit/net/running_archive.h"

namespace depone::tests {
namespace {

class ItemNaming : public RunningArchive {
 protected:
  Answer ask_for(const Person& who, const std::vector<std::string>& names) {
    FrameWriter frame;
    for (const auto& name : names) frame.add("name", view(name));
    return ask(who, "POST", "/v1/items/batch", frame.take());
  }
  static std::vector<std::string> kinds_in(ByteView frame) {
    std::vector<std::string> out;
    FrameReader reader;
    while (!frame.empty()) {
      frame = frame.subspan(reader.feed(frame).value());
      if (const auto piece = reader.next()) out.push_back(piece->first);
    }
    return out;
  }
  SearchFacts facts_at(std::uint64_t seq) { return facts_of<SearchFacts>(entry(seq)).value(); }
};

using Kinds = std::vector<std::string>;

TEST_F(ItemNaming, AnswersForEachNameInOrderAndWritesDownHowManyWereSeen) {
  const auto item = submit(lawyer_);
  (void)submit(lawyer_);
  const auto before = size();
  const auto answer = ask_for(lawyer_, {to_text(item), "NKPC-000002", "NKPC-000099", to_text(item).substr(0, 12)});
  EXPECT_EQ(answer.status, 200u);
  EXPECT_EQ(kinds_in(answer.body), (Kinds{"item", "submit", "item", "submit", "refusal", "item", "submit", "end"}));
  ASSERT_EQ(size(), before + 2);
  EXPECT_EQ(facts_at(before).what, "item");
  EXPECT_EQ(facts_at(before).criteria, 3u);
  EXPECT_EQ(facts_at(before).results, 3u);
  EXPECT_EQ(entry(before).case_id.value, case_);
  EXPECT_EQ(entry(before).actor.value, lawyer_.id());
  EXPECT_EQ(facts_at(before + 1).what, "unknown");
  EXPECT_EQ(facts_at(before + 1).criteria, 1u);
  EXPECT_EQ(facts_at(before + 1).results, 0u);
  EXPECT_FALSE(entry(before + 1).case_id);
}

TEST_F(ItemNaming, WhatMayNotBeSeenIsAnsweredLikeWhatIsNotThere) {
  const auto item = submit(lawyer_);
  const auto before = size();
  const auto hidden = ask_for(outsider_, {to_text(item)});
  const auto absent = ask_for(outsider_, {to_text(crypto::random_fixed<crypto::EvidenceId>())});
  EXPECT_EQ(hidden.body, absent.body);
  EXPECT_TRUE(hidden.says(Reason::not_found));
  EXPECT_EQ(facts_at(before).what, "unknown");
  EXPECT_EQ(entry(before).case_id, entry(before + 1).case_id);
}

TEST_F(ItemNaming, IsWrittenDownBeforeAnythingIsAnswered) {
  const auto item = submit(lawyer_);
  const auto before = size();
  FrameWriter frame;
  frame.add("name", view(to_text(item)));
  std::uint64_t then = 0;
  const auto look = [&](ByteView) { then = size(); };
  EXPECT_EQ(ask(lawyer_, "POST", "/v1/items/batch", frame.take(), {}, look).status, 200u);
  EXPECT_EQ(then, before + 1);
}

TEST_F(ItemNaming, TakesFrom1To256NamesAndNothingElse) {
  const auto before = size();
  EXPECT_EQ(ask_for(lawyer_, {}).status, 400u);
  EXPECT_EQ(ask_for(lawyer_, std::vector<std::string>(257, "NKPC-000001")).status, 400u);
  FrameWriter other;
  other.add("name", view(std::string("NKPC-000001")));
  other.add("item", view(std::string("NKPC-000001")));
  EXPECT_EQ(ask(lawyer_, "POST", "/v1/items/batch", other.take()).status, 400u);
  FrameWriter cut;
  cut.add("name", view(std::string("NKPC-000001")));
  auto bytes = cut.take();
  bytes.pop_back();
  EXPECT_EQ(ask(lawyer_, "POST", "/v1/items/batch", std::move(bytes)).status, 400u);
  EXPECT_EQ(size(), before);
  EXPECT_EQ(ask_for(lawyer_, std::vector<std::string>(256, "NKPC-000001")).status, 200u);
}

}  // namespace
}  // namespace depone::tests
