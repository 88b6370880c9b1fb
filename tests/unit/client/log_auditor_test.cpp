#include "client/lib/log_auditor.h"

#include "tests/unit/client/audited_log.h"

namespace depone::client {
namespace {

using namespace protocol::record;

// Everything that an honest archive writes, in one log.
void fill(ForgedLog& log) {
  const auto first = log.submit(1), second = log.submit(2);
  const auto retrieval = log.retrieval({first.item, second.item});
  log.grant(retrieval, first.item);
  log.grant(retrieval, second.item);
  const auto serve = log.serve(log.lawyer, second.item, &retrieval);
  log.served(log.lawyer, second.item, &retrieval, serve);
  const auto to_archivist = log.serve(log.archivist, first.item, nullptr);
  log.served(log.archivist, first.item, nullptr, to_archivist, 4);
  log.submit(log.act(log.archivist, log.submission()), 0, [](Entry& entry) {
    entry.outcome = Outcome::refused;
    entry.reason = "role.lacks";
    entry.facts = raw_facts(SubmitFacts{0, "", "", std::nullopt});
  });
  const auto late = log.act(log.lawyer, log.submission());
  log.revoke(log.lawyer);
  log.submit(late, 0, [](Entry& entry) {
    entry.outcome = Outcome::pending;
    entry.reason = "actor.revoked";
    entry.facts = raw_facts(SubmitFacts{0, "", "", std::nullopt});
  });
}

TEST(LogAuditor, FindsNothingInTheLogOfAnHonestArchive) {
  ForgedLog log;
  fill(log);
  EXPECT_EQ(audited(log), std::vector<std::string>{});
}

TEST(LogAuditor, GoesOnFromItsStateWhereverThatEndedAndFindsTheSame) {
  const TemporaryFolder folder;
  ForgedLog log;
  fill(log);
  const auto item = log.submit(3).item;  // by somebody revoked: wrong, and so are those below
  log.served(log.archivist, item, nullptr, 8, 4);
  const auto whole = audited(log);
  ASSERT_EQ(whole.size(), 2u) << testing::PrintToString(whole);
  for (std::size_t end = 0; end + 2 <= log.lines.size(); ++end) {
    AuditReport before, after;
    const auto records = folder / "records";
    LogAuditor first(*log.roster, before, policy::KeyedRecords::create(records).value());
    for (std::size_t seq = 0; seq < end; ++seq) first.take(log.lines[seq].entry, log.lines[seq].act);
    EXPECT_TRUE(before.wrong.empty());
    LogAuditor second(*log.roster, after, records_of_a_test());
    ASSERT_TRUE(second.resume(view(first.state().value()), records)) << end;
    EXPECT_EQ(second.size(), end);
    take_all(second, log);
    EXPECT_EQ(sentences(after), whole) << end;
  }
}

TEST(LogAuditor, AStateThatIsCutOrOfAnotherVersionIsNotTaken) {
  const TemporaryFolder folder;
  ForgedLog log;
  fill(log);
  AuditReport report;
  LogAuditor auditor(*log.roster, report, policy::KeyedRecords::create(folder / "records").value());
  take_all(auditor, log);
  const auto state = auditor.state().value();
  for (const auto& bad : {state.substr(0, state.size() / 2), std::string("{}"), "{\"v\":1" + state.substr(6)}) {
    LogAuditor other(*log.roster, report, records_of_a_test());
    EXPECT_FALSE(other.resume(view(bad), folder / "records"));
    EXPECT_EQ(other.size(), 0u);
  }
}

TEST(LogAuditor, TheLogBeginsWithTheEntryThatTheArchiveIsNamedBy) {
  ForgedLog log;
  const ForgedLog other;
  log.lines.front() = other.lines.front();
  EXPECT_TRUE(finds(log, 0, "is not the beginning"));
}

TEST(LogAuditor, AnEntryOutOfItsPlaceItsChainOrItsTimeIsFound) {
  ForgedLog log;
  log.submit(1, [](Entry& entry) { entry.seq = 9; });
  EXPECT_TRUE(finds(log, 4, "calls itself 9"));
  EXPECT_TRUE(finds(log, log.submit(2, [](Entry& entry) { entry.prev = {}; }).seq, "the chain is broken"));
  log.submit(3, [](Entry& entry) { entry.at += std::chrono::milliseconds(1); });
  EXPECT_TRUE(finds(log, log.submit(4).seq, "older than the entry before"));
}

TEST(LogAuditor, AnEntryWithoutASubjectPointsAtNoneBeforeIt) {
  ForgedLog log;
  const auto search = [&](const Person& by, std::optional<std::uint64_t> before) {
    return log.own(kCatalogueSearch, by, {}, nullptr, raw_facts(SearchFacts{"items", 1, 2}), [&](Entry& entry) {
      entry.subject.clear();
      entry.before = before;
    });
  };
  search(log.lawyer, std::nullopt);
  EXPECT_EQ(audited(log), std::vector<std::string>{});
  EXPECT_TRUE(finds(log, search(log.lawyer, 4), "has no subject"));
  EXPECT_TRUE(finds(log, search(Person("stranger"), std::nullopt), "not enrolled then"));
}

TEST(LogAuditor, AnEntryThatDoesNotPointAtTheLatestChangeOfTheRosterIsFound) {
  for (const auto wrong :
       {std::optional<std::uint64_t>(2), std::optional<std::uint64_t>(), std::optional<std::uint64_t>(4)}) {
    ForgedLog log;
    const auto seq = log.submit(1, [&](Entry& entry) { entry.roster = wrong; }).seq;
    EXPECT_TRUE(finds(log, seq, "latest change of the roster"));
  }
}

TEST(LogAuditor, AChangeThatTheProvedRosterDoesNotShowIsFound) {
  ForgedLog revoked;
  EXPECT_TRUE(finds(revoked, revoked.revoke(revoked.lawyer, {}, false), "does not show it"));
  ForgedLog enrolled;
  const Person somebody("somebody");
  EXPECT_TRUE(finds(enrolled, enrolled.enrol(somebody, Role::analyst, {}, false), "does not show it"));
  ForgedLog granted;
  const auto grant =
      granted.act(granted.lawyer, CaseGrant{granted.case_id, 1, granted.archivist.id(), {1}, GrantAs::reader});
  const auto seq = granted.write(grant, about_case(granted.case_id), raw_facts(ActFacts{}), {}, nullptr, false);
  EXPECT_TRUE(finds(granted, seq, "does not show it"));
  ForgedLog opened;
  CaseOpen body;
  body.case_id = crypto::random_fixed<crypto::CaseId>();
  body.prefix = "OTHER";
  body.key = opened.lawyer.card.body().seal;
  const auto open = opened.write(opened.act(opened.custodian, body), about_case(body.case_id), raw_facts(ActFacts{}),
                                 {}, nullptr, false);
  EXPECT_TRUE(finds(opened, open, "does not show it"));
}

TEST(LogAuditor, AnEnrolmentWithOtherRolesOrAnotherCardThanTheProvedRosterHasIsFound) {
  for (const bool other_card : {false, true}) {
    ForgedLog log;
    const Person somebody("somebody");
    const auto seq = log.enrol(somebody, Role::analyst, {}, false);
    auto body = somebody.card.body();
    body.handle = other_card ? "other" : "somebody";
    const auto card = make_card(somebody.key, body, TimePoint{});
    const auto act = log.act(log.custodian, MemberEnrol{card.hash, {other_card ? Role::analyst : Role::lawyer}});
    auto entry = parse_entry(view(log.lines[seq].entry)).value();
    entry.act = act.hash;
    ASSERT_TRUE(log.roster->replay(entry, act, &card));
    EXPECT_TRUE(finds(log, seq, "does not show it"));
  }
}

TEST(LogAuditor, AChangeThatTheProvedRosterHasAndTheLogHasNotIsFound) {
  ForgedLog log;
  const auto seq = log.revoke(log.archivist);  // what the client was shown; to the auditor, it was refused
  auto entry = parse_entry(view(log.lines[seq].entry)).value();
  entry.outcome = Outcome::refused;
  entry.reason = "role.lacks";
  log.lines[seq].entry = write_form(entry);
  const auto found = audited(log);
  ASSERT_EQ(found.size(), 1u) << testing::PrintToString(found);
  EXPECT_NE(found[0].find("changes of the roster"), std::string::npos);
}

TEST(LogAuditor, AnEnrolmentOfAnotherMemberThanItsCardIsFound) {
  ForgedLog log;
  const Person somebody("somebody");
  const auto seq =
      log.enrol(somebody, Role::analyst, [&](Entry& entry) { entry.subject = subject_of(log.lawyer.id()); });
  EXPECT_TRUE(finds(log, seq, "does not show it"));
}

TEST(LogAuditor, AnEntryAboutAnotherSubjectOrCaseThanItsActIsFound) {
  ForgedLog log;
  const auto item = log.submit(1);
  const auto retrieval = log.retrieval({item.item});
  const auto other = crypto::random_fixed<crypto::EvidenceId>();
  const auto seq = log.grant(retrieval, item.item, [&](Entry& entry) {
    entry.subject = subject_of(other);
    entry.before.reset();
  });
  EXPECT_TRUE(finds(log, seq, "another item or case than its act"));
  ForgedLog revoked;
  const auto revoke =
      revoked.revoke(revoked.lawyer, [&](Entry& entry) { entry.subject = subject_of(revoked.archivist.id()); });
  EXPECT_TRUE(finds(revoked, revoke, "another member than its act"));
}

TEST(LogAuditor, TheSameActTakenTwiceIsFound) {
  ForgedLog log;
  const auto item = log.submit(1);
  EXPECT_TRUE(finds(log, log.submit(item.act, 2).seq, "took the same act as entry 4"));
  ForgedLog retrieved;
  const auto two = retrieved.submit(1).item;
  const auto retrieval = retrieved.retrieval({retrieved.submit(2).item, two});
  retrieved.grant(retrieval, two);  // the first item was refused then, say
  retrieved.serve(retrieved.lawyer, two, &retrieval);
  EXPECT_TRUE(finds(retrieved, retrieved.grant(retrieval, two), "took the same act"));
}

TEST(LogAuditor, TwoActsOfOneIdByOneActorAreFoundAndByTwoActorsAreNot) {
  ForgedLog log;
  const auto first = log.submit(1);
  auto payload = log.act(log.lawyer, log.submission()).payload;
  payload.id = first.act.payload.id;
  EXPECT_TRUE(
      finds(log, log.submit(sign_act(log.lawyer.key, payload), 2).seq, "of the same id as the one that entry 4"));
  ForgedLog two;
  payload = two.act(two.custodian, MemberRevoke{two.archivist.id(), RevokeReason::left}).payload;
  payload.id = two.submit(1).act.payload.id;
  two.write(sign_act(two.custodian.key, payload), about_member(two.archivist.id()), raw_facts(ActFacts{}));
  EXPECT_EQ(audited(two), std::vector<std::string>{});
}

TEST(LogAuditor, AnItemTakenTwiceOrACitableNumberGivenTwiceIsFound) {
  ForgedLog log;
  const auto body = log.submission();
  log.submit(log.act(log.lawyer, body), 1);
  EXPECT_TRUE(finds(log, log.submit(log.act(log.lawyer, body), 2).seq, "taken before"));
  ForgedLog numbered;
  numbered.submit(1);
  EXPECT_TRUE(finds(numbered, numbered.submit(1).seq, "the case's next is NKPC-000002"));
}

TEST(LogAuditor, AnAcceptedActOfARevokedMemberIsFound) {
  ForgedLog log;
  const auto item = log.submit(1).item;
  log.revoke(log.lawyer);
  EXPECT_TRUE(finds(log, log.submit(2).seq, "revoked before"));
  EXPECT_TRUE(finds(log, log.grant(log.retrieval({item}), item), "revoked before"));
}

TEST(LogAuditor, AnActOfSomebodyWithoutTheRoleOrNotYetEnrolledIsFound) {
  ForgedLog log;
  EXPECT_TRUE(finds(log, log.submit(log.act(log.archivist, log.submission()), 1).seq, "none of whose roles"));
  const Person late("late");
  const auto early = log.submit(log.act(late, log.submission()), 2).seq;
  log.enrol(late, Role::investigator);
  EXPECT_TRUE(finds(log, early, "not enrolled then"));
}

TEST(LogAuditor, AnItemTakenIntoACaseBeforeThatWasOpenIsFound) {
  ForgedLog log;
  CaseOpen opened;
  opened.case_id = crypto::random_fixed<crypto::CaseId>();
  opened.prefix = "LATER";
  opened.key = log.lawyer.card.body().seal;
  opened.grants = {{log.lawyer.id(), {1}, GrantAs::reader}};
  auto body = log.submission();
  body.case_id = opened.case_id;
  const auto early = log.submit(log.act(log.lawyer, body), 1).seq;
  EXPECT_TRUE(finds(log, early, "a case that was not open"));
  log.write(log.act(log.custodian, opened), about_case(opened.case_id), raw_facts(ActFacts{}));
  EXPECT_TRUE(finds(log, early, "a case that was not open"));
}

TEST(LogAuditor, AnActThatTheArchiveSignedItselfIsFound) {
  ForgedLog log;
  auto act = log.act(log.lawyer, log.submission());
  act.envelope.signatures.front().sig = sign_act(log.custodian.key, act.payload).envelope.signatures.front().sig;
  act = parse_act(view(write_form(act.envelope))).value();
  EXPECT_TRUE(finds(log, log.submit(act, 1).seq, "signature does not verify"));
}

TEST(LogAuditor, AGrantOfWhatWasNeverAcceptedIsFound) {
  ForgedLog log;
  const auto nothing = crypto::random_fixed<crypto::EvidenceId>();
  EXPECT_TRUE(finds(log, log.grant(log.retrieval({nothing}), nothing), "never accepted"));
  EXPECT_TRUE(finds(log, log.serve(log.archivist, nothing, nullptr), "never submitted"));
  const auto refused = log.submit(log.act(log.archivist, log.submission()), 0, [](Entry& entry) {
    entry.outcome = Outcome::refused;
    entry.reason = "role.lacks";
    entry.facts = raw_facts(SubmitFacts{0, "", "", std::nullopt});
  });
  EXPECT_TRUE(finds(log, log.serve(log.archivist, refused.item, nullptr), "never submitted"));
  // Refused entries on it do not make an item, nor does one that is pending.
  log.revoke(log.lawyer);
  const auto pending = log.submit(log.act(log.lawyer, log.submission()), 0, [](Entry& entry) {
    entry.outcome = Outcome::pending;
    entry.reason = "actor.revoked";
    entry.facts = raw_facts(SubmitFacts{0, "", "", std::nullopt});
  });
  EXPECT_TRUE(finds(log, log.grant(log.retrieval({pending.item}), pending.item), "never accepted"));
}

TEST(LogAuditor, ServingWithoutAGrantIsFound) {
  ForgedLog log;
  const auto item = log.submit(1).item;
  const auto refused = log.retrieval({item});
  log.grant(refused, item, [](Entry& entry) {
    entry.outcome = Outcome::refused;
    entry.reason = "consent.purpose";
    entry.facts = raw_facts(RetrieveFacts{0, std::nullopt, ""});
  });
  EXPECT_TRUE(finds(log, log.serve(log.lawyer, item, &refused), "no retrieval was granted"));
  EXPECT_TRUE(finds(log, log.serve(log.lawyer, item, nullptr), "no archivist"));
  const auto granted = log.retrieval({item});
  log.grant(granted, item);
  EXPECT_TRUE(finds(log, log.serve(log.archivist, item, &granted), "another member"));
  const auto other = log.submit(2).item;
  EXPECT_TRUE(finds(log, log.serve(log.lawyer, other, &granted), "another item or case"));
}

TEST(LogAuditor, AServingIsClosedOnceByWhatItWas) {
  ForgedLog log;
  const auto item = log.submit(1).item;
  const auto serve = log.serve(log.archivist, item, nullptr);
  EXPECT_TRUE(finds(log, log.served(log.archivist, item, nullptr, serve, 11), "more was served"));
  EXPECT_TRUE(finds(log, log.served(log.archivist, item, nullptr, serve), "was not open"));
  const auto backwards = log.serve(log.archivist, item, nullptr, [](Entry& entry) {
    entry.facts = raw_facts(ServeFacts{"object", 10, 9});
  });
  EXPECT_TRUE(finds(log, backwards, "ends before it begins"));
  const auto second = log.serve(log.archivist, item, nullptr);
  EXPECT_TRUE(finds(log, log.served(log.lawyer, item, nullptr, second), "somebody else"));
}

TEST(LogAuditor, AnEntryThatSkipsOneOnItsSubjectIsFound) {
  ForgedLog log;
  const auto item = log.submit(1).item;
  log.serve(log.archivist, item, nullptr);
  const auto retrieval = log.retrieval({item});
  EXPECT_TRUE(finds(log, log.grant(retrieval, item, [](Entry& entry) { entry.before = 4; }), "custody was hidden"));
}

TEST(LogAuditor, AnotherTreeThanTheSignedOneIsFound) {
  ForgedLog log;
  fill(log);
  AuditReport report;
  LogAuditor auditor(*log.roster, report, records_of_a_test());
  for (const auto& line : log.lines) auditor.take(line.entry, line.act);
  ASSERT_TRUE(auditor.finish({log.lines.size(), crypto::Digest{}}));
  EXPECT_EQ(report.wrong.size(), 1u);
}

TEST(LogAuditor, AnActThatIsNotTheOneItsEntryNamesIsFound) {
  ForgedLog log;
  const auto seq = log.submit(1).seq;
  log.lines[seq].act = to_bytes(log.act(log.lawyer, log.submission()).bytes);
  EXPECT_TRUE(finds(log, seq, "another act than the one that it names"));
  log.lines[seq].act.clear();
  EXPECT_TRUE(finds(log, seq, "another act than the one that it names"));
}

TEST(LogAuditor, LooksAtWhatAnEntryTakesBeforeItIsTaken) {
  ForgedLog log;
  const auto item = log.submit(1);
  const auto refused = log.submit(log.act(log.archivist, log.submission()), 0, [](Entry& entry) {
    entry.outcome = Outcome::refused;
    entry.reason = "role.lacks";
    entry.facts = raw_facts(SubmitFacts{0, "", "", std::nullopt});
  });
  const auto second = log.submit(2);
  const auto retrieval = log.retrieval({item.item, second.item});
  const auto granted = log.grant(retrieval, item.item), again = log.grant(retrieval, second.item);
  const auto served = log.serve(log.lawyer, item.item, &retrieval);
  AuditReport report;
  LogAuditor auditor(*log.roster, report, records_of_a_test());
  std::set<std::uint64_t> taken, objects;
  for (std::uint64_t seq = 0; seq < log.lines.size(); ++seq) {
    const auto& [entry, act] = log.lines[seq];
    const auto found = auditor.look(entry, act);
    EXPECT_EQ(auditor.size(), seq);
    if (found) taken.insert(seq);
    if (found && found->object) objects.insert(seq);
    auditor.take(entry, act);
    EXPECT_FALSE(auditor.look(entry, act));
  }
  EXPECT_EQ(objects, (std::set<std::uint64_t>{item.seq, second.seq}));
  EXPECT_TRUE(taken.contains(granted));
  for (const auto seq : {refused.seq, again, served}) EXPECT_FALSE(taken.contains(seq)) << seq;
}

}  // namespace
}  // namespace depone::client
