// What may leave, to whom, and what is written down of it.
#include "tests/unit/ledger/custody.h"

namespace depone::daemon::ledger {
namespace {

class Reading : public Custody {};

TEST_F(Reading, ARetrievalIsGrantedForADayAndRepeatedByteForByte) {
  const auto item = submit(investigator_);
  const auto command = retrieval(lawyer_, {item});
  const auto granted = write(command);
  EXPECT_EQ(granted.entries.at(0).outcome, Outcome::accepted);
  const auto facts = facts_of<RetrieveFacts>(entry(granted)).value();
  EXPECT_EQ(facts.until, clock_.now() + 24h);
  EXPECT_EQ(facts.content, "inline");
  EXPECT_EQ(facts_of<RetrieveFacts>(entry(write(retrieval(lawyer_, {item}, Scope::manifest)))).value().content, "none");
  const auto size = ledger_->snapshot().size;
  clock_.advance(1h);
  const auto again = write(command);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.entries.at(0).bytes, granted.entries.at(0).bytes);
  EXPECT_EQ(again.entries.at(0).proof, granted.entries.at(0).proof);
  EXPECT_EQ(ledger_->snapshot().size, size);
}

TEST_F(Reading, EachItemOfARetrievalIsDecidedAndChainedByItself) {
  const auto free = submit(investigator_), bound = submit(investigator_, {"un_ohchr"});
  const auto unknown = crypto::random_fixed<crypto::EvidenceId>();
  const auto first = write(retrieval(lawyer_, {free, bound, unknown}));
  ASSERT_EQ(first.entries.size(), 3u);
  EXPECT_EQ(first.entries[0].reason, Reason::none);
  EXPECT_EQ(first.entries[1].reason, Reason::consent_recipient);
  EXPECT_EQ(first.entries[2].reason, Reason::not_found);
  EXPECT_EQ(facts_of<RetrieveFacts>(entry(first, 1)).value().until, std::nullopt);
  const auto second = write(retrieval(lawyer_, {bound, free}));
  EXPECT_EQ(entry(second, 0).before, first.entries[1].seq);
  EXPECT_EQ(entry(second, 1).before, first.entries[0].seq);
}

TEST_F(Reading, ARefusedRetrievalRepeatedAddsNothing) {
  const auto bound = submit(investigator_, {"un_ohchr"});
  const auto command = retrieval(lawyer_, {bound, crypto::random_fixed<crypto::EvidenceId>()});
  const auto first = write(command);
  const auto size = ledger_->snapshot().size;
  const auto again = write(command);
  EXPECT_EQ(ledger_->snapshot().size, size);
  ASSERT_EQ(again.entries.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) EXPECT_EQ(again.entries[i].bytes, first.entries[i].bytes) << i;
}

TEST_F(Reading, WhoMayNotSeeAnItemLearnsNoMoreThanOfOneThatIsNot) {
  const auto item = submit(lawyer_);
  const auto refused = write(retrieval(investigator_, {item, crypto::random_fixed<crypto::EvidenceId>()}));
  EXPECT_EQ(refused.entries.at(0).reason, Reason::not_found);
  EXPECT_EQ(refused.entries.at(1).reason, Reason::not_found);
  EXPECT_EQ(write(retrieval(investigator_, {submit(investigator_)})).entries.at(0).outcome, Outcome::accepted);
}

TEST_F(Reading, ObjectsRideInTheAnswerOnlyWhereTheyAreReleasedAndThereIsRoom) {
  const auto bound = submit(investigator_, {"un_ohchr"}), first = submit(investigator_), second = submit(investigator_);
  const auto contents = [&](const Recorded& recorded) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < recorded.entries.size(); ++i)
      out.push_back(facts_of<RetrieveFacts>(entry(recorded, i)).value().content);
    return out;
  };
  // There is room for one object of 64 bytes, and what is refused does not take it.
  EXPECT_EQ(contents(write(retrieval(lawyer_, {bound, first, second}))),
            (std::vector<std::string>{"", "inline", "get"}));
}

TEST_F(Reading, RefusalsOfWhoMayNotSeeAnItemDoNotStandInItsCustody) {
  const auto item = submit(lawyer_);
  const auto seen_by_reader = write(retrieval(lawyer_, {item}));
  const Person outsider("outsider");
  enrol(outsider, Role::lawyer);
  clock_.advance(1h);
  auto stale = retrieval(outsider, {item});
  (void)submit(lawyer_);
  clock_.advance(1h);
  for (auto& command : {retrieval(outsider, {item}), retrieval(investigator_, {item}), stale}) {
    const auto refused = entry(write(command));
    EXPECT_EQ(refused.outcome, Outcome::refused);
    EXPECT_EQ(refused.subject, "");
    EXPECT_EQ(refused.before, std::nullopt);
    EXPECT_TRUE(refused.act);
  }
  EXPECT_EQ(entry(write(retrieval(archivist_, {item}))).before, seen_by_reader.entries[0].seq);  // who sees all entries
}

TEST_F(Reading, ARetrievalPartlyOfUnseenItemsIsRepeatedItemByItem) {
  const auto own = submit(investigator_), unseen = submit(lawyer_);
  const auto command = retrieval(investigator_, {unseen, own, crypto::random_fixed<crypto::EvidenceId>()});
  const auto first = write(command);
  ASSERT_EQ(first.entries.size(), 3u);
  const auto size = ledger_->snapshot().size;
  const auto again = write(command);
  ASSERT_EQ(again.entries.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(again.entries[i].bytes, first.entries[i].bytes) << i;
  const auto refused = retrieval(investigator_, {unseen, crypto::random_fixed<crypto::EvidenceId>()});
  const auto once = write(refused), twice = write(refused);
  ASSERT_EQ(twice.entries.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) EXPECT_EQ(twice.entries[i].bytes, once.entries[i].bytes) << i;
  EXPECT_EQ(ledger_->snapshot().size, size + 2);
}

TEST_F(Reading, TheWriterServesOnlyWhatIsReleasedNow) {
  const auto item = submit(lawyer_);
  const auto content = retrieval(lawyer_, {item}), manifest = retrieval(lawyer_, {item}, Scope::manifest);
  (void)write(content);
  (void)write(manifest);
  const auto serving = [&](const Person& who, std::optional<crypto::Digest> act, const char* what = "object") {
    return write(ServeCommand{who.id(), item, act, {what, 0, 64}});
  };
  const auto reason = [](const Recorded& recorded) {
    return recorded.entries.empty() ? recorded.reason : recorded.entries.at(0).reason;
  };
  EXPECT_EQ(reason(serving(lawyer_, content.act.hash)), Reason::none);
  EXPECT_EQ(reason(serving(archivist_, std::nullopt)), Reason::none);
  EXPECT_EQ(reason(serving(lawyer_, manifest.act.hash)), Reason::grant_scope);
  EXPECT_EQ(reason(serving(lawyer_, manifest.act.hash, "answer")), Reason::none);
  EXPECT_EQ(reason(serving(lawyer_, std::nullopt)), Reason::grant_ended);
  EXPECT_EQ(reason(serving(investigator_, content.act.hash)), Reason::not_found);
  EXPECT_EQ(reason(write(ServeCommand{archivist_.id(), item, std::nullopt, {"object", 0, 0}, Reason::internal})),
            Reason::internal);
  clock_.advance(24h);
  const auto size = ledger_->snapshot().size;
  EXPECT_EQ(reason(serving(lawyer_, content.act.hash, "answer")), Reason::grant_ended);
  EXPECT_EQ(ledger_->snapshot().size, size);
  EXPECT_EQ(reason(serving(lawyer_, content.act.hash)), Reason::grant_ended);
  const auto later = retrieval(lawyer_, {item});
  (void)write(later);
  revoke(lawyer_);
  EXPECT_EQ(reason(serving(lawyer_, later.act.hash)), Reason::actor_revoked);
}

TEST_F(Reading, ARefusedServeIsWrittenDownAndOpensNothing) {
  const auto item = submit(lawyer_);
  const auto command = retrieval(lawyer_, {item});
  (void)write(command);
  clock_.advance(24h);
  const auto ended = entry(write(ServeCommand{lawyer_.id(), item, command.act.hash, {"object", 0, 0}}));
  EXPECT_EQ(ended.type, kEvidenceServe);
  EXPECT_EQ(ended.outcome, Outcome::refused);
  EXPECT_EQ(ended.reason, code(Reason::grant_ended));
  EXPECT_EQ(ended.subject, subject_of(item));
  EXPECT_EQ(ended.act, OrEmpty<crypto::Digest>(command.act.hash));
  // By somebody who may not see it, with an act that is another's: neither stands in the entry.
  for (const auto& asked : {item, crypto::EvidenceId{}}) {
    const auto unseen = entry(write(ServeCommand{investigator_.id(), asked, command.act.hash, {"object", 0, 0}}));
    EXPECT_EQ(unseen.reason, code(Reason::not_found));
    EXPECT_EQ(unseen.subject, "");
    EXPECT_FALSE(unseen.case_id);
    EXPECT_FALSE(unseen.act);
  }
  close();
  auto db = Connection::open(folder_ / "archive.db", key_, Connection::Mode::read_only).value();
  EXPECT_TRUE(store::still_serving(db).empty());
}

TEST_F(Reading, AConsentThatWasChangedInTheDatabaseReleasesNothing) {
  for (const char* const sql :
       {"UPDATE parts SET bytes = CAST(replace(CAST(bytes AS TEXT), 'un_ohchr', 'icc_otp') AS BLOB) WHERE name = "
        "'private'",
        "DELETE FROM parts WHERE name = 'private'",
        "UPDATE entries SET act = (SELECT min(act) FROM acts) WHERE seq = (SELECT max(item) FROM items)",
        "UPDATE items SET epoch = 2, submitter = (SELECT min(member) FROM members)"}) {
    const auto bound = submit(investigator_, {"un_ohchr"});
    EXPECT_EQ(write(retrieval(lawyer_, {bound})).entries.at(0).reason, Reason::consent_recipient);
    {
      auto db = Connection::open(folder_ / "archive.db", key_, Connection::Mode::read_write).value();
      db.execute("PRAGMA foreign_keys=OFF");
      db.execute(sql);
    }
    const auto refused = write(retrieval(lawyer_, {bound}));
    EXPECT_EQ(refused.entries.at(0).outcome, Outcome::refused) << sql;
    const auto reason = refused.entries.at(0).reason;
    EXPECT_TRUE(reason == Reason::item_damaged || reason == Reason::retrieve_not_reader) << sql;
    EXPECT_EQ(write(submission(lawyer_, {"icc_otp"}, {bound})).entries.at(0).reason, Reason::item_damaged) << sql;
  }
}

TEST_F(Reading, AReleaseThatOnlyTheDatabaseKnowsServesNothing) {
  const auto item = submit(lawyer_);
  const auto command = retrieval(lawyer_, {item});
  (void)write(command);
  clock_.advance(24h);
  {
    auto db = Connection::open(folder_ / "archive.db", key_, Connection::Mode::read_write).value();
    db.execute("UPDATE releases SET until = until * 2");
  }
  EXPECT_EQ(write(ServeCommand{lawyer_.id(), item, command.act.hash, {"object", 0, 64}}).entries.at(0).reason,
            Reason::grant_ended);
}

TEST_F(Reading, ADerivativeIsNoFreerThanWhatWasSignedOfItsOriginal) {
  const auto bound = submit(investigator_, {"un_ohchr"});
  const auto deriving = [&](const Person& who, std::vector<std::string> recipients, crypto::EvidenceId original) {
    return write(submission(who, std::move(recipients), {original})).entries.at(0).reason;
  };
  EXPECT_EQ(deriving(investigator_, {"un_ohchr"}, bound), Reason::none);
  EXPECT_EQ(deriving(investigator_, {"un_ohchr", "icc_otp"}, bound), Reason::item_derivative_freer);
  EXPECT_EQ(deriving(lawyer_, {}, bound), Reason::none);
  // A reviewer's own items are all that they see.
  EXPECT_EQ(deriving(investigator_, {}, submit(lawyer_)), Reason::item_original_unknown);
  EXPECT_EQ(deriving(investigator_, {}, crypto::random_fixed<crypto::EvidenceId>()), Reason::item_original_unknown);
}

TEST_F(Reading, TheRevokedRetrieveNothing) {
  const auto item = submit(investigator_);
  revoke(lawyer_);
  const auto refused = write(retrieval(lawyer_, {item}));
  EXPECT_EQ(refused.entries.at(0).outcome, Outcome::refused);
  EXPECT_EQ(refused.entries.at(0).reason, Reason::actor_revoked);
}

TEST_F(Reading, ServingThatAStopCutOffIsClosedAtStart) {
  const auto item = submit(investigator_);
  const auto serve = write(ServeCommand{archivist_.id(), item, std::nullopt, {"object", 0, 64}}).entries.at(0).seq;
  close();
  open();
  const auto size = ledger_->snapshot().size;
  ASSERT_EQ(size, serve + 2);
  close();
  {
    auto db = Connection::open(folder_ / "archive.db", key_, Connection::Mode::read_only).value();
    const auto served = parse_entry(view(store::entry_bytes(db, serve + 1).value())).value();
    EXPECT_EQ(served.type, kEvidenceServed);
    EXPECT_EQ(facts_of<ServedFacts>(served).value().serve, serve);
    EXPECT_EQ(facts_of<ServedFacts>(served).value().end, "unknown");
  }
  open();
  EXPECT_EQ(ledger_->snapshot().size, size);  // once
}

}  // namespace
}  // namespace depone::daemon::ledger
