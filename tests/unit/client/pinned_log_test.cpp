#include "client/lib/pinned_log.h"

#include <gtest/gtest.h>

#include "tests/unit/client/archive.h"
#include "tests/unit/error_code.h"
#include "tests/unit/log/reference.h"
#include "tests/unit/temporary_folder.h"

namespace depone::client {
namespace {

namespace log = crypto::log;
namespace reference = crypto::log::reference;
using tests::code_of;

// A log that its operator may change under the reader.
class Log final : public ProofSource {
 public:
  Log(const tests::Archive& archive, const crypto::Digest& genesis) : archive_(archive), leaves_{genesis} {}

  void grow_to(std::size_t size) {
    while (leaves_.size() < size) leaves_.push_back(crypto::random_fixed<crypto::Digest>());
  }
  void put_back_to(std::size_t size) { leaves_.resize(size); }
  std::string checkpoint(std::size_t size) const {
    const auto root = reference::root(reference::Leaves(leaves_).first(size));
    return log::sign_checkpoint({"archive.example/nk", size, root}, archive_.log);
  }
  std::string checkpoint() const { return checkpoint(leaves_.size()); }

  Result<std::vector<crypto::Digest>> consistency(std::uint64_t from, std::uint64_t to) override {
    ++asked;
    if (broken) return fail(ErrorCode::unreachable, "the line broke");
    if (to > leaves_.size()) return fail(ErrorCode::not_found, "the log is shorter");
    return reference::subproof(from, reference::Leaves(leaves_).first(to), true);
  }
  bool broken = false;
  int asked = 0;

 private:
  const tests::Archive& archive_;
  std::vector<crypto::Digest> leaves_;
};

class PinnedLogTest : public testing::Test {
 protected:
  PinnedLog open() { return PinnedLog::open(profile_.archive("nk").value()).value(); }
  std::uint64_t pinned() {
    const auto archive = profile_.archive("nk").value();
    return log::open_checkpoint(archive.pin().value(), archive.card().log_key()).value().size;
  }

  tests::TemporaryFolder folder_;
  Profile profile_{folder_ / "profile"};
  tests::Archive archive_;
  Bytes card_ = archive_.card();
  ArchiveProfile joined_ = profile_.join("nk", card_).value();
  Log log_{archive_, joined_.card().genesis};
};

TEST_F(PinnedLogTest, TheCardsOwnCheckpointIsBelievedFirst) {
  auto pinned_log = open();
  EXPECT_EQ(pinned_log.seen().size, 0u) << "nothing was seen in this session yet";
  ASSERT_TRUE(pinned_log.believe(log_.checkpoint(), log_));
  EXPECT_EQ(pinned_log.seen().size, 1u);
  EXPECT_EQ(log_.asked, 0) << "the same checkpoint needs no proof";
}

TEST_F(PinnedLogTest, ALaterCheckpointBecomesThePin) {
  log_.grow_to(7);
  ASSERT_TRUE(open().believe(log_.checkpoint(), log_));
  EXPECT_EQ(pinned(), 7u);
}

TEST_F(PinnedLogTest, AnEarlierCheckpointOfTheSameLogIsBelievedAndMovesNothing) {
  log_.grow_to(9);
  auto pinned_log = open();
  ASSERT_TRUE(pinned_log.believe(log_.checkpoint(9), log_));
  EXPECT_TRUE(pinned_log.believe(log_.checkpoint(4), log_));
  EXPECT_EQ(pinned(), 9u);
  EXPECT_EQ(pinned_log.seen().size, 9u);
}

TEST_F(PinnedLogTest, ALogThatWasPutBackIsToldFromALineThatBroke) {
  log_.grow_to(9);
  ASSERT_TRUE(open().believe(log_.checkpoint(), log_));
  log_.broken = true;
  EXPECT_EQ(code_of(open().believe(log_.checkpoint(5), log_)), ErrorCode::unreachable);
  log_.broken = false;
  log_.put_back_to(5);
  EXPECT_EQ(code_of(open().believe(log_.checkpoint(), log_)), ErrorCode::rolled_back);
  EXPECT_EQ(pinned(), 9u);
}

TEST_F(PinnedLogTest, AForkIsNotBelievedWhateverItsLength) {
  log_.grow_to(9);
  ASSERT_TRUE(open().believe(log_.checkpoint(), log_));
  for (const std::size_t size : {6u, 9u, 12u}) {
    Log fork(archive_, joined_.card().genesis);
    fork.grow_to(size);
    EXPECT_FALSE(open().believe(fork.checkpoint(), fork)) << size;
  }
  EXPECT_EQ(pinned(), 9u);
}

TEST_F(PinnedLogTest, AForkOfACheckpointSeenInThisSessionIsNotBelieved) {
  log_.grow_to(9);
  auto pinned_log = open();
  ASSERT_TRUE(pinned_log.believe(log_.checkpoint(9), log_));
  ASSERT_TRUE(pinned_log.believe(log_.checkpoint(6), log_));
  Log fork(archive_, joined_.card().genesis);
  fork.grow_to(6);
  EXPECT_EQ(code_of(pinned_log.believe(fork.checkpoint(), fork)), ErrorCode::damaged);
}

TEST_F(PinnedLogTest, ThePinNeverGoesBackBetweenTwoProcesses) {
  log_.grow_to(20);
  auto slow = open(), fast = open();
  ASSERT_TRUE(fast.believe(log_.checkpoint(20), log_));
  ASSERT_TRUE(slow.believe(log_.checkpoint(10), log_));
  EXPECT_EQ(pinned(), 20u);
}

TEST_F(PinnedLogTest, AnotherLogsCheckpointIsNotBelieved) {
  const tests::Archive other;
  Log theirs(other, joined_.card().genesis);
  theirs.grow_to(3);
  EXPECT_FALSE(open().believe(theirs.checkpoint(), theirs));
}

TEST_F(PinnedLogTest, APinThatWasDamagedOnDiskIsSaidToBe) {
  ASSERT_TRUE(system::write_file(profile_.folder() / "archives/nk/pin", view("damaged"), system::IfExists::replace));
  EXPECT_EQ(code_of(PinnedLog::open(profile_.archive("nk").value())), ErrorCode::damaged);
}

}  // namespace
}  // namespace depone::client
