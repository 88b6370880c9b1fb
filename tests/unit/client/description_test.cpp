#include "client/cli/description.h"

#include <gtest/gtest.h>

#include "system/file.h"
#include "tests/unit/error_code.h"
#include "tests/unit/temporary_folder.h"

namespace depone::client::cli {
namespace {

using namespace protocol::record;
using tests::code_of;

// "가" and "é" as letters that are joined only when shown, and as one letter each.
constexpr const char* kNfd = "\u1100\u1161 e\u0301";
constexpr const char* kNfc = "\uAC00 \u00E9";

Said said(const char* kind = "testimony") {
  Said out;
  out.kind = kind;
  out.consent_basis = "informed";
  return out;
}
ItemDescription described(const Said& what, const std::string& file_name = "account.txt") {
  auto out = describe(what, file_name);
  EXPECT_TRUE(out) << (out ? "" : out.error().detail);
  return out ? *out : ItemDescription{};
}
// What a refusal says, once it is one of what the person asked for.
std::string refusal(const Said& what) {
  const auto out = describe(what, "account.txt");
  EXPECT_EQ(code_of(out), ErrorCode::input);
  return out ? "" : out.error().detail;
}

class Sidecar : public testing::Test {
 protected:
  Result<Said> reading(std::string_view text) const {
    EXPECT_TRUE(system::write_file(folder_ / "x.depone.toml", view(text), system::IfExists::replace));
    return read_sidecar(folder_ / "x.depone.toml");
  }
  std::string refused(std::string_view text) const {
    const auto read = reading(text);
    EXPECT_EQ(code_of(read), ErrorCode::input);
    return read ? "" : read.error().detail;
  }
  tests::TemporaryFolder folder_;
};

TEST_F(Sidecar, SaysEveryFieldByItsName) {
  const auto read = reading(R"(
kind = "testimony"
date = "2014-05-03"
crimes = ["RS7.1.f", "RS7.1.e"]
narrative = ["one", "two"]
[consent]
basis = "informed"
purposes = ["documentation"]
[source]
role = "testifier"
)");
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read->kind, "testimony");
  EXPECT_EQ(read->date, "2014-05-03");
  EXPECT_EQ(read->crimes, (std::vector<std::string>{"RS7.1.f", "RS7.1.e"}));
  EXPECT_EQ(read->narrative, (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(read->consent_basis, "informed");
  EXPECT_EQ(read->purposes, std::vector<std::string>{"documentation"});
  EXPECT_EQ(read->source_role, "testifier");
  EXPECT_EQ(read->title, std::nullopt);
}

TEST_F(Sidecar, AnUnknownFieldNamesTheNearestAndItsLine) {
  EXPECT_NE(refused("kind = \"testimony\"\nsensitvity = \"secret\"\n").find(":2: "), std::string::npos);
  EXPECT_NE(refused("sensitvity = \"secret\"\n").find("'sensitivity'"), std::string::npos);
  EXPECT_NE(refused("[consent]\npurpose = [\"documentation\"]\n").find("'consent.purposes'"), std::string::npos);
  EXPECT_EQ(refused("zzzzzzzzzzzz = \"x\"\n").find("did you mean"), std::string::npos);
}

TEST_F(Sidecar, AFieldOfAnotherKindIsRefused) {
  for (const char* text :
       {"date = 2014-05-03\n", "date = 2014\n", "kind = [\"testimony\"]\n", "crimes = \"RS7.1.f\"\n", "crimes = [7]\n",
        "[crimes]\nx = \"y\"\n", "kind = \"a\"\nkind = \"b\"\n", "kind = testimony\n"}) {
    EXPECT_FALSE(refused(text).empty()) << text;
  }
}

TEST(Said, WhatIsSaidNearerWins) {
  Said flags = said(), folder = said("document");
  flags.crimes = {"RS7.1.f"};
  folder.crimes = {"RS7.1.e"};
  folder.tags = {"camp"};
  folder.country = "PRK";
  flags.fill_from(folder);
  EXPECT_EQ(flags.kind, "testimony");
  EXPECT_EQ(flags.crimes, std::vector<std::string>{"RS7.1.f"});
  EXPECT_EQ(flags.tags, std::vector<std::string>{"camp"});
  EXPECT_EQ(flags.country, "PRK");
}

TEST(Said, IsTakenFromFlags) {
  Said flags;
  CLI::App app;
  flags.add_options(app);
  app.parse("--kind photo --crime RS7.1.f --crime RS7.1.e --exclude media --not-before 2027", false);
  EXPECT_EQ(flags.kind, "photo");
  EXPECT_EQ(flags.crimes, (std::vector<std::string>{"RS7.1.f", "RS7.1.e"}));
  EXPECT_EQ(flags.excluded, std::vector<std::string>{"media"});
  EXPECT_EQ(flags.consent_not_before, "2027");
}

TEST(Describe, WhatIsNotSaidIsTheSafeChoice) {
  const auto out = described(said());
  EXPECT_EQ(out.sensitivity, Sensitivity::restricted);
  const auto& consent = out.private_part.consent;
  EXPECT_EQ(consent.recontact, Recontact::before_each);
  EXPECT_EQ(consent.anonymity, Anonymity::withheld);
  EXPECT_EQ(consent.may_testify, MayTestify::ask);
  EXPECT_TRUE(consent.purposes.empty());
  EXPECT_TRUE(consent.recipients.empty());
  EXPECT_EQ(out.private_part.catalogue.place.precision, PlacePrecision::unknown);
  EXPECT_EQ(out.private_part.catalogue.event_date.precision, DatePrecision::unknown);
  EXPECT_TRUE(out.private_part.sources.empty());
}

TEST(Describe, KindAndBasisOfConsentAreNeverGuessed) {
  auto what = said();
  what.kind.reset();
  EXPECT_NE(refusal(what).find("--kind"), std::string::npos);
  what = said();
  what.consent_basis.reset();
  EXPECT_NE(refusal(what).find("--consent-basis"), std::string::npos);
}

TEST(Describe, UnknownCodesNameTheNearest) {
  auto what = said();
  what.crimes = {"RS7.1.f", "RS7.1.ff"};
  EXPECT_NE(refusal(what).find("'RS7.1.f'"), std::string::npos);
  what = said();
  what.recommendations = {"prk4-2"};
  EXPECT_NE(refusal(what).find("did you mean 'prk4-"), std::string::npos);
  what = said("testimoney");
  EXPECT_NE(refusal(what).find("'testimony'"), std::string::npos);
  what = said();
  what.purposes = {"documentatoin"};
  EXPECT_NE(refusal(what).find("'documentation'"), std::string::npos);
  what = said();
  what.recipients = {"icc_opt"};
  EXPECT_NE(refusal(what).find("'icc_otp'"), std::string::npos);
  what = said();
  what.sensitivity = "secrte";
  EXPECT_NE(refusal(what).find("'secret'"), std::string::npos);
}

TEST(Describe, AnExclusionIsCheckedAsARecipientIs) {
  auto what = said();
  what.excluded = {"medai"};  // a typing error must not let the media have it
  EXPECT_NE(refusal(what).find("'media'"), std::string::npos);
  what.excluded = {"media", "prosecutor:PRK"};
  EXPECT_EQ(described(what).private_part.consent.excluded_recipients, what.excluded);
}

TEST(Describe, ATestimonysDayIsForItsReadersAndItsYearForTheArchive) {
  auto what = said();
  what.date = "2014-05-03";
  what.date_to = "2015-06";
  const auto out = described(what);
  const auto& date = out.private_part.catalogue.event_date;
  EXPECT_EQ(date.from.text, "2014");
  EXPECT_EQ(date.to.text, "2015");
  EXPECT_EQ(date.precision, DatePrecision::year);
  EXPECT_EQ(out.manifest.time_exact, "2014-05-03");
  EXPECT_EQ(write_form(out.private_part).find("2014-05"), std::string::npos);
}

TEST(Describe, TheEndOfATestimonysPeriodIsNoMoreExactThanItsYear) {
  auto what = said();
  what.date = "2014";
  what.date_to = "2014-05-03";
  auto out = described(what);
  EXPECT_EQ(out.private_part.catalogue.event_date.to.text, "2014");
  EXPECT_EQ(out.private_part.catalogue.event_date.precision, DatePrecision::year);
  what.date.reset();
  out = described(what);
  EXPECT_EQ(out.private_part.catalogue.event_date.to.text, "2014");
}

TEST(Describe, AnyOtherKindKeepsItsDateAndSoDoesATestimonyThatIsToldTo) {
  auto what = said("photo");
  what.date = "2014-05-03";
  auto out = described(what);
  EXPECT_EQ(out.private_part.catalogue.event_date.from.text, "2014-05-03");
  EXPECT_EQ(out.private_part.catalogue.event_date.precision, DatePrecision::day);
  EXPECT_EQ(out.manifest.time_exact, "");
  what = said();
  what.date = "2014-05-03";
  what.date_precision = "day";
  out = described(what);
  EXPECT_EQ(out.private_part.catalogue.event_date.from.text, "2014-05-03");
}

TEST(Describe, NoMoreOfADateReachesTheArchiveThanThePrecisionSays) {
  for (const auto& [precision, left] :
       {std::pair{"day", "2014-05-03"}, std::pair{"month", "2014-05"}, std::pair{"season", "2014-05"},
        std::pair{"year", "2014"}, std::pair{"decade", "2014"}, std::pair{"unknown", "2014"}}) {
    for (const char* const kind : {"document", "testimony"}) {
      auto what = said();
      what.kind = kind;
      what.date = "2014-05-03";
      what.date_to = "2014-05-03";
      what.date_precision = precision;
      const auto out = describe(what, "a.txt").value();
      EXPECT_EQ(out.private_part.catalogue.event_date.from.text, left) << precision << " " << kind;
      EXPECT_EQ(out.private_part.catalogue.event_date.to.text, left) << precision << " " << kind;
    }
  }
}

TEST(Describe, PrecisionIsAsTheDateIsWritten) {
  for (const auto& [text, precision] :
       {std::pair{"2014", DatePrecision::year}, std::pair{"2014-05", DatePrecision::month},
        std::pair{"2014-05-03", DatePrecision::day}}) {
    auto what = said("document");
    what.date = text;
    EXPECT_EQ(described(what).private_part.catalogue.event_date.precision, precision) << text;
  }
}

TEST(Describe, RefusesWhatIsNoDate) {
  for (const char* text : {"", "14", "2014-13", "2014-02-30", "2014-5-3", "03.05.2014", "2014-05-03T10:00:00.000Z"}) {
    auto what = said();
    what.date = text;
    EXPECT_FALSE(refusal(what).empty()) << text;
    what = said();
    what.consent_expires = text;
    EXPECT_FALSE(refusal(what).empty()) << text;
  }
  auto what = said();
  what.time_exact = "noon";
  EXPECT_FALSE(refusal(what).empty());
  what.time_exact = "2014-05-03T10:00:00.000Z";
  EXPECT_EQ(described(what).manifest.time_exact, "2014-05-03T10:00:00.000Z");
}

TEST(Describe, TextIsComposedAndAFilesNameStaysAsFound) {
  auto what = said();
  what.summary = kNfd;
  what.adm1 = kNfd;
  what.tags = {kNfd};
  what.narrative = {kNfd};
  what.place_text = kNfd;
  const auto name = std::string(kNfd) + ".txt";
  const auto out = described(what, name);
  EXPECT_EQ(out.private_part.catalogue.summary, kNfc);
  EXPECT_EQ(out.private_part.catalogue.place.adm1, kNfc);
  EXPECT_EQ(out.private_part.catalogue.tags, std::vector<std::string>{kNfc});
  EXPECT_EQ(out.manifest.narrative, std::vector<std::string>{kNfc});
  EXPECT_EQ(out.manifest.place_exact->text, kNfc);
  EXPECT_EQ(out.manifest.file_name, name);
  EXPECT_EQ(out.manifest.title, std::string(kNfc) + ".txt");
  EXPECT_TRUE(out.manifest.file_name_b64.empty());
}

TEST(Describe, ANameThatIsNotUtf8IsKeptByteForByte) {
  const std::string name = "\xB0\xA1.txt";  // EUC-KR
  const auto out = described(said(), name);
  EXPECT_EQ(out.manifest.file_name, "");
  EXPECT_EQ(out.manifest.file_name_b64, to_bytes(name));
  EXPECT_EQ(out.manifest.title, "untitled");
}

TEST(Describe, WhatIsForReadersStaysOutOfWhatTheArchiveReads) {
  auto what = said();
  what.title = "the title";
  what.narrative = {"the narrative"};
  what.place_text = "the house";
  what.acquisition_method = "handed over";
  what.interview_language = "ko";
  what.interpreter = "pine";
  const auto out = described(what, "the-file-name.pdf");
  const auto archive_reads = write_form(out.private_part);
  for (const char* text : {"the title", "the narrative", "the house", "handed over", "pine", "the-file-name"})
    EXPECT_EQ(archive_reads.find(text), std::string::npos) << text;
  EXPECT_EQ(out.manifest.title, "the title");
  EXPECT_EQ(out.manifest.acquisition->method, "handed over");
  EXPECT_EQ(out.manifest.interview->interpreter, "pine");
  EXPECT_EQ(out.manifest.mime, "application/pdf");
}

TEST(Describe, ASourceIsWholeOrAbsent) {
  auto what = said();
  what.source_role = "testifier";
  EXPECT_NE(refusal(what).find("--source-knowledge"), std::string::npos);
  what.source_knowledge = "victim";
  const auto one = described(what), two = described(what);
  ASSERT_EQ(one.private_part.sources.size(), 1u);
  EXPECT_EQ(one.private_part.sources[0].role, SourceRole::testifier);
  EXPECT_EQ(one.private_part.sources[0].knowledge, Knowledge::victim);
  EXPECT_NE(one.private_part.sources[0].source, two.private_part.sources[0].source);  // no name ties them together
}

TEST(Describe, LosesNothingBehindAZeroByte) {
  auto what = said();
  what.title = std::string("a\0", 2) + kNfd;
  EXPECT_EQ(described(what).manifest.title, std::string("a\0", 2) + kNfc);
}

TEST(Describe, RefusesAFlagThatIsNoText) {
  auto what = said();
  what.adm1 = "caf\xE9";
  EXPECT_NE(refusal(what).find("--adm1"), std::string::npos);
  what = said();
  what.tags = {"right", "\xED\xA0\x80"};
  EXPECT_NE(refusal(what).find("--tag"), std::string::npos);
}

TEST(ConsentInWords, SaysWhatWasForbidden) {
  auto what = said();
  what.purposes = {"documentation"};
  what.recipients = {"icc_otp"};
  what.excluded = {"media"};
  what.consent_expires = "2030";
  const auto words = consent_in_words(described(what).private_part.consent);
  for (const char* part : {"documentation", "icc_otp", "never to media", "before_each", "withheld", "until 2030"})
    EXPECT_NE(words.find(part), std::string::npos) << words;
  EXPECT_NE(consent_in_words(described(said()).private_part.consent).find("nobody or nothing outside"),
            std::string::npos);
}

}  // namespace
}  // namespace depone::client::cli
