#include "protocol/record/scan.h"

#include <gtest/gtest.h>

#include "protocol/record/act.h"
#include "protocol/record/bodies.h"
#include "protocol/record/entry.h"

namespace depone::protocol::record {
namespace {

Entry an_entry() {
  Entry entry;
  entry.seq = 17;
  entry.at = TimePoint(std::chrono::milliseconds(1'700'000'000'123));
  entry.type = "evidence.submit";
  entry.actor = crypto::KeyId{{1, 2, 3}};
  entry.case_id = crypto::CaseId{{4}};
  entry.subject = "ev_aeaaaaaaaaaaaaaaaaaaaaaaaa";
  entry.before = 5;
  entry.facts = raw_facts(SubmitFacts{-12, "NKPC-000001", "current", std::nullopt});
  return entry;
}

EvidenceSubmit a_submission() {
  EvidenceSubmit body;
  body.derived_from = {{crypto::EvidenceId{{7}}, Relation::copy, ""}, {crypto::EvidenceId{{8}}, Relation::copy, "ko"}};
  body.object = {crypto::Digest{{9}}, 1234567, "DEPONE-SEALED-v1"};
  body.parts.add("manifest", crypto::Digest{{1}});
  body.parts.add("private", crypto::Digest{{2}});
  return body;
}

CaseOpen an_opening() {
  CaseOpen body;
  body.prefix = "NKPC";
  body.key.bytes = Bytes(crypto::public_key_bytes(body.key.suite), 3);
  body.grants = {{crypto::KeyId{{1}}, {1, 2, 3, 4}, GrantAs::reader}, {crypto::KeyId{{2}}, {}, GrantAs::recovery}};
  return body;
}

Act an_act() {
  return make_act(crypto::SigningKey(crypto::SigningSeed::random()), {}, Seen{3, {}}, TimePoint{}, a_submission());
}

template <class T>
std::optional<std::string> scanned(std::string_view text) {
  T value{};
  return Scanner(text).whole(value) ? std::optional(write_form(value)) : std::nullopt;
}

template <class T>
void expect_scanned(const T& value) {
  const auto text = write_form(value);
  EXPECT_EQ(scanned<T>(text), text);
}

TEST(Scanner, ReadsWhatIsWritten) {
  expect_scanned(an_entry());
  expect_scanned(Entry{});
  expect_scanned(a_submission());
  expect_scanned(EvidenceSubmit{});
  expect_scanned(an_act().payload);
  expect_scanned(an_act().envelope);
  expect_scanned(DescribeFacts{3, Described{1, 2, Sensitivity::secret}});
  expect_scanned(DescribeFacts{0, std::nullopt});
  expect_scanned(EvidenceRetrieve{{}, {crypto::EvidenceId{{1}}, crypto::EvidenceId{{2}}}, {}, {}, {}});
}

// Damaged in each place, each way that a byte of JSON can be: taken by none or by both, as the same.
template <class T>
void expect_no_more_than_json(const T& value) {
  const auto right = write_form(value);
  const auto check = [](const std::string& text) {
    const auto fast = scanned<T>(text);
    if (!fast) return;
    EXPECT_EQ(*fast, text);
    const auto slow = parse_form_as_json<T>(view(text), "it");
    EXPECT_TRUE(slow) << text;
    if (slow) {
      EXPECT_EQ(write_form(*slow), text);
    }
  };
  for (std::size_t at = 0; at <= right.size(); ++at) {
    check(right.substr(0, at));
    for (const char c : std::string("{}[]\",:-+=/0159aAzZ.\\ \x7f\x80\n")) {
      auto text = right;
      check(text.insert(at, 1, c));
      if (at == right.size()) continue;
      text = right;
      text[at] = c;
      check(text);
      text = right;
      check(text.erase(at, 1));
    }
  }
}

TEST(Scanner, TakesNothingThatJsonWouldNot) {
  expect_no_more_than_json(an_entry());
  expect_no_more_than_json(a_submission());
  expect_no_more_than_json(an_opening());
  expect_no_more_than_json(EvidenceRetrieve{{}, {crypto::EvidenceId{{1}}, crypto::EvidenceId{{2}}}, {}, {}, {}});
}

TEST(Scanner, WhatIsOfNoKnownTypeIsPlainToo) {
  const auto taken = [](std::string_view json) {
    RawObject value;
    return Scanner(json).whole(value) && value.json == json;
  };
  for (const auto* const right : {"{}", R"({"a":1,"b":{"a":[]},"c":[null,-1,"x",{"d":9007199254740991}]})"})
    EXPECT_TRUE(taken(right)) << right;
  for (const auto* const wrong :
       {R"({"a":1,"a":1})", R"({"a":1, "b":2})", R"({"a":true})", R"({"a":1.5})", R"({"a":01})", R"({"a":-0})",
        R"({"a":9007199254740992})", R"({"a":"\u0041"})", R"({"a":1}x)", R"(["a"])", R"({"a":1,})", R"({"a":[1,]})",
        R"({"a")", R"({)", "", R"({"a":1e3})"})
    EXPECT_FALSE(taken(wrong)) << wrong;
  std::string deep = "1";
  for (int i = 0; i < 40; ++i) deep = R"({"a":)" + deep + "}";
  EXPECT_FALSE(taken(deep));
}

TEST(Scanner, WhatIsRareIsReadAsJsonInstead) {
  auto entry = an_entry();
  entry.reason = "caf\xc3\xa9 \"quoted\"";
  const auto text = write_form(entry);
  EXPECT_FALSE(scanned<Entry>(text));
  const auto parsed = parse_form<Entry>(view(text), "the entry");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->reason, entry.reason);
}

}  // namespace
}  // namespace depone::protocol::record
