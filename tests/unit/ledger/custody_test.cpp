// Cases, items and their custody in a real ledger over a folder, and folders that somebody put together from two days.
#include <atomic>
#include <future>
#include <map>

#include <gtest/gtest.h>

#include "crypto/hash.h"
#include "crypto/item_keys.h"
#include "crypto/object.h"
#include "daemon/ledger/create.h"
#include "daemon/ledger/ledger.h"
#include "daemon/store/catalogue_tables.h"
#include "protocol/record/receipt.h"
#include "protocol/record/salted.h"
#include "system/file.h"
#include "tests/unit/error_code.h"
#include "tests/unit/people.h"
#include "tests/unit/temporary_folder.h"

namespace depone::daemon::ledger {
namespace {

using namespace protocol::record;
using namespace std::chrono_literals;
using store::Connection;
using tests::Person;

class TestClock final : public system::Clock {
 public:
  system::TimePoint now() const override { return now_.load(); }
  void advance(std::chrono::milliseconds by) { now_ = now_.load() + by; }

 private:
  std::atomic<system::TimePoint> now_{time_from_text("2026-11-24T03:00:00.000Z").value()};
};

// An archive with a case NKPC, of which the lawyer is a reader and the investigator a reviewer.
class Custody : public testing::Test {
 protected:
  Custody() {
    auto db = Connection::open(folder_ / "archive.db", key_, Connection::Mode::create).value();
    EXPECT_TRUE(found_ledger(db, folder_ / "checkpoints",
                             {"archive.example/nk", custodian_.card, crypto::SealSuite::x25519, {}}, clock_.now()));
    open();
    enrol(lawyer_, Role::lawyer);
    enrol(investigator_, Role::investigator);
    enrol(archivist_, Role::archivist);
    CaseOpen body;
    body.case_id = case_;
    body.prefix = "NKPC";
    body.key = lawyer_.card.body().seal;
    body.grants = {{lawyer_.id(), {1}, GrantAs::reader}, {investigator_.id(), {1}, GrantAs::reviewer}};
    opened_ = write(OpenCaseCommand{act(custodian_, body), body, {}});
  }

  Result<std::unique_ptr<Ledger>> try_open() {
    return Ledger::open({folder_ / "archive.db", folder_ / "checkpoints"}, key_, {}, clock_, nullptr,
                        [](std::string_view) { std::abort(); });
  }
  void open() { ledger_ = std::move(try_open().value()); }
  void close() { ledger_.reset(); }
  // The folder of this moment, as a copy taken while the daemon runs.
  void copy_to(const std::filesystem::path& where) const {
    std::filesystem::create_directories(where);
    for (const char* name : {"archive.db", "archive.db-wal"}) {
      if (std::filesystem::exists(folder_ / name)) std::filesystem::copy_file(folder_ / name, where / name);
    }
    std::filesystem::copy_file(folder_ / "checkpoints", where / "checkpoints");
  }
  void put_back(const std::filesystem::path& from, std::initializer_list<const char*> names) const {
    for (const char* name : names) {
      std::filesystem::remove(folder_ / name);
      if (std::filesystem::exists(from / name)) std::filesystem::copy_file(from / name, folder_ / name);
    }
    std::filesystem::remove(folder_ / "archive.db-shm");
  }

  Recorded write(Command command) {
    std::promise<Result<Recorded>> done;
    ledger_->write(std::move(command), [&](Result<Recorded> result) { done.set_value(std::move(result)); });
    auto result = done.get_future().get();
    EXPECT_TRUE(result) << (result ? "" : result.error().detail);
    return std::move(*result);
  }
  Seen seen() const {
    const auto checkpoint = crypto::log::open_checkpoint(ledger_->snapshot().checkpoint, ledger_->log_key()).value();
    return {checkpoint.size, checkpoint.root};
  }
  template <class Body>
  Act act(const Person& by, const Body& body) {
    return make_act(by.key, genesis(), seen(), clock_.now(), body);
  }
  crypto::Digest genesis() const { return ledger_->snapshot().roster->genesis(); }
  void enrol(const Person& who, Role role) {
    MemberEnrol body{who.card.hash, {role}};
    ASSERT_EQ(write(EnrolCommand{act(custodian_, body), body, who.card, {}}).entries.at(0).outcome, Outcome::accepted);
  }
  void revoke(const Person& who) {
    MemberRevoke body{who.id(), RevokeReason::left};
    ASSERT_EQ(write(RevokeCommand{act(custodian_, body), body}).entries.at(0).outcome, Outcome::accepted);
  }

  SubmitCommand submission(const Person& by, std::vector<std::string> recipients = {"icc_otp"},
                           std::vector<crypto::EvidenceId> originals = {}) {
    SubmitPrivate private_part;
    private_part.consent.purposes = {"documentation"};
    private_part.consent.recipients = std::move(recipients);
    private_part.consent.recontact = Recontact::never;
    Bytes object(64);
    crypto::fill_random(object);
    EvidenceSubmit body;
    body.case_id = case_;
    body.nonce = crypto::random_fixed<crypto::Nonce16>();
    body.object = {crypto::sha256(object), object.size(), std::string(crypto::kObjectFormat)};
    for (const auto& original : originals) body.derived_from.push_back({original, Relation::translation, ""});
    std::vector<Part> parts{{"manifest", {1}}, {"secret", {2}}, {"private", to_bytes(write_form(private_part))}};
    body.parts.add("manifest", crypto::sha256(parts[0].bytes));
    body.parts.add("secret", crypto::sha256(parts[1].bytes));
    body.parts.add("private", salted_root(parts[2].bytes).value());
    auto signed_act = act(by, body);
    return {std::move(signed_act),          std::move(body),   std::move(parts), private_part,
            crypto::ReleaseShare::random(), std::move(object), by.id()};
  }
  // Submits, and says which item it is.
  crypto::EvidenceId submit(const Person& by, std::vector<std::string> recipients = {"icc_otp"}) {
    auto command = submission(by, std::move(recipients));
    const auto nonce = command.body.nonce;
    EXPECT_EQ(write(std::move(command)).entries.at(0).outcome, Outcome::accepted);
    return crypto::item_id(genesis(), by.id(), nonce);
  }
  RetrieveCommand retrieval(const Person& by, std::vector<crypto::EvidenceId> items, Scope scope = Scope::content) {
    RetrievePrivate statement;
    statement.purpose = "documentation";
    statement.recipient = "icc_otp";
    EvidenceRetrieve body{case_, std::move(items), scope, Use::external, {}};
    body.parts.add("private", {});
    auto signed_act = act(by, body);
    return {std::move(signed_act), std::move(body), {{"private", to_bytes(write_form(statement))}}, statement, 64};
  }
  static Entry entry(const Recorded& recorded, std::size_t i = 0) {
    return parse_entry(view(recorded.entries.at(i).bytes)).value();
  }

  tests::TemporaryFolder folder_;
  crypto::DatabaseKey key_ = crypto::DatabaseKey::random();
  TestClock clock_;
  Person custodian_{"custodian"}, lawyer_{"lawyer"}, investigator_{"investigator"}, archivist_{"archivist"};
  crypto::CaseId case_ = crypto::random_fixed<crypto::CaseId>();
  Recorded opened_;
  std::unique_ptr<Ledger> ledger_;
};

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

TEST_F(Custody, ARetrievalIsGrantedForADayAndRepeatedByteForByte) {
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

TEST_F(Custody, EachItemOfARetrievalIsDecidedAndChainedByItself) {
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

TEST_F(Custody, ARefusedRetrievalRepeatedAddsNothing) {
  const auto bound = submit(investigator_, {"un_ohchr"});
  const auto command = retrieval(lawyer_, {bound, crypto::random_fixed<crypto::EvidenceId>()});
  const auto first = write(command);
  const auto size = ledger_->snapshot().size;
  const auto again = write(command);
  EXPECT_EQ(ledger_->snapshot().size, size);
  ASSERT_EQ(again.entries.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) EXPECT_EQ(again.entries[i].bytes, first.entries[i].bytes) << i;
}

TEST_F(Custody, WhoMayNotSeeAnItemLearnsNoMoreThanOfOneThatIsNot) {
  const auto item = submit(lawyer_);
  const auto refused = write(retrieval(investigator_, {item, crypto::random_fixed<crypto::EvidenceId>()}));
  EXPECT_EQ(refused.entries.at(0).reason, Reason::not_found);
  EXPECT_EQ(refused.entries.at(1).reason, Reason::not_found);
  EXPECT_EQ(write(retrieval(investigator_, {submit(investigator_)})).entries.at(0).outcome, Outcome::accepted);
}

TEST_F(Custody, ObjectsRideInTheAnswerOnlyWhereTheyAreReleasedAndThereIsRoom) {
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

TEST_F(Custody, RefusalsOfWhoMayNotSeeAnItemDoNotStandInItsCustody) {
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

TEST_F(Custody, ARetrievalPartlyOfUnseenItemsIsRepeatedItemByItem) {
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

TEST_F(Custody, TheWriterServesOnlyWhatIsReleasedNow) {
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

TEST_F(Custody, ARefusedServeIsWrittenDownAndOpensNothing) {
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

TEST_F(Custody, AConsentThatWasChangedInTheDatabaseReleasesNothing) {
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

TEST_F(Custody, AReleaseThatOnlyTheDatabaseKnowsServesNothing) {
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

TEST_F(Custody, ADerivativeIsNoFreerThanWhatWasSignedOfItsOriginal) {
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

TEST_F(Custody, TheRevokedRetrieveNothing) {
  const auto item = submit(investigator_);
  revoke(lawyer_);
  const auto refused = write(retrieval(lawyer_, {item}));
  EXPECT_EQ(refused.entries.at(0).outcome, Outcome::refused);
  EXPECT_EQ(refused.entries.at(0).reason, Reason::actor_revoked);
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

TEST_F(Custody, ServingThatAStopCutOffIsClosedAtStart) {
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
