#include "policy/vocabulary/vocabulary.h"

#include <algorithm>
#include <set>
#include <stdexcept>

#include <gtest/gtest.h>

#include "policy/vocabulary/csv.h"

namespace depone::policy::vocabulary {
namespace {

using Rows = std::vector<CsvRow>;

TEST(Csv, TakesTheHeaderOffAndKeepsEmptyFields) {
  EXPECT_EQ(parse_csv("a,b,c\n1,,3\n,,\n"), (Rows{{"1", "", "3"}, {"", "", ""}}));
  EXPECT_EQ(parse_csv("a,b\n1,2"), (Rows{{"1", "2"}}));  // no newline at the end
  EXPECT_EQ(parse_csv("a,b\r\n1,2\r\n"), (Rows{{"1", "2"}}));
  EXPECT_TRUE(parse_csv("a,b\n").empty());
  EXPECT_TRUE(parse_csv("").empty());
}

TEST(Csv, QuotesHoldCommasNewlinesAndDoubledQuotes) {
  EXPECT_EQ(parse_csv("a,b\n\"x, y\",\"he said \"\"no\"\"\"\n"), (Rows{{"x, y", "he said \"no\""}}));
  EXPECT_EQ(parse_csv("a,b\n\"one\ntwo\",\"\"\n"), (Rows{{"one\ntwo", ""}}));
}

TEST(Csv, AMalformedTableIsAnError) {
  EXPECT_THROW(parse_csv("a,b\n1\n"), std::logic_error);
  EXPECT_THROW(parse_csv("a,b\n1,2,3\n"), std::logic_error);
  EXPECT_THROW(parse_csv("a,b\n1,\"2\n"), std::logic_error);
  EXPECT_THROW(parse_csv("a,b\n1,\"2\"3\n"), std::logic_error);  // text behind a quoted field
}

TEST(Vocabulary, ASearchForAGroupOfCrimesFindsItsMembers) {
  EXPECT_EQ(crime_and_children("RS7.1.g"), (std::vector<std::string>{"RS7.1.g", "RS7.1.g-1", "RS7.1.g-2", "RS7.1.g-3",
                                                                     "RS7.1.g-4", "RS7.1.g-5", "RS7.1.g-6"}));
  EXPECT_EQ(crime_and_children("RS7.1.g-1"), std::vector<std::string>{"RS7.1.g-1"});
}

TEST(Vocabulary, EveryCodeIsThereOnceAndEveryParentExists) {
  std::set<std::string> codes;
  for (const auto& crime : crimes()) {
    EXPECT_TRUE(codes.insert(crime.code).second) << crime.code;
    EXPECT_FALSE(crime.label.empty()) << crime.code;
    EXPECT_TRUE(crime.parent.empty() || find_crime(crime.parent) != nullptr) << crime.code;
    EXPECT_EQ(find_crime(crime.code), &crime);
  }
  for (const char letter : {'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k'})
    EXPECT_NE(find_crime(std::string("RS7.1.") + letter), nullptr) << letter;
}

TEST(Vocabulary, UnknownCodesAreNotFound) {
  for (const char* code : {"", "RS7.1", "RS7.1.l", "rs7.1.f", "RS7.1.f ", "RS7.1.g-7"})
    EXPECT_EQ(find_crime(code), nullptr) << code;
  for (const char* id : {"", "prk4-00", "prk4-20", "prk4-1", "PRK4-01"})
    EXPECT_EQ(find_recommendation(id), nullptr) << id;
}

TEST(Vocabulary, EveryRecommendationIsWholeAndItsCrimesExist) {
  std::set<std::string> ids;
  std::size_t mapped = 0;
  for (const auto& one : recommendations()) {
    EXPECT_TRUE(ids.insert(one.id).second) << one.id;
    EXPECT_EQ(one.state, "PRK") << one.id;
    EXPECT_FALSE(one.summary.empty()) << one.id;
    EXPECT_TRUE(one.position == "supported" || one.position == "noted" || one.position.empty()) << one.position;
    for (const auto& state : one.recommending) {
      EXPECT_TRUE(state.size() == 3 && std::ranges::all_of(state, [](char c) { return c >= 'A' && c <= 'Z'; }))
          << one.id << " " << state;
    }
    for (const auto& crime : one.crimes) EXPECT_NE(find_crime(crime), nullptr) << one.id << " " << crime;
    mapped += one.crimes.size();
    EXPECT_EQ(find_recommendation(one.id), &one);
  }
  EXPECT_EQ(ids.size(), 19u);
  EXPECT_GT(mapped, 0u);
}

TEST(Vocabulary, ARecipientIsOneThatExists) {
  for (const char* right : {"icc_otp", "icc_defence", "un_ohchr", "un_mechanism", "prosecutor:KOR", "court:KOR",
                            "ngo:a-b", "ngo:a.b_1", "media"})
    EXPECT_TRUE(is_recipient(right)) << right;
  for (const char* wrong : {"prosecutor", "prosecutor:Korea", "prosecutor:KO", "prosecutor:KORE", "prosecutor:kor",
                            "court", "ngo", "ngo:a b", "ngo:a/b", "ngo:a:b", "ICC_OTP", "icc_otp ", "un:KOR"})
    EXPECT_FALSE(is_recipient(wrong)) << wrong;
  EXPECT_TRUE(is_recipient("ngo:" + std::string(64, 'a')));
  EXPECT_FALSE(is_recipient("ngo:" + std::string(65, 'a')));
}

TEST(Vocabulary, APurposeIsConsentedToOrInternalAndNeverBoth) {
  for (const auto& word : purposes()) EXPECT_FALSE(is_internal_purpose(word.code)) << word.code;
  for (const auto& word : internal_purposes()) EXPECT_FALSE(is_purpose(word.code)) << word.code;
  EXPECT_FALSE(is_purpose(""));
  EXPECT_FALSE(is_internal_purpose(""));
}

TEST(Vocabulary, NoWordIsGuessedFromAfar) {
  const std::vector<std::string> known{"secret", "open"};
  EXPECT_EQ(nearest("secrte", known), "secret");
  EXPECT_EQ(nearest("zzzzzz", known), std::nullopt);
  EXPECT_EQ(nearest("", {}), std::nullopt);
}

}  // namespace
}  // namespace depone::policy::vocabulary
