// What is said of an item again, the further cases that it is shared into, and rows that say otherwise than was signed.
#include "tests/unit/ledger/custody.h"

namespace depone::daemon::ledger {
namespace {

class Describing : public Custody {
 protected:
  Describing() {
    enrol(second_, Role::lawyer);
    CaseOpen body;
    body.case_id = further_;
    body.prefix = "TORT";
    body.key = second_.card.body().seal;
    body.grants = {{second_.id(), {1}, GrantAs::reader}};
    (void)write(OpenCaseCommand{act(custodian_, body), body, {}});
  }

  static SubmitPrivate saying(std::vector<std::string> recipients) {
    SubmitPrivate said;
    said.consent.purposes = {"documentation"};
    said.consent.recipients = std::move(recipients);
    said.consent.recontact = Recontact::never;
    return said;
  }
  Recorded describe(const Person& by, const crypto::EvidenceId& item, const crypto::Digest& supersedes,
                    std::optional<SubmitPrivate> said, std::optional<Sensitivity> sensitivity = std::nullopt) {
    EvidenceDescribe body;
    body.item = item;
    body.supersedes = supersedes;
    body.sensitivity = sensitivity;
    std::vector<Part> parts;
    if (said) {
      parts.push_back({"private", to_bytes(write_form(*said))});
      body.parts.add("private", salted_root(parts.back().bytes).value());
    }
    auto signed_act = act(by, body);
    return write(DescribeCommand{std::move(signed_act), std::move(body), std::move(parts), std::move(said)});
  }
  Recorded share(const Person& by, const crypto::EvidenceId& item, const crypto::CaseId& into) {
    EvidenceShare body{item, into, 1, {}};
    std::vector<Part> parts{{"secret", {3}}};
    body.parts.add("secret", crypto::sha256(parts[0].bytes));
    auto signed_act = act(by, body);
    return write(ShareCommand{std::move(signed_act), std::move(body), std::move(parts)});
  }
  RetrieveCommand retrieval_in(const crypto::CaseId& case_id, const Person& by, const crypto::EvidenceId& item) {
    auto command = retrieval(by, {item});
    command.body.case_id = case_id;
    command.act = act(by, command.body);
    return command;
  }
  void change(const std::string& sql) {
    auto db = Connection::open(folder_ / "archive.db", key_, Connection::Mode::read_write).value();
    db.execute("PRAGMA foreign_keys=OFF");
    db.execute(sql.c_str());
  }
  static Reason reason(const Recorded& recorded) { return recorded.entries.at(0).reason; }
  static crypto::Digest act_of(const Recorded& recorded) { return *entry(recorded).act; }
  Recorded submitted(const Person& by, std::vector<std::string> recipients = {"icc_otp"}) {
    auto command = submission(by, std::move(recipients));
    item_ = crypto::item_id(genesis(), by.id(), command.body.nonce);
    return write(std::move(command));
  }

  Person second_{"second"};
  crypto::CaseId further_ = crypto::random_fixed<crypto::CaseId>();
  crypto::EvidenceId item_;  // the latest that was submitted
};

TEST_F(Describing, EachDescriptionFollowsTheLatestAndItsEntrySaysWhatHolds) {
  const auto deposit = submitted(investigator_);
  const auto first = describe(investigator_, item_, act_of(deposit), saying({"icc_otp"}));
  ASSERT_EQ(reason(first), Reason::none);
  EXPECT_EQ(reason(describe(lawyer_, item_, act_of(deposit), saying({}))), Reason::describe_superseded);
  const auto second = describe(lawyer_, item_, act_of(first), std::nullopt, Sensitivity::secret);
  ASSERT_EQ(reason(second), Reason::none);
  const auto seq = [](const Recorded& recorded) { return recorded.entries.at(0).seq; };
  EXPECT_EQ(facts_of<DescribeFacts>(entry(second)).value().holds,
            (Described{seq(first), seq(deposit), Sensitivity::secret}));
  EXPECT_EQ(facts_of<RetrieveFacts>(entry(write(retrieval(lawyer_, {item_})))).value().described, seq(second));
  EXPECT_EQ(reason(describe(lawyer_, item_, act_of(second), std::nullopt, Sensitivity::open)), Reason::describe_freer);
  EXPECT_EQ(reason(describe(lawyer_, item_, act_of(second), saying({"icc_otp", "un_ohchr"}))), Reason::describe_freer);
}

// The row of an item, put back to what it once said: an old page of the database, say.
TEST_F(Describing, ADescriptionThatWasPutBackInTheDatabaseReleasesNothing) {
  for (const bool retrieved_since : {false, true}) {
    for (const char* const sql : {
             "UPDATE items SET described = item, said = item, manifest = item, sensitivity = 0 WHERE item = ",
             "UPDATE items SET described = said, sensitivity = 0 WHERE item = ",
             "UPDATE items SET said = item WHERE item = ",
             "UPDATE items SET manifest = described WHERE item = ",
             "UPDATE items SET sensitivity = 0 WHERE item = ",
             "UPDATE items SET described = 1 WHERE item = ",
         }) {
      const auto deposit = submitted(investigator_);
      const auto narrowed = describe(lawyer_, item_, act_of(deposit), saying({}));
      const auto raised = describe(lawyer_, item_, act_of(narrowed), std::nullopt, Sensitivity::secret);
      if (retrieved_since) {
        RetrieveCommand internal = retrieval(lawyer_, {item_});
        internal.body.use = Use::internal;
        internal.statement.recipient.clear();
        internal.act = act(lawyer_, internal.body);
        ASSERT_EQ(reason(write(internal)), Reason::none);
      }
      ASSERT_EQ(reason(write(retrieval(lawyer_, {item_}))), Reason::consent_recipient);
      change(sql + std::to_string(deposit.entries[0].seq));
      EXPECT_EQ(reason(write(retrieval(lawyer_, {item_}))), Reason::item_damaged) << sql;
      EXPECT_EQ(reason(describe(lawyer_, item_, act_of(raised), saying({}))), Reason::item_damaged) << sql;
      EXPECT_EQ(reason(describe(lawyer_, item_, act_of(deposit), saying({}))), Reason::item_damaged) << sql;
      EXPECT_EQ(reason(write(submission(lawyer_, {}, {item_}))), Reason::item_damaged) << sql;
      EXPECT_EQ(reason(share(lawyer_, item_, further_)), Reason::item_damaged) << sql;
    }
  }
}

TEST_F(Describing, AnItemIsSharedOnceIntoACaseAndRetrievedThere) {
  (void)submitted(investigator_);
  EXPECT_EQ(reason(share(second_, item_, further_)), Reason::not_found);
  EXPECT_EQ(reason(share(lawyer_, item_, crypto::random_fixed<crypto::CaseId>())), Reason::case_unknown);
  EXPECT_EQ(reason(write(retrieval_in(further_, second_, item_))), Reason::not_found);
  EXPECT_EQ(reason(share(lawyer_, item_, further_)), Reason::none);
  EXPECT_EQ(reason(share(lawyer_, item_, further_)), Reason::share_exists);
  EXPECT_EQ(reason(share(lawyer_, item_, case_)), Reason::share_exists);
  EXPECT_EQ(reason(write(retrieval_in(further_, second_, item_))), Reason::none);
  EXPECT_EQ(reason(write(retrieval_in(case_, second_, item_))), Reason::retrieve_not_reader);
}

TEST_F(Describing, AShareThatOnlyTheDatabaseKnowsReleasesNothing) {
  const auto other = submitted(lawyer_);
  const auto taken = share(lawyer_, item_, further_).entries.at(0).seq;
  for (const auto& seq : {std::to_string(taken), std::to_string(other.entries.at(0).seq), std::string("999")}) {
    const auto deposit = submitted(lawyer_).entries.at(0).seq;
    change("INSERT INTO shares SELECT " + std::to_string(deposit) + ", \"case\", 1, " + seq +
           " FROM cases WHERE prefix = 'TORT'");
    EXPECT_EQ(reason(write(retrieval_in(further_, second_, item_))), Reason::item_damaged) << seq;
    EXPECT_EQ(reason(share(second_, item_, case_)), Reason::share_exists) << seq;
  }
  (void)submitted(lawyer_);
  (void)share(lawyer_, item_, further_);
  change("UPDATE shares SET epoch = 2 WHERE seq = " + std::to_string(ledger_->snapshot().size - 1));
  EXPECT_EQ(reason(write(retrieval(lawyer_, {item_}))), Reason::item_damaged);
}

TEST_F(Describing, AnItemComesFromSixtyFourItemsAndFromNoMore) {
  std::vector<crypto::EvidenceId> originals;
  for (int i = 0; i < 64; ++i) originals.push_back(submit(lawyer_));
  auto from_all = submission(lawyer_, {"icc_otp"}, originals);
  const auto last = crypto::item_id(genesis(), lawyer_.id(), from_all.body.nonce);
  EXPECT_EQ(reason(write(std::move(from_all))), Reason::none);
  EXPECT_EQ(reason(write(retrieval(lawyer_, {last}))), Reason::none);
  EXPECT_EQ(reason(write(submission(lawyer_, {"icc_otp"}, {last}))), Reason::item_originals_many);  // through another
  originals.push_back(submit(lawyer_));
  EXPECT_EQ(reason(write(submission(lawyer_, {"icc_otp"}, originals))), Reason::item_originals_many);
  // The same one in two relations is one.
  originals.back() = originals.front();
  EXPECT_EQ(reason(write(submission(lawyer_, {"icc_otp"}, originals))), Reason::none);
}

}  // namespace
}  // namespace depone::daemon::ledger
