#include "protocol/record/entry_of_act.h"

#include <gtest/gtest.h>

#include "crypto/item_keys.h"
#include "protocol/record/reason.h"
#include "tests/unit/people.h"

namespace depone::protocol::record {
namespace {

using tests::Person;

// Entries that say what their acts say, to be changed one field at a time.
class EntryOfAct : public testing::Test {
 protected:
  struct Pair {
    Act act;
    Entry entry;
  };
  Pair pair(Act act, const About& about, RawObject facts) const {
    Pair out{std::move(act), {}};
    out.entry.seq = 9;
    out.entry.at = out.act.payload.issued_at + std::chrono::milliseconds(5);
    out.entry.type = out.act.payload.type;
    out.entry.actor = out.act.payload.actor;
    out.entry.case_id = about.case_id;
    out.entry.subject = about.subject;
    out.entry.act = out.act.hash;
    out.entry.facts = std::move(facts);
    return out;
  }
  template <class Body>
  Act act(const Body& body) const {
    return make_act(person_.key, genesis_, Seen{3, {}}, TimePoint{}, body);
  }
  Pair enrolment() const {
    return pair(act(MemberEnrol{other_.card.hash, {Role::lawyer}}), about_member(other_.id()), raw_facts(ActFacts{5}));
  }
  Pair revocation() const {
    return pair(act(MemberRevoke{other_.id(), RevokeReason::left}), about_member(other_.id()), raw_facts(ActFacts{5}));
  }
  Pair opening() const {
    CaseOpen body;
    body.case_id = case_;
    body.prefix = "NKPC";
    body.key = person_.card.body().seal;
    return pair(act(body), about_case(case_), raw_facts(ActFacts{5}));
  }
  Pair granting() const {
    return pair(act(CaseGrant{case_, 1, other_.id(), {1}, GrantAs::reader}), about_case(case_), raw_facts(ActFacts{5}));
  }
  Pair submission() const {
    EvidenceSubmit body;
    body.case_id = case_;
    body.object.format = "DEPONE-SEALED-v1";
    const auto item = crypto::item_id(genesis_, person_.id(), body.nonce);
    return pair(act(body), about_item(case_, item), raw_facts(SubmitFacts{5, "NKPC-000001", "current", {}}));
  }
  Pair description(std::initializer_list<const char*> parts = {"private"},
                   std::optional<Sensitivity> sensitivity = std::nullopt) const {
    EvidenceDescribe body;
    body.item = item_;
    body.sensitivity = sensitivity;
    for (const std::string name : parts) {
      body.parts.add(name, {});
      if (name == "manifest") body.manifest_commitment.emplace();
    }
    const auto holds = held_after(body, {4, 5, Sensitivity::confidential}, 9);
    return pair(act(body), about_item(case_, item_), raw_facts(DescribeFacts{5, holds}));
  }
  Pair sharing() const {
    EvidenceShare body{item_, case_, 1, {}};
    body.parts.add("secret", {});
    return pair(act(body), about_item(case_, item_), raw_facts(ActFacts{5}));
  }
  Pair retrieval(Scope scope = Scope::content) const {
    const EvidenceRetrieve body{case_, {crypto::random_fixed<crypto::EvidenceId>(), item_}, scope, Use::internal, {}};
    return pair(act(body), about_item(case_, item_),
                raw_facts(RetrieveFacts{5, TimePoint{}, scope == Scope::content ? "get" : "none"}));
  }
  Pair serving(Scope scope = Scope::content) const {
    auto out = retrieval(scope);
    out.entry.type = kEvidenceServe;
    out.entry.facts = raw_facts(ServeFacts{"object", 0, 10});
    return out;
  }
  std::vector<Pair> all() const {
    return {enrolment(),  revocation(), opening(),   granting(),
            submission(), sharing(),    retrieval(), retrieval(Scope::manifest)};
  }
  std::vector<std::string> wrong(const Pair& pair) const { return contradictions(pair.entry, &pair.act, genesis_); }
  // The one contradiction that there is.
  std::string said(const Pair& pair) const {
    const auto found = wrong(pair);
    EXPECT_EQ(found.size(), 1u) << testing::PrintToString(found);
    return found.empty() ? "" : found.front();
  }
  static bool says(const std::string& sentence, std::string_view what) {
    return sentence.find(what) != std::string::npos;
  }

  Person person_{"person"}, other_{"other"};
  crypto::CaseId case_ = crypto::random_fixed<crypto::CaseId>();
  crypto::EvidenceId item_ = crypto::random_fixed<crypto::EvidenceId>();
  crypto::Digest genesis_ = crypto::random_fixed<crypto::Digest>();
};

TEST_F(EntryOfAct, WhatTheWriterWritesContradictsNothing) {
  for (const auto& one : all()) EXPECT_TRUE(wrong(one).empty()) << one.entry.type << testing::PrintToString(wrong(one));
  EXPECT_TRUE(wrong(serving()).empty());
}

TEST_F(EntryOfAct, ASubjectThatIsNotTheActsIsSaidOfEveryType) {
  for (auto one : all()) {
    one.entry.subject = one.entry.type.starts_with("member.") ? subject_of(crypto::random_fixed<crypto::EvidenceId>())
                        : one.entry.type.starts_with("case.") ? subject_of(crypto::random_fixed<crypto::CaseId>())
                                                              : subject_of(crypto::random_fixed<crypto::EvidenceId>());
    EXPECT_FALSE(wrong(one).empty()) << one.entry.type;
  }
  auto one = revocation();
  one.entry.subject = subject_of(person_.id());
  EXPECT_TRUE(says(said(one), "another member"));
}

TEST_F(EntryOfAct, ACaseThatIsNotTheActsIsSaidOfEveryType) {
  for (auto one : all()) {
    one.entry.case_id = crypto::random_fixed<crypto::CaseId>();
    EXPECT_FALSE(said(one).empty()) << one.entry.type;
  }
}

TEST_F(EntryOfAct, ATypeOrActorThatIsNotTheActsIsSaidOfEveryType) {
  for (const auto& right : all()) {
    auto one = right;
    one.entry.actor = other_.id();
    EXPECT_TRUE(says(said(one), "another type or actor"));
    one = right;
    one.entry.type = right.entry.type == MemberEnrol::kType ? MemberRevoke::kType : MemberEnrol::kType;
    EXPECT_TRUE(says(said(one), "another type or actor"));
  }
}

TEST_F(EntryOfAct, ARefusalBeforeTheRulesIsAboutNothingAndOnlyARefusalIs) {
  for (auto one : {revocation(), opening(), granting()}) {
    one.entry.case_id = {};
    one.entry.subject.clear();
    EXPECT_FALSE(said(one).empty()) << one.entry.type;
    one.entry.outcome = Outcome::refused;
    one.entry.reason = "act.malformed";
    EXPECT_TRUE(wrong(one).empty()) << one.entry.type;
    one.entry.case_id = crypto::random_fixed<crypto::CaseId>();
    EXPECT_FALSE(said(one).empty()) << one.entry.type;
  }
}

TEST_F(EntryOfAct, AnOutcomeAndItsReasonBelongTogether) {
  auto one = revocation();
  one.entry.reason = "actor.revoked";
  EXPECT_TRUE(says(said(one), "a reason to refuse"));
  one.entry.outcome = Outcome::pending;
  EXPECT_TRUE(says(said(one), "is pending"));
  one.entry.outcome = Outcome::refused;
  one.entry.reason.clear();
  EXPECT_TRUE(says(said(one), "without a reason"));
  one = submission();
  one.entry.outcome = Outcome::pending;
  one.entry.reason = "actor.revoked";
  one.entry.facts = raw_facts(SubmitFacts{5, "", "", {}});
  EXPECT_TRUE(wrong(one).empty());
}

TEST_F(EntryOfAct, AnActForAnotherArchiveOrFromTheFutureIsTakenByNoArchive) {
  auto one = revocation();
  auto payload = one.act.payload;
  payload.archive = {};
  one.act = sign_act(person_.key, payload);
  EXPECT_TRUE(says(said(one), "another archive"));
  one.entry.outcome = Outcome::refused;
  one.entry.reason = "act.wrong_archive";
  EXPECT_TRUE(wrong(one).empty());
  one = revocation();
  payload = one.act.payload;
  payload.seen.size = 10;
  one.act = sign_act(person_.key, payload);
  EXPECT_TRUE(says(said(one), "more of the log than there was"));
}

TEST_F(EntryOfAct, FactsThatDoNotFollowFromTheActAreSaid) {
  auto one = revocation();
  one.entry.facts = raw_facts(ActFacts{6});
  EXPECT_TRUE(says(said(one), "skew"));
  one = submission();
  one.entry.facts = raw_facts(SubmitFacts{5, "", "current", {}});
  EXPECT_TRUE(says(said(one), "citable number"));
  one.entry.facts = raw_facts(SubmitFacts{5, "NKPC-000001", "current", person_.id()});
  EXPECT_TRUE(says(said(one), "courier"));
  one = retrieval();
  one.entry.facts = raw_facts(RetrieveFacts{5, std::nullopt, "get"});
  EXPECT_TRUE(says(said(one), "until when"));
  one = retrieval(Scope::manifest);
  one.entry.facts = raw_facts(RetrieveFacts{5, TimePoint{}, "get"});
  EXPECT_TRUE(says(said(one), "another scope"));
}

TEST_F(EntryOfAct, ADescriptionSaysWhatHoldsAfterIt) {
  EXPECT_TRUE(wrong(description()).empty());
  EXPECT_TRUE(wrong(description({})).empty());
  EXPECT_TRUE(wrong(description({"manifest", "private"}, Sensitivity::secret)).empty());
  const auto saying = [](Pair one, std::optional<Described> holds) {
    one.entry.facts = raw_facts(DescribeFacts{5, holds});
    return one;
  };
  const auto kept = Sensitivity::confidential;
  EXPECT_TRUE(says(said(saying(description(), std::nullopt)), "what holds of the item"));
  EXPECT_TRUE(says(said(saying(description(), Described{4, 5, kept})), "something else holds"));
  EXPECT_TRUE(says(said(saying(description(), Described{9, 9, kept})), "something else holds"));
  EXPECT_TRUE(says(said(saying(description({"manifest"}), Described{4, 5, kept})), "something else holds"));
  EXPECT_TRUE(says(said(saying(description({}), Described{9, 5, kept})), "something else holds"));
  EXPECT_TRUE(says(said(saying(description({}), Described{4, 10, kept})), "something else holds"));
  EXPECT_TRUE(says(said(saying(description({}, Sensitivity::secret), Described{4, 5, kept})), "something else holds"));
  auto skewed = description();
  skewed.entry.facts = raw_facts(DescribeFacts{6, Described{9, 5, kept}});
  EXPECT_TRUE(says(said(skewed), "skew"));
}

TEST_F(EntryOfAct, ADescriptionIsOfTheItemThatItsActNames) {
  auto one = description();
  one.entry.subject = subject_of(crypto::random_fixed<crypto::EvidenceId>());
  EXPECT_TRUE(says(said(one), "another item"));
  one = description();
  one.entry.case_id = {};
  EXPECT_TRUE(says(said(one), "another item"));
  one = description();
  one.entry.subject.clear();
  one.entry.case_id = {};
  EXPECT_FALSE(wrong(one).empty());
  one.entry.outcome = Outcome::refused;
  one.entry.reason = code(Reason::not_found);
  one.entry.facts = raw_facts(DescribeFacts{5, std::nullopt});
  EXPECT_TRUE(wrong(one).empty());
  one.entry.facts = raw_facts(DescribeFacts{5, Described{9, 5, Sensitivity::open}});
  EXPECT_TRUE(says(said(one), "without being accepted"));
}

TEST_F(EntryOfAct, ADescriptionWithAManifestCommitsToItAndOneWithoutDoesNot) {
  for (const bool part : {false, true}) {
    EvidenceDescribe body;
    body.item = item_;
    if (part)
      body.parts.add("manifest", {});
    else
      body.manifest_commitment.emplace();
    const auto holds = held_after(body, {4, 5, Sensitivity::confidential}, 9);
    const auto one = pair(act(body), about_item(case_, item_), raw_facts(DescribeFacts{5, holds}));
    EXPECT_TRUE(says(said(one), "not of its form")) << part;
  }
}

TEST_F(EntryOfAct, AShareSaysTheFurtherCaseAndNothingMore) {
  auto one = sharing();
  one.entry.case_id = crypto::random_fixed<crypto::CaseId>();
  EXPECT_TRUE(says(said(one), "another item or case"));
  one = sharing();
  one.entry.facts = raw_facts(ActFacts{6});
  EXPECT_TRUE(says(said(one), "skew"));
  one = sharing();
  one.act = description().act;
  one.entry.act = one.act.hash;
  EXPECT_TRUE(says(said(one), "another type"));
}

TEST_F(EntryOfAct, AGrantNamesADescriptionAndARefusalDoesNot) {
  auto one = retrieval();
  one.entry.facts = raw_facts(RetrieveFacts{5, TimePoint{}, "get", 7});
  EXPECT_TRUE(wrong(one).empty());
  one.entry.outcome = Outcome::refused;
  one.entry.reason = "consent.purpose";
  one.entry.facts = raw_facts(RetrieveFacts{5, std::nullopt, "", 7});
  EXPECT_FALSE(wrong(one).empty());
}

TEST_F(EntryOfAct, ServingIsOfAnItemOfItsRetrievalToWhoAskedForIt) {
  auto one = serving();
  one.entry.actor = other_.id();
  EXPECT_TRUE(says(said(one), "another member"));
  one = serving();
  one.entry.subject = subject_of(crypto::random_fixed<crypto::EvidenceId>());
  EXPECT_TRUE(says(said(one), "another item or case"));
  one = serving();
  one.entry.case_id = crypto::random_fixed<crypto::CaseId>();
  EXPECT_TRUE(says(said(one), "another item or case"));
  one = serving();
  one.act = submission().act;
  EXPECT_TRUE(says(said(one), "no retrieval"));
  EXPECT_TRUE(says(said(serving(Scope::manifest)), "manifest alone"));
  EXPECT_TRUE(contradictions(serving().entry, nullptr, genesis_).empty());  // to an archivist, who needs no grant
}

TEST_F(EntryOfAct, ARefusalToServeSaysWhatOnlyToWhoMaySeeIt) {
  auto refused = serving();
  refused.entry.outcome = Outcome::refused;
  refused.entry.reason = code(Reason::not_found);
  EXPECT_TRUE(wrong(refused).empty());
  auto of_none = refused;
  of_none.entry.subject.clear();
  of_none.entry.case_id = {};
  EXPECT_TRUE(wrong(of_none).empty());
  auto half = refused;
  half.entry.subject.clear();
  EXPECT_TRUE(says(said(half), "half of what"));
  auto without_reason = refused;
  without_reason.entry.reason.clear();
  EXPECT_TRUE(says(said(without_reason), "without a reason"));
  auto anothers = refused;
  anothers.entry.actor = other_.id();
  EXPECT_TRUE(says(said(anothers), "not the asker's"));
  auto served = refused;
  served.entry.type = kEvidenceServed;
  EXPECT_FALSE(wrong(served).empty()) << "what was refused was not served";
}

TEST_F(EntryOfAct, ARefusedRetrievalMayBeAboutNoItemAndAGrantedOneMayNot) {
  auto of_none = retrieval();
  of_none.entry.subject.clear();
  EXPECT_FALSE(wrong(of_none).empty());
  of_none.entry.outcome = Outcome::refused;
  of_none.entry.reason = code(Reason::not_found);
  of_none.entry.facts = raw_facts(RetrieveFacts{5, std::nullopt, ""});
  EXPECT_TRUE(wrong(of_none).empty());
  of_none.entry.case_id = crypto::random_fixed<crypto::CaseId>();
  EXPECT_FALSE(wrong(of_none).empty()) << "another case than its act's";
}

TEST_F(EntryOfAct, OnlyWhatTheArchiveWritesItselfHasNoAct) {
  auto one = revocation();
  EXPECT_EQ(contradictions(one.entry, nullptr, genesis_).size(), 1u);
  Entry own;
  own.seq = 9;
  own.type = kCatalogueSearch;
  own.actor = person_.id();
  EXPECT_TRUE(contradictions(own, nullptr, genesis_).empty());
  EXPECT_FALSE(contradictions(own, &one.act, genesis_).empty());
  own.actor = {};
  EXPECT_FALSE(contradictions(own, nullptr, genesis_).empty());
  own.type = kArchiveInit;
  EXPECT_FALSE(contradictions(own, nullptr, genesis_).empty());  // not at the beginning
  own.seq = 0;
  EXPECT_TRUE(contradictions(own, nullptr, genesis_).empty());
}

TEST_F(EntryOfAct, OfATypeThatIsNotKnownTypeAndActorAreCompared) {
  auto payload = revocation().act.payload;
  payload.type = "source.contact";
  auto one = pair(sign_act(person_.key, payload), {}, {});
  EXPECT_TRUE(wrong(one).empty());
  one.entry.actor = other_.id();
  EXPECT_EQ(wrong(one).size(), 1u);
}

}  // namespace
}  // namespace depone::protocol::record
