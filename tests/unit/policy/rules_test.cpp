#include "policy/rules.h"

#include <gtest/gtest.h>

#include "crypto/hash.h"
#include "crypto/log/merkle.h"

namespace depone::policy {
namespace {

using namespace protocol::record;

struct Person {
  crypto::SigningKey key{crypto::SigningSeed::random()};
  Card card;
  explicit Person(std::string handle) {
    CardBody body;
    body.handle = std::move(handle);
    body.seal = crypto::seal_public_key(crypto::SealSuite::x25519, crypto::SealSeed::random()).value();
    body.channel = crypto::SigningKey(crypto::SigningSeed::random()).public_key();
    card = make_card(key, body, TimePoint{});
  }
  crypto::KeyId id() const { return card.id(); }
};

class Rules : public testing::Test {
 protected:
  Rules() {
    entry0_.type = kArchiveInit;
    const InitFacts facts{"archive.example/nk",
                          crypto::SigningKey(crypto::SigningSeed::random()).public_key(),
                          crypto::SigningKey(crypto::SigningSeed::random()).public_key(),
                          custodian_.card.body().seal,
                          custodian_.card.hash,
                          {}};
    entry0_.facts = raw_facts(facts);
    genesis_ = crypto::log::leaf_hash(view(write_form(entry0_)));
    roster_.emplace(Roster::begin(entry0_, genesis_, custodian_.card).value());
    enrol(investigator_, {Role::investigator}, 1);
    enrol(lawyer_, {Role::lawyer}, 2);
    enrol(archivist_, {Role::archivist}, 3);
    enrol(analyst_, {Role::analyst}, 4);
    roster_->open(case_open("NKPC", {{lawyer_.id(), {}, GrantAs::reader},
                                     {investigator_.id(), {}, GrantAs::reviewer},
                                     {analyst_.id(), {}, GrantAs::reader}}),
                  custodian_.id(), 5);
  }
  void enrol(const Person& person, std::vector<Role> roles, std::uint64_t seq) {
    roster_->enrol(person.card, {person.card.hash, std::move(roles)}, seq);
  }
  CaseOpen case_open(std::string prefix, std::vector<Grant> grants) const {
    CaseOpen body;
    body.case_id = prefix == "NKPC" ? case_ : crypto::random_fixed<crypto::CaseId>();
    body.prefix = std::move(prefix);
    body.key = custodian_.card.body().seal;
    body.grants = std::move(grants);
    return body;
  }
  const Member& member(const Person& person) const { return *roster_->find(person.id()); }
  Reason opening(const CaseOpen& body) const { return decide(*roster_, member(custodian_), body).reason; }
  EvidenceSubmit submission() const {
    EvidenceSubmit body;
    body.case_id = case_;
    body.sensitivity = Sensitivity::restricted;
    return body;
  }
  Reason retrieving(const Person& who, const Person& submitter, Use use = Use::internal,
                    std::uint32_t epoch = 1) const {
    EvidenceRetrieve body;
    body.case_id = case_;
    body.use = use;
    RetrievePrivate statement;
    statement.purpose = "documentation";
    if (use == Use::external) statement.recipient = "icc_otp";
    Consent consent;
    consent.purposes = {"documentation"};
    consent.recipients = {"icc_otp"};
    const std::vector<Consent> consents(damaged_ ? 0 : 1, consent);
    return decide(*roster_, member(who), body, statement, ItemFacts{submitter.id(), {{case_, epoch}}}, consents,
                  TimePoint{})
        .reason;
  }
  ItemFacts item_of(const Person& submitter) const { return {submitter.id(), {{case_, 1}}}; }

  Person custodian_{"custodian"}, investigator_{"investigator"}, lawyer_{"lawyer"}, archivist_{"archivist"},
      analyst_{"analyst"}, stranger_{"stranger"};
  bool damaged_ = false;  // whether the items' consent cannot be believed
  crypto::CaseId case_ = crypto::random_fixed<crypto::CaseId>();
  Entry entry0_;
  crypto::Digest genesis_;
  std::optional<Roster> roster_;
};

TEST(RoleTable, SaysWhoMayDoWhat) {
  //                        custodian, investigator, analyst, lawyer, archivist
  const std::map<std::string_view, std::string> expected = {
      {MemberEnrol::kType, "x----"},    {MemberRevoke::kType, "x----"},
      {CaseOpen::kType, "xx-x-"},       {CaseGrant::kType, "-xxx-"},
      {EvidenceSubmit::kType, "-xxx-"}, {EvidenceRetrieve::kType, "-xxx-"},
      {"policy.adopt", "-----"},        {"", "-----"},
  };
  for (const auto& [act, row] : expected) {
    std::string got;
    for (int role = 0; role < 5; ++role) got += role_may(static_cast<Role>(role), act) ? 'x' : '-';
    EXPECT_EQ(got, row) << act;
  }
}

TEST(RoleTable, LetsArchivistsHoldNoGrantAndCustodiansTheRecoveryAlone) {
  for (const auto as : {GrantAs::reader, GrantAs::reviewer, GrantAs::recovery}) {
    EXPECT_FALSE(role_may_hold(Role::archivist, as));
    EXPECT_EQ(role_may_hold(Role::custodian, as), as == GrantAs::recovery);
    EXPECT_EQ(role_may_hold(Role::lawyer, as), as != GrantAs::recovery);
  }
}

TEST_F(Rules, EnrolsACardOnceAndOnlyWithItsOwnRoles) {
  const auto enrolling = [&](const Person& who, std::vector<Role> roles) {
    return decide(*roster_, member(custodian_), MemberEnrol{who.card.hash, std::move(roles)}, who.card).reason;
  };
  EXPECT_EQ(enrolling(stranger_, {Role::lawyer}), Reason::none);
  EXPECT_EQ(enrolling(stranger_, {}), Reason::roles_empty);
  EXPECT_EQ(enrolling(stranger_, {Role::lawyer, Role::lawyer}), Reason::roles_empty);
  EXPECT_EQ(enrolling(lawyer_, {Role::analyst}), Reason::member_exists);
  EXPECT_EQ(decide(*roster_, member(custodian_), MemberEnrol{lawyer_.card.hash, {Role::lawyer}}, stranger_.card).reason,
            Reason::card_invalid);
  EXPECT_EQ(decide(*roster_, member(lawyer_), MemberEnrol{stranger_.card.hash, {Role::lawyer}}, stranger_.card).reason,
            Reason::role_lacks);
}

TEST_F(Rules, NeverRevokesTheLastCustodian) {
  const auto revoking = [&](const Person& who) {
    return decide(*roster_, member(custodian_), MemberRevoke{who.id(), RevokeReason::left}).reason;
  };
  EXPECT_EQ(revoking(custodian_), Reason::member_last_custodian);
  EXPECT_EQ(revoking(stranger_), Reason::member_unknown);
  enrol(stranger_, {Role::custodian}, 6);
  EXPECT_EQ(revoking(custodian_), Reason::none);
  roster_->revoke({lawyer_.id(), RevokeReason::left}, 7);
  EXPECT_EQ(revoking(lawyer_), Reason::member_revoked);
  EXPECT_EQ(decide(*roster_, member(lawyer_), MemberRevoke{custodian_.id(), RevokeReason::left}).reason,
            Reason::actor_revoked);
}

TEST_F(Rules, OpensACaseWithAReaderAndAPrefixOfItsOwn) {
  const std::vector<Grant> reader{{lawyer_.id(), {}, GrantAs::reader}};
  EXPECT_EQ(opening(case_open("CAMP", reader)), Reason::none);
  EXPECT_EQ(opening(case_open("CAMP", {})), Reason::grant_none);
  EXPECT_EQ(opening(case_open("CAMP", {{lawyer_.id(), {}, GrantAs::reviewer}})), Reason::grant_none);
  EXPECT_EQ(opening(case_open("CAMP", std::vector<Grant>(25, reader.front()))), Reason::grant_none);
  EXPECT_EQ(opening(case_open("CAMP", {reader.front(), reader.front()})), Reason::grant_exists);
  EXPECT_EQ(opening(case_open("CAMP", {{archivist_.id(), {}, GrantAs::reader}})), Reason::grant_role);
  EXPECT_EQ(opening(case_open("CAMP", {{custodian_.id(), {}, GrantAs::reader}})), Reason::grant_role);
  EXPECT_EQ(opening(case_open("CAMP", {{stranger_.id(), {}, GrantAs::reader}})), Reason::member_unknown);
  for (const char* prefix : {"", "A", "camp", "1A", "A-B", "ABCDEFGHIJKLM"})
    EXPECT_EQ(opening(case_open(prefix, reader)), Reason::case_prefix) << prefix;
  EXPECT_EQ(opening(case_open("NKPC", reader)), Reason::case_exists);
  auto second = case_open("NKPC", reader);
  second.case_id = crypto::random_fixed<crypto::CaseId>();
  EXPECT_EQ(opening(second), Reason::case_prefix_taken);
  auto later = case_open("CAMP", reader);
  later.epoch = 2;
  EXPECT_EQ(opening(later), Reason::case_epoch);
}

TEST_F(Rules, OnlyAReaderGrants) {
  enrol(stranger_, {Role::lawyer}, 6);
  const auto granting = [&](const Person& who, const Person& to, GrantAs as, std::uint32_t epoch = 1) {
    return decide(*roster_, member(who), CaseGrant{case_, epoch, to.id(), {}, as}).reason;
  };
  EXPECT_EQ(granting(lawyer_, stranger_, GrantAs::reader), Reason::none);
  EXPECT_EQ(granting(investigator_, stranger_, GrantAs::reader), Reason::grant_not_reader);  // a reviewer
  EXPECT_EQ(granting(stranger_, stranger_, GrantAs::reader), Reason::grant_not_reader);
  EXPECT_EQ(granting(custodian_, stranger_, GrantAs::reader), Reason::role_lacks);
  EXPECT_EQ(granting(lawyer_, analyst_, GrantAs::reader), Reason::grant_exists);
  EXPECT_EQ(granting(lawyer_, archivist_, GrantAs::reader), Reason::grant_role);
  EXPECT_EQ(granting(lawyer_, stranger_, GrantAs::reader, 2), Reason::case_epoch);
  EXPECT_EQ(granting(lawyer_, stranger_, GrantAs::reader, 0), Reason::case_epoch);
}

TEST_F(Rules, TakesSubmissionsIntoOpenCasesAndKeepsARevokedMembersPending) {
  EXPECT_TRUE(decide(*roster_, member(investigator_), submission(), {}, {}).accepted());
  EXPECT_EQ(decide(*roster_, member(archivist_), submission(), {}, {}).reason, Reason::role_lacks);
  auto elsewhere = submission();
  elsewhere.case_id = {};
  EXPECT_EQ(decide(*roster_, member(investigator_), elsewhere, {}, {}).reason, Reason::case_unknown);
  auto later = submission();
  later.epoch = 2;
  EXPECT_EQ(decide(*roster_, member(investigator_), later, {}, {}).reason, Reason::case_epoch);
  roster_->revoke({investigator_.id(), RevokeReason::left}, 6);
  EXPECT_EQ(decide(*roster_, member(investigator_), submission(), {}, {}).outcome, Outcome::pending);
}

TEST_F(Rules, ADerivativeIsNeverFreerThanItsOriginal) {
  Consent narrow, wide;
  wide.purposes = {"documentation"};
  const auto deriving = [&](Sensitivity sensitivity, const Consent& original, const Consent& derived) {
    const std::vector originals{std::optional(OriginalItem{item_of(investigator_), Limits{sensitivity, original}})};
    return decide(*roster_, member(investigator_), submission(), derived, originals).reason;
  };
  EXPECT_EQ(deriving(Sensitivity::restricted, wide, wide), Reason::none);
  EXPECT_EQ(deriving(Sensitivity::restricted, wide, narrow), Reason::none);
  EXPECT_EQ(deriving(Sensitivity::secret, wide, narrow), Reason::item_derivative_freer);
  EXPECT_EQ(deriving(Sensitivity::restricted, narrow, wide), Reason::item_derivative_freer);
}

TEST_F(Rules, AnOriginalThatOneMayNotSeeIsAnsweredAsOneThatIsNot) {
  const auto deriving = [&](const Person& who, std::optional<OriginalItem> original) {
    return decide(*roster_, member(who), submission(), {}, std::vector{std::move(original)}).reason;
  };
  const Limits secret{Sensitivity::secret, {}};
  EXPECT_EQ(deriving(lawyer_, OriginalItem{item_of(investigator_), secret}), Reason::item_derivative_freer);
  EXPECT_EQ(deriving(investigator_, OriginalItem{item_of(lawyer_), secret}), Reason::item_original_unknown);
  EXPECT_EQ(deriving(investigator_, OriginalItem{item_of(lawyer_), {}}), Reason::item_original_unknown);
  EXPECT_EQ(deriving(lawyer_, OriginalItem{{lawyer_.id(), {{{}, 1}}}, secret}), Reason::item_original_unknown);
  EXPECT_EQ(deriving(lawyer_, std::nullopt), Reason::item_original_unknown);
}

TEST_F(Rules, NothingIsDerivedOrReleasedWhereTheConsentCannotBeBelieved) {
  damaged_ = true;
  EXPECT_EQ(retrieving(lawyer_, investigator_), Reason::item_damaged);
  EXPECT_EQ(retrieving(investigator_, lawyer_), Reason::not_found);
  const std::vector originals{std::optional(OriginalItem{item_of(investigator_), {}})};
  EXPECT_EQ(decide(*roster_, member(lawyer_), submission(), {}, originals).reason, Reason::item_damaged);
}

TEST_F(Rules, TheStrictestConsentOfAnItemAndWhatItComesFromWins) {
  EvidenceRetrieve body;
  body.case_id = case_;
  RetrievePrivate statement;
  statement.purpose = "documentation";
  Consent wide, narrow;
  wide.purposes = {"documentation"};
  const auto retrieving_under = [&](std::vector<Consent> consents) {
    return decide(*roster_, member(lawyer_), body, statement, item_of(investigator_), consents, TimePoint{}).reason;
  };
  EXPECT_EQ(retrieving_under({wide, wide}), Reason::none);
  EXPECT_EQ(retrieving_under({wide, narrow}), Reason::consent_purpose);
  EXPECT_EQ(retrieving_under({narrow, wide}), Reason::consent_purpose);
}

TEST_F(Rules, ADescriptionNarrowsOnlyAndFollowsTheLatest) {
  enrol(stranger_, {Role::lawyer}, 6);
  Consent wide, narrow;
  wide.purposes = {"documentation", "accountability"};
  narrow.purposes = {"documentation"};
  const crypto::Digest latest = crypto::sha256(view("latest"));
  EvidenceDescribe body;
  body.supersedes = latest;
  body.parts.add("private", {});
  DescribedItem item{item_of(investigator_), latest, Limits{Sensitivity::restricted, wide}};
  const auto describing = [&](const Person& who, const Consent* consent = nullptr) {
    return decide(*roster_, member(who), body, consent, item).reason;
  };
  EXPECT_EQ(describing(lawyer_, &narrow), Reason::none);
  EXPECT_EQ(describing(investigator_, &wide), Reason::none);  // who submitted it
  EXPECT_EQ(describing(stranger_, &narrow), Reason::not_found);
  EXPECT_EQ(describing(archivist_, &narrow), Reason::role_lacks);
  EXPECT_EQ(decide(*roster_, member(lawyer_), body, &narrow, std::nullopt).reason, Reason::not_found);
  item.limits->consent = narrow;
  EXPECT_EQ(describing(lawyer_, &wide), Reason::describe_freer);
  body.sensitivity = Sensitivity::open;
  EXPECT_EQ(describing(lawyer_, &narrow), Reason::describe_freer);
  body.sensitivity = Sensitivity::secret;
  EXPECT_EQ(describing(lawyer_, &narrow), Reason::none);
  item.described_by = {};
  EXPECT_EQ(describing(lawyer_, &narrow), Reason::describe_superseded);
  item.limits.reset();
  EXPECT_EQ(describing(lawyer_, &narrow), Reason::item_damaged);
}

TEST_F(Rules, ADescriptionSaysSomethingAndAManifestIsWrittenByWhoOpensTheItem) {
  EvidenceDescribe body;
  const auto describing = [&](const Person& who, const Person& submitter) {
    return decide(*roster_, member(who), body, nullptr, DescribedItem{item_of(submitter), {}, Limits{}}).reason;
  };
  EXPECT_EQ(describing(lawyer_, investigator_), Reason::describe_nothing);
  body.reason_code = DescribeReason::wrong_case;
  EXPECT_EQ(describing(lawyer_, investigator_), Reason::none);
  body.manifest_commitment = crypto::Digest{};
  body.parts.add("manifest", {});
  EXPECT_EQ(describing(lawyer_, investigator_), Reason::none);
  EXPECT_EQ(describing(investigator_, investigator_), Reason::none);  // reviewer, own item
  enrol(stranger_, {Role::investigator}, 6);
  EXPECT_EQ(describing(stranger_, stranger_), Reason::describe_not_reader);  // submitted it, and holds no grant
}

TEST_F(Rules, AnItemIsSharedByWhoOpensItIntoAnOpenCaseOnce) {
  enrol(stranger_, {Role::lawyer}, 6);
  CaseOpen other;
  other.case_id = crypto::random_fixed<crypto::CaseId>();
  other.prefix = "TORT";
  other.grants = {{stranger_.id(), {1}, GrantAs::reader}};
  roster_->open(other, custodian_.id(), 7);
  EvidenceShare body;
  body.case_id = other.case_id;
  ItemFacts item = item_of(investigator_);
  const auto sharing = [&](const Person& who) { return decide(*roster_, member(who), body, item).reason; };
  EXPECT_EQ(sharing(lawyer_), Reason::none);
  EXPECT_EQ(sharing(investigator_), Reason::none);  // reviewer, own item
  EXPECT_EQ(sharing(stranger_), Reason::not_found);
  EXPECT_EQ(sharing(analyst_), Reason::role_lacks);
  EXPECT_EQ(decide(*roster_, member(lawyer_), body, std::nullopt).reason, Reason::not_found);
  body.epoch = 2;
  EXPECT_EQ(sharing(lawyer_), Reason::case_epoch);
  body.epoch = 1;
  body.case_id = {};
  EXPECT_EQ(sharing(lawyer_), Reason::case_unknown);
  body.case_id = case_;
  EXPECT_EQ(sharing(lawyer_), Reason::share_exists);

  // From then on the other case's readers see it, and retrieve it through their own case alone.
  item.placements.push_back({other.case_id, 1});
  EXPECT_TRUE(sees_item(*roster_, member(stranger_), item));
  EvidenceRetrieve retrieve;
  retrieve.case_id = other.case_id;
  RetrievePrivate statement;
  statement.purpose = "translation";
  const auto retrieving_it = [&](const Person& who) {
    return decide(*roster_, member(who), retrieve, statement, item, std::vector<Consent>(1), TimePoint{}).reason;
  };
  EXPECT_EQ(retrieving_it(stranger_), Reason::none);
  EXPECT_EQ(retrieving_it(lawyer_), Reason::retrieve_not_reader);
  retrieve.case_id = case_;
  EXPECT_EQ(retrieving_it(stranger_), Reason::retrieve_not_reader);
}

TEST_F(Rules, ServingNeedsALiveReleaseOrAnArchivistWhoGetsTheObjectAlone) {
  enrol(stranger_, {Role::lawyer}, 6);
  const TimePoint now{std::chrono::hours(100)};
  const Release live{case_, Scope::content, now + std::chrono::milliseconds(1)}, over{case_, Scope::content, now},
      manifest{case_, Scope::manifest, live.until}, elsewhere{{}, Scope::content, live.until};
  const auto serving = [&](const Person& who, bool by_grant, std::optional<Release> release,
                           Serving what = Serving::object) {
    return decide_serving(*roster_, member(who), item_of(investigator_), what, by_grant, release, now).reason;
  };
  EXPECT_EQ(serving(lawyer_, true, live), Reason::none);
  EXPECT_EQ(serving(lawyer_, true, over), Reason::grant_ended);
  EXPECT_EQ(serving(lawyer_, true, elsewhere), Reason::grant_ended);
  EXPECT_EQ(serving(lawyer_, true, std::nullopt), Reason::grant_ended);
  EXPECT_EQ(serving(lawyer_, false, std::nullopt), Reason::grant_ended);
  EXPECT_EQ(serving(lawyer_, true, manifest), Reason::grant_scope);
  EXPECT_EQ(serving(lawyer_, true, manifest, Serving::answer), Reason::none);
  EXPECT_EQ(serving(archivist_, false, std::nullopt), Reason::none);
  EXPECT_EQ(serving(archivist_, false, std::nullopt, Serving::answer), Reason::not_found);
  EXPECT_EQ(serving(archivist_, true, std::nullopt), Reason::not_found);
  EXPECT_EQ(serving(stranger_, true, live), Reason::not_found);
  EXPECT_EQ(serving(custodian_, false, std::nullopt), Reason::not_found);
  EXPECT_EQ(decide_serving(*roster_, member(lawyer_), std::nullopt, Serving::object, true, live, now).reason,
            Reason::not_found);
  roster_->revoke({lawyer_.id(), RevokeReason::left}, 7);
  EXPECT_EQ(serving(lawyer_, true, live), Reason::actor_revoked);
}

TEST_F(Rules, RetrievalIsForReadersAndReviewersOfTheirOwn) {
  EXPECT_EQ(retrieving(lawyer_, investigator_), Reason::none);
  EXPECT_EQ(retrieving(investigator_, investigator_), Reason::none);  // reviewer, own item
  EXPECT_EQ(retrieving(investigator_, lawyer_), Reason::not_found);   // reviewer, another's
  EXPECT_EQ(retrieving(analyst_, investigator_), Reason::none);
  EXPECT_EQ(retrieving(analyst_, investigator_, Use::external), Reason::retrieve_internal_only);
  EXPECT_EQ(retrieving(archivist_, investigator_), Reason::role_lacks);
  EXPECT_EQ(retrieving(custodian_, investigator_), Reason::role_lacks);
  EXPECT_EQ(retrieving(lawyer_, investigator_, Use::internal, 2),
            Reason::retrieve_not_reader);  // no grant in that epoch
  enrol(stranger_, {Role::investigator}, 6);
  EXPECT_EQ(retrieving(stranger_, investigator_), Reason::not_found);
  EXPECT_EQ(retrieving(stranger_, stranger_), Reason::retrieve_not_reader);  // sees what they submitted, cannot open it
  roster_->revoke({lawyer_.id(), RevokeReason::left}, 7);
  EXPECT_EQ(retrieving(lawyer_, investigator_), Reason::actor_revoked);
}

TEST_F(Rules, APartIsShownToWhomTheTableNames) {
  const Person outsider("outsider");
  enrol(outsider, {Role::lawyer}, 6);
  const std::pair<char, const Person*> all[] = {{'c', &custodian_}, {'a', &archivist_},    {'l', &lawyer_},
                                                {'n', &analyst_},   {'v', &investigator_}, {'o', &outsider}};
  // The lawyer and the analyst read the case, the investigator reviews, the outsider holds nothing.
  const auto shown = [&](std::string_view act, std::string_view part, const Person& actor, bool in_case) {
    std::string out;
    for (const auto& [letter, who] : all) {
      if (sees_part(member(*who), act, part, in_case ? roster_->find(case_) : nullptr, actor.id())) out += letter;
    }
    return out;
  };
  struct Row {
    std::string_view act, part;
    std::string by_outsider, without_case;
  };
  const Row rows[] = {
      {EvidenceSubmit::kType, "manifest", "alno", "ao"},
      {EvidenceSubmit::kType, "secret", "alno", "ao"},
      {EvidenceSubmit::kType, "private", "lno", "o"},
      {EvidenceRetrieve::kType, "private", "ln", ""},
      {EvidenceRetrieve::kType, "manifest", "", ""},
      {CaseOpen::kType, "private", "lnv", ""},
      {CaseOpen::kType, "manifest", "", ""},
      {MemberEnrol::kType, "identity", "", ""},
      {MemberEnrol::kType, "private", "", ""},
      {"evidence.unheard_of", "private", "", ""},
      {"evidence.unheard_of", "manifest", "", ""},
      {CaseGrant::kType, "secret", "", ""},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(shown(row.act, row.part, outsider, true), row.by_outsider) << row.act << ' ' << row.part;
    EXPECT_EQ(shown(row.act, row.part, outsider, false), row.without_case) << row.act << ' ' << row.part;
  }
  EXPECT_EQ(shown(EvidenceSubmit::kType, "private", investigator_, true), "lnv");
}

TEST_F(Rules, TheRosterChainBreaksWhereALinkDoesNotHold) {
  const auto act_by = [&](const Person& who, const Person& whom, std::vector<Role> roles = {Role::lawyer}) {
    return make_act(who.key, genesis_, {}, TimePoint{}, MemberEnrol{whom.card.hash, std::move(roles)});
  };
  const auto entry_of = [&](const Act& act, std::uint64_t seq, std::uint64_t roster) {
    Entry entry;
    entry.seq = seq;
    entry.type = act.payload.type;
    entry.actor = act.payload.actor;
    entry.roster = roster;
    entry.act = act.hash;
    entry.facts = raw_facts(ActFacts{});
    return entry;
  };
  const auto replaying = [&](const Entry& entry, const Act& act, const Card* card) {
    return Roster(*roster_).replay(entry, act, card).has_value();
  };
  const auto act = act_by(custodian_, stranger_);
  const auto head = roster_->head();
  EXPECT_TRUE(replaying(entry_of(act, head + 3, head), act, &stranger_.card));
  EXPECT_FALSE(replaying(entry_of(act, head + 3, head - 1), act, &stranger_.card));  // not after the head
  EXPECT_FALSE(replaying(entry_of(act, head, head), act, &stranger_.card));
  EXPECT_FALSE(replaying(entry_of(act, head + 3, head), act, nullptr));        // without its card
  EXPECT_FALSE(replaying(entry_of(act, head + 3, head), act, &lawyer_.card));  // another card
  EXPECT_FALSE(
      replaying(entry_of(act, head + 3, head), act_by(custodian_, stranger_), &stranger_.card));  // another act
  const auto unfit = act_by(lawyer_, stranger_);
  EXPECT_FALSE(replaying(entry_of(unfit, head + 3, head), unfit, &stranger_.card));  // without the role
  auto refused = entry_of(act, head + 3, head);
  refused.outcome = Outcome::refused;
  EXPECT_FALSE(replaying(refused, act, &stranger_.card));
  auto forged = act;
  forged.envelope.signatures.front().sig.bytes[0] ^= 1;
  EXPECT_FALSE(replaying(entry_of(act, head + 3, head), forged, &stranger_.card));
}

}  // namespace
}  // namespace depone::policy
