#include "policy/roster.h"

#include <gtest/gtest.h>

#include "crypto/log/merkle.h"
#include "tests/unit/error_code.h"
#include "tests/unit/people.h"

namespace depone::policy {
namespace {

using namespace protocol::record;
using tests::code_of;
using tests::Person;

// A roster with a custodian and an investigator, and links that hold or do not.
class RosterChain : public testing::Test {
 protected:
  RosterChain() {
    entry0_.type = kArchiveInit;
    entry0_.facts = raw_facts(InitFacts{"archive.example/nk",
                                        crypto::SigningKey(crypto::SigningSeed::random()).public_key(),
                                        crypto::SigningKey(crypto::SigningSeed::random()).public_key(),
                                        custodian_.card.body().seal,
                                        custodian_.card.hash,
                                        {}});
    genesis_ = crypto::log::leaf_hash(view(write_form(entry0_)));
    roster_.emplace(Roster::begin(entry0_, genesis_, custodian_.card).value());
    const auto enrolment = link(custodian_, MemberEnrol{investigator_.card.hash, {Role::investigator}});
    EXPECT_TRUE(roster_->replay(enrolment.entry, enrolment.act, &investigator_.card));
  }
  struct Link {
    Act act;
    Entry entry;
  };
  Link link_of(Act act, std::uint64_t skipped = 1) const {
    Link out;
    out.entry.seq = roster_->head() + skipped;
    out.entry.type = act.payload.type;
    out.entry.actor = act.payload.actor;
    out.entry.roster = roster_->head();
    out.entry.act = act.hash;
    out.entry.facts = raw_facts(ActFacts{});
    out.act = std::move(act);
    return out;
  }
  template <class Body>
  Link link(const Person& by, const Body& body, std::uint64_t skipped = 1) const {
    return link_of(make_act(by.key, genesis_, {}, TimePoint{}, body), skipped);
  }
  Link enrolment(const Person& by) const { return link(by, MemberEnrol{lawyer_.card.hash, {Role::lawyer}}); }
  CaseOpen case_open() const {
    CaseOpen body;
    body.case_id = case_;
    body.prefix = "NKPC";
    body.key = custodian_.card.body().seal;
    body.grants = {{investigator_.id(), {}, GrantAs::reader}};
    return body;
  }
  // Why the link was not believed; empty where it was. A roster that refuses stays as it was.
  std::string broken(const Link& link, const Card* card = nullptr) const {
    auto copy = *roster_;
    const auto result = copy.replay(link.entry, link.act, card);
    if (result) return "";
    EXPECT_EQ(copy.head(), roster_->head());
    EXPECT_EQ(copy.members().size(), roster_->members().size());
    EXPECT_EQ(copy.cases().size(), roster_->cases().size());
    EXPECT_EQ(result.error().code, ErrorCode::damaged);
    return result.error().detail;
  }
  std::string broken_enrolment(const Link& link) const { return broken(link, &lawyer_.card); }

  Person custodian_{"custodian"}, investigator_{"investigator"}, lawyer_{"lawyer"};
  crypto::CaseId case_ = crypto::random_fixed<crypto::CaseId>();
  Entry entry0_;
  crypto::Digest genesis_;
  std::optional<Roster> roster_;
};

TEST_F(RosterChain, BeginsWithTheCustodianThatEntryZeroNamesAndNoOther) {
  const auto roster = Roster::begin(entry0_, genesis_, custodian_.card).value();
  EXPECT_EQ(roster.members().size(), 1u);
  EXPECT_TRUE(roster.find(custodian_.id())->has(Role::custodian));
  EXPECT_EQ(roster.head(), 0u);
  EXPECT_EQ(code_of(Roster::begin(entry0_, genesis_, lawyer_.card)), ErrorCode::damaged);
  auto other = entry0_;
  other.seq = 1;
  EXPECT_EQ(code_of(Roster::begin(other, genesis_, custodian_.card)), ErrorCode::damaged);
  other = entry0_;
  other.type = MemberEnrol::kType;
  EXPECT_EQ(code_of(Roster::begin(other, genesis_, custodian_.card)), ErrorCode::damaged);
}

TEST_F(RosterChain, FollowsEachKindOfLink) {
  const auto follow = [&](const Link& link, const Card* card = nullptr) {
    const auto result = roster_->replay(link.entry, link.act, card);
    EXPECT_TRUE(result) << (result ? "" : result.error().detail);
    EXPECT_EQ(roster_->head(), link.entry.seq);
  };
  follow(enrolment(custodian_), &lawyer_.card);
  EXPECT_EQ(roster_->find(lawyer_.id())->enrolled_seq, 2u);
  follow(link(custodian_, case_open(), 5));
  EXPECT_EQ(roster_->find(case_)->opened_seq, 7u);
  EXPECT_EQ(roster_->find_prefix("NKPC"), roster_->find(case_));
  EXPECT_TRUE(roster_->find(case_)->is_reader(investigator_.id()));
  EXPECT_FALSE(roster_->find(case_)->is_reader(lawyer_.id()));
  follow(link(investigator_, CaseGrant{case_, 1, lawyer_.id(), {}, GrantAs::reviewer}));
  EXPECT_TRUE(roster_->find(case_)->is_reviewer(lawyer_.id()));
  EXPECT_EQ(roster_->find(case_)->grant_of(lawyer_.id(), 1)->seq, 8u);
  follow(link(custodian_, MemberRevoke{lawyer_.id(), RevokeReason::left}));
  EXPECT_EQ(roster_->find(lawyer_.id())->revoked_seq, 9u);
  EXPECT_FALSE(roster_->find(lawyer_.id())->in_standing());
}

TEST_F(RosterChain, AnEntryFollowsTheHeadOrIsNotBelieved) {
  EXPECT_EQ(broken_enrolment(enrolment(custodian_)), "");
  auto one = enrolment(custodian_);
  one.entry.roster = 0;  // skips the investigator's enrolment
  EXPECT_NE(broken_enrolment(one).find("does not follow entry 1"), std::string::npos);
  one.entry.roster = std::nullopt;
  EXPECT_NE(broken_enrolment(one), "");
  one = enrolment(custodian_);
  one.entry.seq = roster_->head();
  EXPECT_NE(broken_enrolment(one), "");
}

TEST_F(RosterChain, AnEntryThatWasNotAcceptedChangesNothing) {
  for (const auto outcome : {Outcome::refused, Outcome::pending}) {
    auto one = enrolment(custodian_);
    one.entry.outcome = outcome;
    EXPECT_NE(broken_enrolment(one).find("does not change the roster"), std::string::npos);
  }
}

TEST_F(RosterChain, AnEntryNamesItsOwnAct) {
  auto one = enrolment(custodian_);
  one.act = enrolment(custodian_).act;  // the same words, signed another time
  EXPECT_NE(broken_enrolment(one).find("names another act"), std::string::npos);
  one = enrolment(custodian_);
  one.entry.act = std::optional<crypto::Digest>();
  EXPECT_NE(broken_enrolment(one).find("names another act"), std::string::npos);
}

TEST_F(RosterChain, AnActOfAnotherArchiveTypeOrActorIsNotBelieved) {
  auto payload = enrolment(custodian_).act.payload;
  payload.archive = {};
  EXPECT_NE(broken_enrolment(link_of(sign_act(custodian_.key, payload))).find("another archive"), std::string::npos);
  auto one = enrolment(custodian_);
  one.entry.type = MemberRevoke::kType;
  EXPECT_NE(broken_enrolment(one).find("another type or actor"), std::string::npos);
  one = enrolment(custodian_);
  one.entry.actor = investigator_.id();
  EXPECT_NE(broken_enrolment(one).find("another type or actor"), std::string::npos);
}

TEST_F(RosterChain, ASignatureThatIsNotTheActorsIsNotBelieved) {
  auto one = enrolment(custodian_);
  one.act.envelope.signatures.front().sig.bytes[7] ^= 1;
  EXPECT_NE(broken_enrolment(one).find("signature"), std::string::npos);
  // The investigator's signature under the custodian's name.
  one = enrolment(custodian_);
  one.act.envelope.signatures.front().sig =
      sign_act(investigator_.key, one.act.payload).envelope.signatures.front().sig;
  EXPECT_NE(broken_enrolment(one).find("signature"), std::string::npos);
}

TEST_F(RosterChain, AnActorWithoutTheRoleOrTheEnrolmentIsNotBelieved) {
  EXPECT_NE(broken_enrolment(enrolment(investigator_)), "");
  EXPECT_NE(broken_enrolment(enrolment(lawyer_)).find("never enrolled"), std::string::npos);
  const Person second("second");
  auto one = link(custodian_, MemberEnrol{second.card.hash, {Role::custodian}});
  ASSERT_TRUE(roster_->replay(one.entry, one.act, &second.card));
  one = link(second, MemberRevoke{custodian_.id(), RevokeReason::left});
  ASSERT_TRUE(roster_->replay(one.entry, one.act, nullptr));
  EXPECT_NE(broken_enrolment(enrolment(custodian_)), "");  // revoked by now
  EXPECT_EQ(broken_enrolment(enrolment(second)), "");
}

TEST_F(RosterChain, WhatPolicyWouldHaveRefusedIsNotBelievedThoughTheLogSaysAccepted) {
  EXPECT_NE(broken(link(custodian_, MemberRevoke{custodian_.id(), RevokeReason::left})), "");  // the last one
  EXPECT_NE(broken(link(custodian_, MemberRevoke{lawyer_.id(), RevokeReason::left})), "");     // no member
  auto body = case_open();
  body.grants.clear();
  EXPECT_NE(broken(link(custodian_, body)), "");
  EXPECT_NE(broken(link(investigator_, CaseGrant{case_, 1, custodian_.id(), {}, GrantAs::recovery})), "");  // no case
  EXPECT_NE(broken(link(custodian_, MemberEnrol{investigator_.card.hash, {Role::lawyer}}), &investigator_.card), "");
}

TEST_F(RosterChain, ACardIsTheOneThatWasSigned) {
  EXPECT_NE(broken(enrolment(custodian_)).find("card"), std::string::npos);
  EXPECT_NE(broken(enrolment(custodian_), &investigator_.card), "");
}

TEST_F(RosterChain, ATypeThatIsNotKnownIsNotPassedOver) {
  auto payload = enrolment(custodian_).act.payload;
  payload.type = "member.rotate";
  EXPECT_NE(broken_enrolment(link_of(sign_act(custodian_.key, payload))).find("older than the archive"),
            std::string::npos);
}

TEST_F(RosterChain, FindsAMemberByTheirChannel) {
  EXPECT_EQ(roster_->find_channel(investigator_.card.body().channel), roster_->find(investigator_.id()));
  EXPECT_EQ(roster_->find_channel(lawyer_.card.body().channel), nullptr);
  EXPECT_EQ(roster_->find_channel(investigator_.card.body().sign), nullptr);
}

}  // namespace
}  // namespace depone::policy
