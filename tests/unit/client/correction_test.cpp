#include "client/cli/correction.h"

#include <gtest/gtest.h>

#include "tests/unit/error_code.h"

namespace depone::client::cli {
namespace {

using namespace protocol::record;

constexpr const char* kNfd = "e\u0301";  // as another client may have written it

// An item of which everything is said that can be, and more than a flag can say.
ItemDescription rich() {
  ItemDescription out;
  out.kind = Kind::testimony;
  out.sensitivity = Sensitivity::confidential;
  auto& catalogue = out.private_part.catalogue;
  catalogue = {std::string("증언 ") + kNfd,
               {"ko"},
               {{"2014"}, {"2015"}, DatePrecision::year, DateQualifier::approximate},
               {"PRK", kNfd, PlacePrecision::exact},
               {"text/plain", "x-fmt/111"},
               {"RS7.1.of-a-newer-list"},
               {"prk4-18"},
               {kNfd}};
  out.private_part.accession = AccessionRef{crypto::random_fixed<crypto::AccessionId>(), 7};
  for (const auto role : {SourceRole::testifier, SourceRole::interpreter})
    out.private_part.sources.push_back({crypto::random_fixed<crypto::SourceId>(), role, Knowledge::victim});
  auto& consent = out.private_part.consent;
  consent.basis = ConsentBasis::guardian;
  consent.given_by = kNfd;
  consent.obtained_at = {"2014-05"};
  consent.language = "ko";
  consent.form_item = "ev_form";
  consent.purposes = {"documentation", "of_a_newer_list"};
  consent.recipients = {"icc_otp", "ngo:other"};
  consent.excluded_recipients = {"media"};
  consent.recontact = Recontact::before_first;
  consent.anonymity = Anonymity::pseudonym;
  consent.not_before = {"2020"};
  consent.expires = {"2040"};
  consent.after_death = AfterDeath::ends;
  consent.may_testify = MayTestify::no;
  auto& manifest = out.manifest;
  manifest.title = kNfd;
  manifest.narrative = {"one", kNfd};
  manifest.file_name_b64 = {0xb0, 0xa1};
  manifest.mime = "text/x-other";
  manifest.size = 9;
  manifest.sha256 = crypto::random_fixed<crypto::Digest>();
  manifest.commitment_salt = crypto::random_fixed<crypto::Salt32>();
  manifest.place_exact = ExactPlace{kNfd, "39.03", "125.75"};
  manifest.time_exact = "2014-03-02T10:00:00.000Z";
  manifest.acquisition = Acquisition{"handed over", kNfd, "by", "from", "name", {}, TimePoint{}, {"md5:00"}};
  manifest.interview = Interview{"two", kNfd, "ko", YesNo::yes, YesNo::no, YesNo::yes, YesNo::no, YesNo::yes};
  manifest.client = {"other", "9"};
  return out;
}

// All that differs, by name and new value.
std::map<std::string, std::string> changed(const ItemDescription& now, const Said& said,
                                           const std::vector<std::string>& cleared = {}) {
  const auto fresh = corrected(now, said, cleared);
  if (!fresh) return {{"refused", fresh.error().detail}};
  std::map<std::string, std::string> out;
  for (const auto& change : changes(write_form(now.private_part), write_form(fresh->private_part)))
    out[change.field] = change.after;
  for (const auto& change : changes(write_form(now.manifest), write_form(fresh->manifest)))
    out[change.field] = change.after;
  if (fresh->sensitivity != now.sensitivity) out["sensitivity"] = word(fresh->sensitivity);
  EXPECT_EQ(fresh->kind, now.kind);
  EXPECT_EQ(fresh->private_part.salt, now.private_part.salt);
  return out;
}
using Changed = std::map<std::string, std::string>;

TEST(Correction, ThatSaysNothingChangesNothing) {
  const auto now = rich();
  const auto fresh = corrected(now, {}, {}).value();
  EXPECT_EQ(write_form(fresh.private_part), write_form(now.private_part));
  EXPECT_EQ(write_form(fresh.manifest), write_form(now.manifest));
  EXPECT_EQ(changed(now, {}), Changed{});
  ItemDescription bare;
  bare.kind = Kind::testimony;
  bare.private_part.catalogue.event_date.from = {"2014"};
  EXPECT_EQ(changed(bare, {}), Changed{});
}

TEST(Correction, EachFieldThatIsGivenChangesThatFieldAlone) {
  const struct {
    std::optional<std::string> Said::*field;
    const char* value;
    const char* changes;
  } texts[] = {
      {&Said::sensitivity, "secret", "sensitivity"},
      {&Said::title, "x", "title"},
      {&Said::summary, "x", "catalogue.summary"},
      {&Said::date_to, "2016", "catalogue.event_date.to"},
      {&Said::date_precision, "decade", "catalogue.event_date.precision"},
      {&Said::place_text, "x", "place_exact.text"},
      {&Said::time_exact, "2014-03-03", "time_exact"},
      {&Said::consent_basis, "informed", "consent.basis"},
      {&Said::consent_given_by, "x", "consent.given_by"},
      {&Said::consent_obtained_at, "2013", "consent.obtained_at"},
      {&Said::consent_language, "en", "consent.language"},
      {&Said::consent_recontact, "before_each", "consent.recontact"},
      {&Said::consent_anonymity, "withheld", "consent.anonymity"},
      {&Said::consent_not_before, "2021", "consent.not_before"},
      {&Said::consent_expires, "2039", "consent.expires"},
      {&Said::consent_may_testify, "ask", "consent.may_testify"},
      {&Said::source_role, "author", "sources.0.role"},
      {&Said::source_knowledge, "hearsay", "sources.0.knowledge"},
      {&Said::acquisition_method, "x", "acquisition.method"},
      {&Said::acquisition_device, "x", "acquisition.device"},
      {&Said::interview_language, "en", "interview.language"},
      {&Said::interpreter, "x", "interview.interpreter"},
  };
  for (const auto& one : texts) {
    Said said;
    said.*one.field = one.value;
    EXPECT_EQ(changed(rich(), said), (Changed{{one.changes, one.value}}));
  }
  const struct {
    std::vector<std::string> Said::*field;
    const char* value;
    const char* changes;
  } lists[] = {
      {&Said::crimes, "RS7.1.f", "catalogue.crimes.0"},
      {&Said::recommendations, "prk4-02", "catalogue.recommendations.0"},
      {&Said::languages, "en", "catalogue.languages.0"},
      {&Said::tags, "x", "catalogue.tags.0"},
      {&Said::excluded, "icc_otp", "consent.excluded_recipients.0"},
  };
  for (const auto& one : lists) {
    Said said;
    said.*one.field = {one.value};
    EXPECT_EQ(changed(rich(), said), (Changed{{one.changes, one.value}}));
  }
  Said said;
  said.purposes = {"documentation"};
  said.recipients = {"icc_otp"};
  said.narrative = {"one"};
  EXPECT_EQ(changed(rich(), said),
            (Changed{{"consent.purposes.1", ""}, {"consent.recipients.1", ""}, {"narrative.1", ""}}));
}

TEST(Correction, APlaceThatIsCorrectedIsAsExactAsItIsSaid) {
  Said said;
  said.country = "KOR";
  EXPECT_EQ(changed(rich(), said),
            (Changed{{"catalogue.place.country", "KOR"}, {"catalogue.place.precision", "adm1"}}));
  said = {};
  said.country = "PRK";  // that it was already
  EXPECT_EQ(changed(rich(), said), Changed{});
}

TEST(Correction, TheDayOfATestimonyIsForItsReadersAndItsYearForTheArchive) {
  Said said;
  said.date = "2013-05-06";
  EXPECT_EQ(changed(rich(), said), (Changed{{"catalogue.event_date.from", "2013"}, {"time_exact", "2013-05-06"}}));
  said.time_exact = "2013-05-07";
  EXPECT_EQ(changed(rich(), said)["time_exact"], "2013-05-07");
}

TEST(Correction, APrecisionThatWasChosenStaysAndOneThatFollowedFollows) {
  auto now = rich();
  now.kind = Kind::document;
  now.manifest.time_exact.clear();
  now.private_part.catalogue.event_date = {{"1990"}, {}, DatePrecision::decade, {}};
  Said said;
  said.date = "1980";
  EXPECT_EQ(changed(now, said), (Changed{{"catalogue.event_date.from", "1980"}}));
  now.private_part.catalogue.event_date = {{"1990"}, {}, DatePrecision::year, {}};
  said.date = "1990-05";
  EXPECT_EQ(changed(now, said),
            (Changed{{"catalogue.event_date.from", "1990-05"}, {"catalogue.event_date.precision", "month"}}));
}

TEST(Correction, EachFieldThatIsClearedIsEmptyAndTheRestStays) {
  const struct {
    const char* field;
    Changed changes;
  } fields[] = {
      {"summary", {{"catalogue.summary", ""}}},
      {"date", {{"catalogue.event_date.from", ""}, {"catalogue.event_date.precision", "unknown"}}},
      {"date_to", {{"catalogue.event_date.to", ""}}},
      {"date_precision", {}},  // what follows from the date is the same
      {"country", {{"catalogue.place.country", ""}, {"catalogue.place.precision", "adm1"}}},
      {"adm1", {{"catalogue.place.adm1", ""}, {"catalogue.place.precision", "country"}}},
      {"title", {{"title", "untitled"}}},
      {"place", {{"place_exact.text", ""}, {"place_exact.lat", ""}, {"place_exact.lon", ""}}},
      {"time", {{"time_exact", ""}}},
      {"consent.given_by", {{"consent.given_by", ""}}},
      {"consent.obtained_at", {{"consent.obtained_at", ""}}},
      {"consent.language", {{"consent.language", ""}}},
      {"consent.not_before", {{"consent.not_before", ""}}},
      {"consent.expires", {{"consent.expires", ""}}},
      {"consent.recontact", {{"consent.recontact", "before_each"}}},
      {"consent.anonymity", {{"consent.anonymity", "withheld"}}},
      {"consent.may_testify", {{"consent.may_testify", "ask"}}},
      {"acquisition.device", {{"acquisition.device", ""}}},
      {"interview.interpreter", {{"interview.interpreter", "none"}}},
      {"crimes", {{"catalogue.crimes", "[]"}, {"catalogue.crimes.0", ""}}},
      {"consent.excluded_recipients", {{"consent.excluded_recipients", "[]"}, {"consent.excluded_recipients.0", ""}}},
  };
  for (const auto& one : fields) EXPECT_EQ(changed(rich(), {}, {one.field}), one.changes) << one.field;
  for (const char* field : {"kind", "sensitivity", "consent.basis"})
    EXPECT_NE(changed(rich(), {}, {field})["refused"].find("cannot be empty"), std::string::npos) << field;
  EXPECT_NE(changed(rich(), {}, {"crime"})["refused"].find("did you mean 'crimes'"), std::string::npos);
}

TEST(Correction, WhatARecordHangsOnTakesTheRecordWithItAndSaysSo) {
  const auto interview = changed(rich(), {}, {"interview.language"});
  EXPECT_EQ(interview.size(), 8u);
  EXPECT_TRUE(interview.contains("interview.signed"));
  EXPECT_EQ(changed(rich(), {}, {"acquisition.method"}).size(), 7u);
  // The first of two sources; the second stays.
  const auto now = rich();
  const auto fresh = corrected(now, {}, {"source.role", "source.knowledge"}).value();
  ASSERT_EQ(fresh.private_part.sources.size(), 1u);
  EXPECT_EQ(fresh.private_part.sources[0].role, SourceRole::interpreter);
  EXPECT_NE(changed(now, {}, {"source.role"})["refused"].find("--source-role"), std::string::npos);
}

TEST(Correction, WhatHasNothingToHangOnIsRefusedAndNotLost) {
  auto now = rich();
  now.manifest.interview.reset();
  now.manifest.acquisition.reset();
  Said said;
  said.interpreter = "pine";
  EXPECT_NE(changed(now, said)["refused"].find("--interview-language"), std::string::npos);
  said = {};
  said.acquisition_device = "phone";
  EXPECT_NE(changed(now, said)["refused"].find("--acquired-by"), std::string::npos);
}

TEST(Correction, TheKindStays) {
  Said said;
  said.kind = "photo";
  EXPECT_NE(changed(rich(), said)["refused"].find("cannot be corrected"), std::string::npos);
  said.kind = "testimony";
  EXPECT_EQ(changed(rich(), said), Changed{});
}

}  // namespace
}  // namespace depone::client::cli
