#include "tests/unit/net/running_archive.h"

namespace depone::daemon::net {
namespace {

using namespace protocol::record;

class Serving : public tests::RunningArchive {
 protected:
  static std::string objects(const crypto::EvidenceId& item, const Act& act) {
    return "/v1/objects/" + to_text(item) + "?grant=" + crypto::to_hex(act.hash.span());
  }
};

constexpr std::size_t kLarge = 200'000;

TEST_F(Serving, AnObjectLeavesBetweenTwoEntries) {
  for (const std::size_t bytes : {std::size_t{64}, kLarge}) {
    const auto item = submit(investigator_, bytes);
    const auto act = retrieval(lawyer_, {item});
    EXPECT_EQ(retrieve(lawyer_, act).status, 200u);
    const auto before = size();
    const auto answer = get(lawyer_, objects(item, act));
    EXPECT_EQ(answer.status, 200u);
    EXPECT_EQ(answer.body.size(), bytes);
    EXPECT_EQ(size(), before + 2);
    EXPECT_EQ(entry(before).type, kEvidenceServe);
    EXPECT_EQ(facts_of<ServedFacts>(last_entry()).value().end, "completed");
    EXPECT_EQ(facts_of<ServedFacts>(last_entry()).value().bytes, bytes);
  }
}

TEST_F(Serving, ARefusedRequestIsAnEntryWhoseNumberIsAnswered) {
  const auto item = submit(lawyer_);
  const auto act = retrieval(lawyer_, {item});
  EXPECT_EQ(retrieve(lawyer_, act).status, 200u);
  const auto refused = [&](const tests::Person& who, const std::string& target, Reason reason) {
    const auto before = size();
    const auto answer = get(who, target);
    EXPECT_TRUE(answer.says(reason)) << answer.text();
    EXPECT_EQ(answer.text().find("\"entry\":" + std::to_string(before)) != std::string::npos, true) << answer.text();
    EXPECT_EQ(size(), before + 1);
    EXPECT_EQ(last_entry().type, kEvidenceServe);
    EXPECT_EQ(last_entry().outcome, Outcome::refused);
    return answer.text();
  };
  const auto unseen = refused(outsider_, objects(item, act), Reason::not_found);
  const auto unknown = refused(outsider_, objects(crypto::random_fixed<crypto::EvidenceId>(), act), Reason::not_found);
  EXPECT_EQ(unseen.substr(0, unseen.find("\"entry\"")), unknown.substr(0, unknown.find("\"entry\"")));
  EXPECT_EQ(last_entry().subject, "");
  refused(outsider_, "/v1/objects/nonsense?grant=nonsense", Reason::not_found);
  refused(lawyer_, "/v1/objects/" + to_text(item), Reason::grant_ended);
  clock_.advance(std::chrono::hours(24));
  refused(lawyer_, objects(item, act), Reason::grant_ended);
  EXPECT_EQ(last_entry().subject, to_text(item));
  EXPECT_EQ(open_serves(), 0u);
}

TEST_F(Serving, AGrantOfAClockThatWasAheadEndsWhenTheClockIsPutRight) {
  constexpr std::chrono::hours kTenYears{24 * 365 * 10};
  const auto item = submit(investigator_);
  clock_.advance(kTenYears);
  const auto act = retrieval(lawyer_, {item});
  EXPECT_EQ(retrieve(lawyer_, act).status, 200u);
  EXPECT_EQ(get(lawyer_, objects(item, act)).status, 200u);
  clock_.advance(-kTenYears);
  EXPECT_TRUE(get(lawyer_, objects(item, act)).says(Reason::grant_ended));
  EXPECT_TRUE(retrieve(lawyer_, act).says(Reason::grant_ended));
  const auto later = retrieval(lawyer_, {item});
  EXPECT_EQ(retrieve(lawyer_, later).status, 200u);
  EXPECT_EQ(get(lawyer_, objects(item, later)).status, 200u);
}

TEST_F(Serving, AnObjectThatIsGoneOrCutIsRefusedBeforeAnythingBegins) {
  const auto item = submit(investigator_, kLarge);
  std::filesystem::resize_file(file_, kLarge - 1);
  for (int i = 0; i < 2; ++i) {
    const auto answer = get(archivist_, "/v1/objects/" + to_text(item));
    EXPECT_EQ(answer.status, 500u);
    EXPECT_TRUE(answer.says(Reason::item_damaged)) << answer.text();
    EXPECT_EQ(last_entry().outcome, Outcome::refused);
    EXPECT_EQ(open_serves(), 0u);
    std::filesystem::remove(file_);
  }
}

TEST_F(Serving, AServeThatBreaksInTheMiddleIsClosed) {
  const auto item = submit(investigator_, kLarge);
  const auto broken = [](ByteView) { throw std::runtime_error("the disk is gone"); };
  EXPECT_THROW((void)ask(archivist_, "GET", "/v1/objects/" + to_text(item), {}, {}, broken), std::runtime_error);
  EXPECT_EQ(last_entry().type, kEvidenceServed);
  EXPECT_EQ(facts_of<ServedFacts>(last_entry()).value().end, "cut");
  EXPECT_EQ(open_serves(), 0u);
}

TEST_F(Serving, AnAnswerAgainThatBreaksInTheMiddleIsClosed) {
  const auto item = submit(investigator_);
  const auto act = retrieval(lawyer_, {item});
  EXPECT_EQ(retrieve(lawyer_, act).status, 200u);
  {
    auto db = connection(store::Connection::Mode::read_write);
    db.execute("DELETE FROM release_shares");
  }
  EXPECT_THROW((void)retrieve(lawyer_, act), std::runtime_error);
  EXPECT_EQ(facts_of<ServedFacts>(last_entry()).value().end, "cut");
  EXPECT_EQ(open_serves(), 0u);
}

TEST_F(Serving, ARangeThatIsNotThereIsSaidOnlyToWhoMayHaveTheObject) {
  const auto item = submit(investigator_);
  const std::vector<protocol::transport::Field> beyond{{"Range", "bytes=1000-"}};
  EXPECT_EQ(ask(archivist_, "GET", "/v1/objects/" + to_text(item), {}, beyond).status, 416u);
  EXPECT_EQ(last_entry().outcome, Outcome::refused);
  EXPECT_EQ(last_entry().reason, "range.unsatisfiable");
  EXPECT_EQ(open_serves(), 0u);
  EXPECT_EQ(ask(outsider_, "GET", "/v1/objects/" + to_text(item), {}, beyond).status, 404u);
}

TEST_F(Serving, AFullQueueIsSaidToBeBusyByEveryCallThatWritesAnEntry) {
  const auto item = to_text(submit(investigator_));
  start({.waiting_max = 0});
  for (const auto& target : {std::string("/v1/items"), "/v1/items/" + item, "/v1/items/" + item + "/history",
                             std::string("/v1/cases"), std::string("/v1/roster?attest=1"), "/v1/objects/" + item}) {
    const auto answer = get(lawyer_, target);
    EXPECT_EQ(answer.status, 503u) << target;
    EXPECT_TRUE(answer.says(Reason::busy)) << target << answer.text();
  }
}

}  // namespace
}  // namespace depone::daemon::net
