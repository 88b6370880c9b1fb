#include "policy/consent.h"

#include <gtest/gtest.h>

#include "policy/vocabulary/vocabulary.h"

namespace depone::policy {
namespace {

using namespace protocol::record;

Consent consent() {
  Consent out;
  out.purposes = {"documentation", "international_prosecution"};
  out.recipients = {"icc_otp", "un_ohchr", "media"};
  out.excluded_recipients = {"media"};
  out.recontact = Recontact::never;
  return out;
}
RetrievePrivate statement(std::string purpose, std::string recipient = "") {
  RetrievePrivate out;
  out.purpose = std::move(purpose);
  out.recipient = std::move(recipient);
  return out;
}
TimePoint at(const char* text) { return time_from_text(text).value(); }
const TimePoint kNow = at("2026-11-24T03:00:00.000Z");

TEST(ConsentCheck, GrantsWhatWasAgreedTo) {
  EXPECT_EQ(check_consent(consent(), Use::external, statement("documentation", "icc_otp"), kNow), Reason::none);
  EXPECT_EQ(check_consent(consent(), Use::internal, statement("documentation"), kNow), Reason::none);
}

TEST(ConsentCheck, RefusesAnotherPurposeAndAnotherRecipient) {
  EXPECT_EQ(check_consent(consent(), Use::external, statement("asylum", "icc_otp"), kNow), Reason::consent_purpose);
  EXPECT_EQ(check_consent(consent(), Use::internal, statement("asylum"), kNow), Reason::consent_purpose);
  EXPECT_EQ(check_consent(consent(), Use::external, statement("documentation", "icc_defence"), kNow),
            Reason::consent_recipient);
}

TEST(ConsentCheck, AnExclusionWinsOverARecipient) {
  EXPECT_EQ(check_consent(consent(), Use::external, statement("documentation", "media"), kNow),
            Reason::consent_excluded);
}

TEST(ConsentCheck, WantsARecipientOutsideAndNoneInside) {
  EXPECT_EQ(check_consent(consent(), Use::external, statement("documentation"), kNow), Reason::retrieve_statement);
  EXPECT_EQ(check_consent(consent(), Use::internal, statement("documentation", "icc_otp"), kNow),
            Reason::retrieve_statement);
  EXPECT_EQ(check_consent(consent(), Use::external, statement("documentation", "somebody"), kNow),
            Reason::retrieve_statement);
  EXPECT_EQ(check_consent(consent(), Use::internal, statement(""), kNow), Reason::retrieve_statement);
}

TEST(ConsentCheck, HoldsToItsDates) {
  auto dated = consent();
  dated.not_before = Date{"2026-11-25"};
  EXPECT_EQ(check_consent(dated, Use::external, statement("documentation", "icc_otp"), at("2026-11-24T23:59:59.999Z")),
            Reason::consent_not_before);
  EXPECT_EQ(check_consent(dated, Use::external, statement("documentation", "icc_otp"), at("2026-11-25T00:00:00.000Z")),
            Reason::none);
  EXPECT_EQ(check_consent(dated, Use::internal, statement("documentation"), kNow), Reason::none);
  dated = consent();
  dated.expires = Date{"2026-11"};
  EXPECT_EQ(check_consent(dated, Use::external, statement("documentation", "icc_otp"), at("2026-11-30T23:59:59.999Z")),
            Reason::none);
  EXPECT_EQ(check_consent(dated, Use::external, statement("documentation", "icc_otp"), at("2026-12-01T00:00:00.000Z")),
            Reason::consent_expired);
  EXPECT_EQ(check_consent(dated, Use::internal, statement("documentation"), at("2026-12-01T00:00:00.000Z")),
            Reason::consent_expired);
  EXPECT_EQ(check_consent(dated, Use::internal, statement("disclosure_review"), at("2026-12-01T00:00:00.000Z")),
            Reason::none);
}

TEST(ConsentCheck, ASourceThatWantsToBeAskedIsNotPassedOver) {
  for (const auto recontact : {Recontact::before_first, Recontact::before_each}) {
    auto asked = consent();
    asked.recontact = recontact;
    EXPECT_EQ(check_consent(asked, Use::external, statement("documentation", "icc_otp"), kNow),
              Reason::consent_recontact);
    EXPECT_EQ(check_consent(asked, Use::internal, statement("documentation"), kNow), Reason::none);
  }
}

TEST(ConsentCheck, KnowsNoOtherAuthorityYet) {
  auto ordered = statement("documentation", "icc_otp");
  ordered.authority = Authority::court_order;
  EXPECT_EQ(check_consent(consent(), Use::external, ordered, kNow), Reason::authority_unsupported);
}

TEST(Vocabulary, HoldsTheActsOfArticle7AndTheReviewsRecommendations) {
  EXPECT_EQ(vocabulary::crimes().size(), 17u);
  EXPECT_EQ(vocabulary::recommendations().size(), 19u);
  EXPECT_EQ(vocabulary::crime_and_children("RS7.1.g").size(), 7u);
  EXPECT_EQ(vocabulary::crime_and_children("RS7.1.f"), std::vector<std::string>{"RS7.1.f"});
  for (const auto& one : vocabulary::recommendations()) {
    for (const auto& crime : one.crimes) EXPECT_NE(vocabulary::find_crime(crime), nullptr) << one.id << " " << crime;
  }
  const auto* const torture = vocabulary::find_recommendation("prk4-09");
  ASSERT_NE(torture, nullptr);
  EXPECT_EQ(torture->recommending, (std::vector<std::string>{"KOR", "IRL"}));
  EXPECT_EQ(vocabulary::find_recommendation("prk4-18")->wording, "rejected");
  EXPECT_EQ(vocabulary::standards().size(), 7u);
}

TEST(Vocabulary, KnowsRecipientsByTheirFamily) {
  for (const char* right : {"icc_otp", "media", "prosecutor:KOR", "court:DEU", "ngo:some-name_2.x"})
    EXPECT_TRUE(vocabulary::is_recipient(right)) << right;
  for (const char* wrong : {"", "icc", "prosecutor:", "prosecutor:Kor", "prosecutor:<ISO>", "court:DE", "ngo:", "ngo:A",
                            "ngo:<id>", "media:x"}) {
    EXPECT_FALSE(vocabulary::is_recipient(wrong)) << wrong;
  }
  EXPECT_TRUE(vocabulary::is_purpose("documentation"));
  EXPECT_FALSE(vocabulary::is_purpose("translation"));
  EXPECT_TRUE(vocabulary::is_internal_purpose("translation"));
}

TEST(Vocabulary, NamesTheNearestWord) {
  const std::vector<std::string> known{"testimony", "document", "photo"};
  EXPECT_EQ(vocabulary::nearest("testimoney", known), "testimony");
  EXPECT_EQ(vocabulary::nearest("foto", known), "photo");
  EXPECT_EQ(vocabulary::nearest("xxxxxxxx", known), std::nullopt);
}

// Each way in which a derivative's consent could be freer, as a change to one that is not.
TEST(ConsentOfADerivative, IsFreerInEachOfTheseWaysAndNeverInTheOtherDirection) {
  Consent original;
  original.purposes = {"documentation", "international_prosecution"};
  original.recipients = {"icc_otp", "un_ohchr"};
  original.excluded_recipients = {"media"};
  original.recontact = Recontact::before_first;
  original.anonymity = Anonymity::pseudonym;
  original.not_before = Date{"2026-06"};
  original.expires = Date{"2030"};
  original.after_death = AfterDeath::same;
  original.may_testify = MayTestify::ask;
  EXPECT_FALSE(freer_than(original, original));
  EXPECT_FALSE(freer_than(Consent{}, Consent{}));
  const std::pair<const char*, void (*)(Consent&)> freer[] = {
      {"a purpose", [](Consent& c) { c.purposes.push_back("asylum"); }},
      {"a recipient", [](Consent& c) { c.recipients.push_back("icc_defence"); }},
      {"an exclusion fewer", [](Consent& c) { c.excluded_recipients.clear(); }},
      {"recontact", [](Consent& c) { c.recontact = Recontact::never; }},
      {"anonymity", [](Consent& c) { c.anonymity = Anonymity::named; }},
      {"earlier", [](Consent& c) { c.not_before = Date{"2026-05-31"}; }},
      {"from the beginning", [](Consent& c) { c.not_before = {}; }},
      {"later", [](Consent& c) { c.expires = Date{"2031-01"}; }},
      {"for ever", [](Consent& c) { c.expires = {}; }},
      {"after death", [](Consent& c) { c.after_death = AfterDeath::widens; }},
      {"testimony", [](Consent& c) { c.may_testify = MayTestify::yes; }},
  };
  for (const auto& [what, change] : freer) {
    auto derived = original;
    change(derived);
    EXPECT_TRUE(freer_than(derived, original)) << what;
    EXPECT_FALSE(freer_than(original, derived)) << what;
  }
}

TEST(ConsentOfADerivative, MayBeNarrowerInEverything) {
  auto original = consent();
  original.expires = Date{"2030-12-31"};
  Consent derived;
  derived.purposes = {"documentation"};
  derived.recipients = {"icc_otp", "icc_defence"};  // the second only in name
  derived.excluded_recipients = {"icc_defence", "media"};
  derived.recontact = Recontact::before_each;
  derived.anonymity = Anonymity::withheld;
  derived.not_before = Date{"2027"};
  derived.expires = Date{"2030"};  // the same day, written otherwise
  derived.after_death = AfterDeath::ends;
  derived.may_testify = MayTestify::no;
  EXPECT_FALSE(freer_than(derived, original));
}

TEST(ConsentOfADerivative, WhereNothingWasSaidOfDeathItStaysTheSame) {
  auto derived = consent();
  derived.after_death = AfterDeath::same;
  EXPECT_FALSE(freer_than(derived, consent()));
  EXPECT_FALSE(freer_than(consent(), derived));
  derived.after_death = AfterDeath::widens;
  EXPECT_TRUE(freer_than(derived, consent()));
}

}  // namespace
}  // namespace depone::policy
