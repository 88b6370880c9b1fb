#include "daemon/ledger/ledger.h"

#include <future>
#include <set>

#include <gtest/gtest.h>

#include "daemon/store/database.h"
#include "protocol/record/receipt.h"
#include "system/file.h"
#include "tests/unit/error_code.h"
#include "tests/unit/ledger/founded_ledger.h"

namespace depone::daemon::ledger {
namespace {

using namespace protocol::record;
using namespace std::chrono_literals;
using store::Connection;
using tests::Person;

class LedgerTest : public tests::FoundedLedger {
 protected:
  ErrorCode refused_to_open() {
    auto opened = try_open();
    EXPECT_FALSE(opened);
    return opened ? ErrorCode::interrupted : opened.error().code;
  }

  using Waiting = std::vector<std::future<Result<Recorded>>>;
  // Queues these while the writer is held, so that they are one group.
  template <class... Commands>
  Waiting write_together(Commands... commands) {
    std::promise<void> held, go_on;
    ledger_->write(SearchCommand{custodian_.id(), {"items", 1, 0}, std::nullopt}, [&](const Result<Recorded>&) {
      held.set_value();
      go_on.get_future().wait();
    });
    held.get_future().wait();
    Waiting waiting;
    const auto queue = [&](Command command) {
      auto done = std::make_shared<std::promise<Result<Recorded>>>();
      waiting.push_back(done->get_future());
      ledger_->write(std::move(command), [done](Result<Recorded> result) { done->set_value(std::move(result)); });
    };
    (queue(std::move(commands)), ...);
    go_on.set_value();
    for (auto& one : waiting) one.wait();
    return waiting;
  }
  EnrolCommand enrolment(const Person& who, std::vector<Role> roles, const Person& by,
                         std::optional<Seen> at = std::nullopt) {
    MemberEnrol body{who.card.hash, std::move(roles)};
    auto act = make_act(by.key, genesis(), at.value_or(seen()), clock_.now(), body);
    return {std::move(act), std::move(body), who.card, {}};
  }
  Reason reason_of(const Recorded& recorded) {
    return recorded.entries.empty() ? recorded.reason : recorded.entries.front().reason;
  }

  Person lawyer_{"lawyer"}, stranger_{"stranger"};
};

TEST_F(LedgerTest, RecordsAnActWithAReceiptThatVerifies) {
  open();
  const auto command = enrolment(lawyer_, {Role::lawyer}, custodian_);
  const auto recorded = write(command);
  ASSERT_EQ(recorded.entries.size(), 1u);
  EXPECT_EQ(recorded.entries.front().outcome, Outcome::accepted);
  Receipt receipt;
  receipt.proof = recorded.entries.front().proof;
  receipt.act.json = command.act.bytes;
  const auto verified = verify_receipt(receipt, ledger_->log_key()).value();
  EXPECT_EQ(verified.entry.seq, 1u);
  EXPECT_EQ(verified.entry.roster, 0u);
  EXPECT_EQ(verified.entry.prev, ledger_->snapshot().roster->genesis());
  EXPECT_EQ(verified.entry.subject, subject_of(lawyer_.id()));
  EXPECT_NE(ledger_->snapshot().roster->find(lawyer_.id()), nullptr);
}

TEST_F(LedgerTest, TheSameBytesAgainGetTheSameReceiptAndAddNothing) {
  open();
  const auto command = enrolment(lawyer_, {Role::lawyer}, custodian_);
  const auto first = write(command);
  (void)write(enrolment(stranger_, {Role::analyst}, custodian_));
  const auto size = ledger_->snapshot().size;
  const auto again = write(command);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.entries.front().bytes, first.entries.front().bytes);
  EXPECT_EQ(again.entries.front().proof, first.entries.front().proof);
  EXPECT_EQ(ledger_->snapshot().size, size);
}

TEST_F(LedgerTest, AnIdReusedWithOtherBytesIsRefused) {
  open();
  const auto command = enrolment(lawyer_, {Role::lawyer}, custodian_);
  (void)write(command);
  auto other = enrolment(stranger_, {Role::analyst}, custodian_);
  auto payload = other.act.payload;
  payload.id = command.act.payload.id;
  other.act = sign_act(custodian_.key, payload);
  EXPECT_EQ(reason_of(write(other)), Reason::act_id_reused);
}

TEST_F(LedgerTest, RefusesWhatWasSeenLongAgoNeverOrTooEarly) {
  open();
  const auto old = seen();
  (void)write(enrolment(lawyer_, {Role::lawyer}, custodian_));
  clock_.advance(9min);
  EXPECT_EQ(reason_of(write(enrolment(Person("a"), {Role::analyst}, custodian_, old))), Reason::none);
  clock_.advance(2min);
  EXPECT_EQ(reason_of(write(enrolment(Person("b"), {Role::analyst}, custodian_, old))), Reason::act_stale);
  EXPECT_EQ(reason_of(write(enrolment(Person("c"), {Role::analyst}, custodian_, Seen{1, {}}))),
            Reason::act_seen_unknown);
  EXPECT_EQ(reason_of(write(enrolment(Person("d"), {Role::analyst}, custodian_, Seen{1000, {}}))),
            Reason::act_seen_ahead);
  EXPECT_EQ(reason_of(write(enrolment(Person("e"), {Role::analyst}, custodian_))), Reason::none);
}

TEST_F(LedgerTest, AnActForAnotherArchiveIsRefusedAndAStrangersIsNotWrittenDown) {
  open();
  auto command = enrolment(lawyer_, {Role::lawyer}, custodian_);
  auto payload = command.act.payload;
  payload.archive = {};
  command.act = sign_act(custodian_.key, payload);
  EXPECT_EQ(reason_of(write(command)), Reason::act_wrong_archive);
  const auto size = ledger_->snapshot().size;
  EXPECT_EQ(reason_of(write(enrolment(lawyer_, {Role::lawyer}, stranger_))), Reason::act_actor_unknown);
  EXPECT_EQ(ledger_->snapshot().size, size);
}

TEST_F(LedgerTest, ARefusalRepeatedIsOneEntryAndMayBeAcceptedLater) {
  open();
  (void)write(enrolment(lawyer_, {Role::lawyer}, custodian_));
  // The last custodian cannot be revoked; once there is another, the very same act is accepted.
  MemberRevoke body{custodian_.id(), RevokeReason::left};
  const RevokeCommand command{
      make_act(custodian_.key, ledger_->snapshot().roster->genesis(), seen(), clock_.now(), body), body};
  const auto first = write(command);
  EXPECT_EQ(reason_of(first), Reason::member_last_custodian);
  const auto again = write(command);
  EXPECT_EQ(again.entries.front().seq, first.entries.front().seq);
  (void)write(enrolment(stranger_, {Role::custodian}, custodian_));
  const auto accepted = write(command);
  EXPECT_EQ(accepted.entries.front().outcome, Outcome::accepted);
  const auto repeated = write(command);
  ASSERT_EQ(repeated.entries.size(), 1u);  // the answer is the acceptance, not the refusals before it
  EXPECT_EQ(repeated.entries.front().bytes, accepted.entries.front().bytes);
  const auto entry = parse_entry(view(accepted.entries.front().bytes)).value();
  EXPECT_EQ(entry.before, first.entries.front().seq);
  EXPECT_EQ(reason_of(write(enrolment(Person("x"), {Role::lawyer}, custodian_))), Reason::actor_revoked);
}

TEST_F(LedgerTest, TimeNeverRunsBackwards) {
  open();
  const auto first =
      parse_entry(view(write(enrolment(lawyer_, {Role::lawyer}, custodian_)).entries.front().bytes)).value();
  clock_.advance(-1h);
  const auto second =
      parse_entry(view(write(enrolment(stranger_, {Role::analyst}, custodian_)).entries.front().bytes)).value();
  EXPECT_GE(second.at, first.at);
}

TEST_F(LedgerTest, GoesOnAfterAReopening) {
  open();
  (void)write(enrolment(lawyer_, {Role::lawyer}, custodian_));
  const auto before = ledger_->snapshot().checkpoint;
  close();
  open();
  EXPECT_EQ(ledger_->snapshot().checkpoint, before);
  EXPECT_NE(ledger_->snapshot().roster->find(lawyer_.id()), nullptr);
  EXPECT_EQ(write(enrolment(stranger_, {Role::analyst}, custodian_)).entries.front().seq, 2u);
}

TEST_F(LedgerTest, ManyAtOnceAreOneHistory) {
  open();
  std::vector<std::future<Result<Recorded>>> waiting;
  for (int i = 0; i < 100; ++i) {
    auto done = std::make_shared<std::promise<Result<Recorded>>>();
    waiting.push_back(done->get_future());
    ledger_->write(SearchCommand{custodian_.id(), {"items", 1, 0}, std::nullopt},
                   [done](Result<Recorded> result) { done->set_value(std::move(result)); });
  }
  std::set<std::uint64_t> seqs;
  for (auto& one : waiting) {
    const auto recorded = one.get().value();
    Receipt receipt;
    receipt.proof = recorded.entries.front().proof;
    EXPECT_TRUE(verify_receipt(receipt, ledger_->log_key()));
    seqs.insert(recorded.entries.front().seq);
  }
  EXPECT_EQ(seqs.size(), 100u);
  EXPECT_EQ(*seqs.rbegin(), 100u);
}

TEST_F(LedgerTest, AProofThatCannotBeMadeLeavesNothingThatWasNotToldAndLogsNothingTwice) {
  open();
  const auto command = enrolment(lawyer_, {Role::lawyer}, custodian_);
  (void)write(command);
  const SearchCommand search{custodian_.id(), {"items", 1, 0}, std::nullopt};
  for (int i = 0; i < 300; ++i) (void)write(search);
  {
    auto db = Connection::open(folder_ / "archive.db", key_, Connection::Mode::read_write).value();
    db.execute("DELETE FROM tiles WHERE level = 0 AND number = 0");  // the enrolment cannot be proved any more
  }
  const auto size = ledger_->snapshot().size;
  auto done = write_together(search, command, search);
  EXPECT_EQ(tests::code_of(done[1].get()), ErrorCode::io);
  EXPECT_TRUE(done[0].get());
  EXPECT_TRUE(done[2].get());
  EXPECT_EQ(ledger_->snapshot().size, size + 3);  // with the one that held the writer
}

TEST_F(LedgerTest, AFailureAfterTheCommitStopsTheProcessAndTellsNobodyThatNothingWasRecorded) {
  constexpr int kStopped = 7;
  const auto fail_after_the_commit = [&] {
    ledger_ = std::move(try_open(
                            {}, [](const policy::Roster&, const policy::Roster&) { throw std::runtime_error("no"); },
                            [](std::string_view) { std::_Exit(kStopped); })
                            .value());
    (void)write(enrolment(lawyer_, {Role::lawyer}, custodian_));
  };
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(fail_after_the_commit(), testing::ExitedWithCode(kStopped), "");
}

TEST_F(LedgerTest, TheQueueHasABudgetOfBytesButTakesTheEndOfAServeAlways) {
  ledger_ = std::move(try_open({.waiting_bytes_max = 1}).value());
  const auto command = enrolment(lawyer_, {Role::lawyer}, custodian_);
  const ServedCommand served{{1, 0, "cut"}};
  auto done = write_together(command, command, served);
  EXPECT_TRUE(done[0].get());  // one always fits
  EXPECT_EQ(tests::code_of(done[1].get()), ErrorCode::too_large);
  EXPECT_TRUE(done[2].get());
  EXPECT_TRUE(write(command).repeated);
}

TEST_F(LedgerTest, ADatabasePutBackIsRefusedAtStart) {
  open();
  (void)write(enrolment(lawyer_, {Role::lawyer}, custodian_));
  close();
  std::filesystem::copy_file(folder_ / "archive.db", folder_ / "earlier.db");
  open();
  MemberRevoke body{lawyer_.id(), RevokeReason::left};
  (void)write(
      RevokeCommand{make_act(custodian_.key, ledger_->snapshot().roster->genesis(), seen(), clock_.now(), body), body});
  close();
  std::filesystem::copy_file(folder_ / "earlier.db", folder_ / "archive.db",
                             std::filesystem::copy_options::overwrite_existing);
  std::filesystem::remove(folder_ / "archive.db-wal");
  EXPECT_EQ(refused_to_open(), ErrorCode::rolled_back);
}

TEST_F(LedgerTest, ChangesByWhoeverHasTheDatabaseKeyAreRefusedAtStart) {
  for (const char* const sql :
       {"UPDATE members SET roles = 'custodian' WHERE member = 1", "DELETE FROM members WHERE member = 1",
        "UPDATE members SET revoked = 1 WHERE member = 1", "UPDATE tiles SET hashes = zeroblob(64)",
        "UPDATE entries SET bytes = CAST(replace(CAST(bytes AS TEXT), 'accepted', 'refused!') AS BLOB) WHERE seq = 1",
        "DELETE FROM entries WHERE seq = 1", "UPDATE acts SET envelope = x'7b7d'", "DELETE FROM checkpoints"}) {
    const tests::TemporaryFolder copy;
    open();
    if (ledger_->snapshot().size == 1) (void)write(enrolment(lawyer_, {Role::lawyer}, custodian_));
    close();
    std::filesystem::copy(folder_.path(), copy.path(), std::filesystem::copy_options::recursive);
    {
      auto db = Connection::open(copy / "archive.db", key_, Connection::Mode::read_write).value();
      db.execute("PRAGMA foreign_keys=OFF");
      db.execute(sql);
    }
    const auto opened = Ledger::open({copy / "archive.db", copy / "checkpoints"}, key_, {}, clock_, nullptr,
                                     [](std::string_view) { std::abort(); });
    EXPECT_FALSE(opened) << sql;
  }
}

TEST_F(LedgerTest, AnActOfATypeThatOnlyTheArchiveWritesIsRefusedWithoutAnEntry) {
  open();
  for (const auto type : {kArchiveInit, kEvidenceServe, kEvidenceServed, kCatalogueSearch}) {
    auto payload = enrolment(lawyer_, {Role::lawyer}, custodian_).act.payload;
    payload.type = type;
    const auto refused = write(RefuseCommand{sign_act(custodian_.key, payload), Reason::act_type_unknown});
    EXPECT_TRUE(refused.entries.empty()) << type;
    EXPECT_EQ(refused.reason, Reason::act_type_unknown);
  }
  close();
  EXPECT_TRUE(try_open());  // an entry that cannot be read back would be in the way
}

TEST_F(LedgerTest, ACheckpointFileThatIsTornIsReadAndAMissingOneIsNot) {
  open();
  (void)write(enrolment(lawyer_, {Role::lawyer}, custodian_));
  close();
  const auto path = folder_ / "checkpoints";
  auto bytes = system::read_file(path, 1 << 20).value();
  bytes.insert(bytes.end(), {'A', 'B', 'C'});  // a line that a crash cut
  ASSERT_TRUE(system::write_file(path, bytes, system::IfExists::replace));
  open();
  close();
  ASSERT_TRUE(system::write_file(path, to_bytes("nonsense\n"), system::IfExists::replace));
  EXPECT_EQ(refused_to_open(), ErrorCode::damaged);
  std::filesystem::remove(path);
  EXPECT_EQ(refused_to_open(), ErrorCode::damaged);
}

}  // namespace
}  // namespace depone::daemon::ledger
