// Cases, items and their numbers in a real ledger, and folders that somebody put together from two days.
#include "tests/unit/ledger/custody.h"

namespace depone::daemon::ledger {
namespace {

TEST_F(Custody, OpeningACaseChangesTheRosterAndNamesTheCase) {
  const auto recorded = entry(opened_);
  EXPECT_EQ(recorded.outcome, Outcome::accepted);
  EXPECT_EQ(*recorded.case_id, case_);
  EXPECT_EQ(recorded.subject, subject_of(case_));
  EXPECT_EQ(recorded.roster, 3u);
  EXPECT_EQ(ledger_->snapshot().roster->head(), recorded.seq);
  EXPECT_TRUE(ledger_->snapshot().roster->find(case_)->is_reader(lawyer_.id()));
}

TEST_F(Custody, ItemsGetNumbersThatACourtCanCiteAndRefusalsNone) {
  const auto ref = [](const Recorded& recorded) { return facts_of<SubmitFacts>(entry(recorded)).value().ref; };
  EXPECT_EQ(ref(write(submission(investigator_))), "NKPC-000001");
  const auto refused = write(submission(custodian_));
  EXPECT_EQ(refused.entries.at(0).reason, Reason::role_lacks);
  EXPECT_EQ(ref(refused), "");
  EXPECT_EQ(ref(write(submission(lawyer_))), "NKPC-000002");
}

TEST_F(Custody, ASubmissionIsAnsweredWithAReceiptThatVerifiesHoweverLateItComes) {
  auto command = submission(investigator_);
  const auto envelope = command.act.bytes;
  enrol(Person("somebody"), Role::analyst);
  clock_.advance(24h * 90);  // it lay in a queue
  command.courier = lawyer_.id();
  const auto recorded = write(std::move(command));
  Receipt receipt;
  receipt.proof = recorded.entries.at(0).proof;
  receipt.act.json = envelope;
  const auto verified = verify_receipt(receipt, ledger_->log_key());
  ASSERT_TRUE(verified) << verified.error().detail;
  EXPECT_EQ(verified->entry.outcome, Outcome::accepted);
  const auto facts = facts_of<SubmitFacts>(verified->entry).value();
  EXPECT_EQ(facts.courier, lawyer_.id());
  EXPECT_EQ(facts.epoch, "current");
  EXPECT_EQ(facts.skew_ms, std::chrono::milliseconds(24h * 90).count());
}

TEST_F(Custody, AnItemOrAnObjectComesOnce) {
  auto first = submission(investigator_);
  auto same_nonce = submission(investigator_);
  same_nonce.body.nonce = first.body.nonce;
  same_nonce.act = act(investigator_, same_nonce.body);
  auto same_object = submission(investigator_);
  same_object.body.object = first.body.object;
  same_object.act = act(investigator_, same_object.body);
  EXPECT_EQ(write(std::move(first)).entries.at(0).outcome, Outcome::accepted);
  EXPECT_EQ(write(std::move(same_nonce)).entries.at(0).reason, Reason::item_exists);
  EXPECT_EQ(write(std::move(same_object)).entries.at(0).reason, Reason::object_exists);
}

TEST_F(Custody, WhatARevokedMemberSealedIsPendingAndNobodyGetsItYet) {
  auto late = submission(investigator_);
  const auto item = crypto::item_id(genesis(), investigator_.id(), late.body.nonce);
  revoke(investigator_);
  const auto recorded = write(std::move(late));
  EXPECT_EQ(recorded.entries.at(0).outcome, Outcome::pending);
  EXPECT_EQ(facts_of<SubmitFacts>(entry(recorded)).value().ref, "");
  EXPECT_EQ(write(retrieval(lawyer_, {item})).entries.at(0).reason, Reason::not_found);
}

TEST_F(Custody, EntriesAreOneChainInTimeWithOneChainForEachSubject) {
  const auto item = submit(investigator_);
  clock_.advance(1min);
  (void)write(retrieval(lawyer_, {item, submit(lawyer_)}));
  clock_.advance(-1h);  // somebody set the clock
  (void)write(ServeCommand{archivist_.id(), item, std::nullopt, {"object", 0, 64}});
  (void)write(SearchCommand{lawyer_.id(), {"items", 1, 0}, case_});
  revoke(investigator_);
  const auto size = ledger_->snapshot().size;
  close();
  auto db = Connection::open(folder_ / "archive.db", key_, Connection::Mode::read_only).value();
  crypto::Digest prev;
  TimePoint at{};
  std::uint64_t roster = 0;
  std::map<std::string, std::uint64_t> last;
  for (std::uint64_t seq = 0; seq < size; ++seq) {
    const auto bytes = store::entry_bytes(db, seq).value();
    const auto one = parse_entry(view(bytes)).value();
    EXPECT_EQ(one.seq, seq);
    EXPECT_EQ(one.prev, prev) << seq;
    EXPECT_GE(one.at, at) << seq;
    EXPECT_EQ(one.roster, seq == 0 ? std::nullopt : std::optional(roster)) << seq;
    const auto known = last.find(one.subject);
    EXPECT_EQ(one.before, one.subject.empty() || known == last.end() ? std::nullopt : std::optional(known->second))
        << seq;
    prev = crypto::log::leaf_hash(view(bytes));
    at = one.at;
    if (changes_roster(one)) roster = seq;
    last[one.subject] = seq;
  }
  EXPECT_EQ(roster, size - 1);  // the revocation
}

TEST_F(Custody, NumbersAndGrantsGoOnAfterAReopening) {
  const auto item = submit(investigator_);
  close();
  open();
  EXPECT_EQ(facts_of<SubmitFacts>(entry(write(submission(investigator_)))).value().ref, "NKPC-000002");
  EXPECT_EQ(write(retrieval(lawyer_, {item})).entries.at(0).outcome, Outcome::accepted);
}

TEST_F(Custody, ADatabaseFromBeforeARevocationIsRefusedBesideTheNewerCheckpoints) {
  copy_to(folder_ / "earlier");
  ASSERT_TRUE(std::filesystem::exists(folder_ / "earlier" / "archive.db-wal"));
  revoke(lawyer_);
  close();
  put_back(folder_ / "earlier", {"archive.db", "archive.db-wal"});
  const auto opened = try_open();
  EXPECT_EQ(tests::code_of(opened), ErrorCode::rolled_back);
  // With its own checkpoints it is whole: nothing in the folder itself can tell that it is of another day.
  put_back(folder_ / "earlier", {"archive.db", "archive.db-wal", "checkpoints"});
  open();
  EXPECT_TRUE(ledger_->snapshot().roster->find(lawyer_.id())->in_standing());
}

TEST_F(Custody, ADatabaseOfAnotherHistoryIsRefusedThoughItIsAsLong) {
  close();
  copy_to(folder_ / "earlier");
  open();
  (void)submit(lawyer_);
  close();
  std::filesystem::copy_file(folder_ / "checkpoints", folder_ / "other-checkpoints");
  put_back(folder_ / "earlier", {"archive.db", "archive.db-wal", "checkpoints"});
  open();
  (void)submit(lawyer_);
  close();
  std::filesystem::copy_file(folder_ / "other-checkpoints", folder_ / "checkpoints",
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_EQ(tests::code_of(try_open()), ErrorCode::rolled_back);
}

TEST_F(Custody, ADatabaseAheadOfItsCheckpointFileGoesOn) {
  // A crash between the commit and the append: nothing was answered, and the act sent again gets its receipt.
  const auto before = system::read_file(folder_ / "checkpoints", 1 << 20).value();
  const auto command = retrieval(lawyer_, {submit(investigator_)});
  const auto first = write(command);
  close();
  ASSERT_TRUE(system::write_file(folder_ / "checkpoints", before, system::IfExists::replace));
  open();
  const auto again = write(command);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.entries.at(0).proof, first.entries.at(0).proof);
}

TEST_F(Custody, TheCheckpointsOfAnotherArchiveAreRefused) {
  close();
  const tests::TemporaryFolder foreign;
  auto db = Connection::open(foreign / "archive.db", key_, Connection::Mode::create).value();
  ASSERT_TRUE(found_ledger(db, foreign / "checkpoints",
                           {"archive.example/nk", custodian_.card, crypto::SealSuite::x25519, {}}, clock_.now()));
  std::filesystem::copy_file(foreign / "checkpoints", folder_ / "checkpoints",
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_EQ(tests::code_of(try_open()), ErrorCode::damaged);
}

TEST_F(Custody, CasesAndGrantsThatNoActGaveAreRefusedAtStart) {
  close();
  copy_to(folder_ / "good");
  for (const char* sql : {"UPDATE grants SET kind = 'reader'", "DELETE FROM grants", "UPDATE cases SET prefix = 'X'"}) {
    {
      auto db = Connection::open(folder_ / "archive.db", key_, Connection::Mode::read_write).value();
      db.execute("PRAGMA foreign_keys=OFF");
      db.execute(sql);
    }
    EXPECT_EQ(tests::code_of(try_open()), ErrorCode::damaged) << sql;
    put_back(folder_ / "good", {"archive.db", "archive.db-wal", "checkpoints"});
    EXPECT_TRUE(try_open()) << "after putting it right again";
  }
}

}  // namespace
}  // namespace depone::daemon::ledger
