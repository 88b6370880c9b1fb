#include "protocol/record/form.h"

#include <gtest/gtest.h>

#include "protocol/record/act.h"
#include "protocol/record/bodies.h"
#include "protocol/record/parts.h"
#include "protocol/record/reason.h"

namespace depone::protocol::record {
namespace {

struct Sample {
  std::string text;
  std::uint64_t count = 0;
  std::string note;
  std::vector<std::string> tags;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("text", s.text);
    f("count", s.count);
    f.optional("note", s.note);
    f("tags", s.tags);
  }
};

Result<Sample> parse(std::string_view text) { return parse_form<Sample>(view(text), "the sample"); }

TEST(ByteForm, ReadsWhatItWrites) {
  const Sample sample{"/ \"\\ \x7f \n \x01 증언", kIntegerLimit - 1, "", {"a", "b"}};
  const auto text = write_form(sample);
  EXPECT_EQ(text, "{\"text\":\"/ \\\"\\\\ \x7f \\n \\u0001 증언\",\"count\":9007199254740991,\"tags\":[\"a\",\"b\"]}");
  EXPECT_EQ(write_form(parse(text).value()), text);
}

TEST(ByteForm, RefusesEveryOtherSpellingOfTheSameValue) {
  EXPECT_TRUE(parse(R"({"text":"a","count":1,"tags":[]})"));
  for (const char* text : {
           R"({"text":"a", "count":1,"tags":[]})",
           R"({"count":1,"text":"a","tags":[]})",
           R"({"text":"a","count":1,"tags":[]} )",
           R"({"text":"\u0061","count":1,"tags":[]})",
           R"({"text":"a","count":1e0,"tags":[]})",
           R"({"text":"a","count":1.0,"tags":[]})",
           R"({"text":"a","count":01,"tags":[]})",
           R"({"text":"a","count":-0,"tags":[]})",
           R"({"text":"a","count":9007199254740992,"tags":[]})",
           R"({"text":"a","count":-1,"tags":[]})",
           R"({"text":"a","count":1,"note":"","tags":[]})",
           R"({"text":"a","count":1,"note":null,"tags":[]})",
           R"({"text":"b","text":"a","count":1,"tags":[]})",
           R"({"text":"a","count":1,"tags":[],"more":1})",
           R"({"text":"a","count":1})",
           R"({"text":"\/","count":1,"tags":[]})",
           R"({"text":"\ud800","count":1,"tags":[]})",
           "{\"text\":\"\xff\",\"count\":1,\"tags\":[]}",
           "[]",
           "",
           "null",
           R"({"text":1,"count":1,"tags":[]})",
           R"({"text":"a","count":"1","tags":[]})",
           R"({"text":"a","count":1,"tags":{}})",
       }) {
    EXPECT_FALSE(parse(text)) << text;
  }
}

TEST(ByteForm, SaysWhichFieldIsWrong) {
  EXPECT_EQ(parse(R"({"text":1,"count":1,"tags":[]})").error().detail, "the sample: text: is not a string");
  EXPECT_EQ(parse(R"({"count":1,"tags":[]})").error().detail, "the sample: text: is missing");
  EXPECT_NE(parse(R"({"text":"a","count":1,"tags":[],"more":1})").error().detail.find("not known"), std::string::npos);
}

TEST(ByteForm, RefusesDepthWithoutEnd) {
  std::string deep = R"({"text":"a","count":1,"tags":)";
  for (int i = 0; i < 10000; ++i) deep += '[';
  EXPECT_FALSE(parse(deep));
}

TEST(Time, HasOneSpelling) {
  const auto time = time_from_text("2026-11-24T03:00:00.007Z").value();
  EXPECT_EQ(to_text(time), "2026-11-24T03:00:00.007Z");
  for (const char* wrong :
       {"2026-11-24T03:00:00Z", "2026-11-24T24:00:00.000Z", "2026-02-30T03:00:00.000Z", "2026-11-24 03:00:00.000Z",
        "2026-11-24T03:00:60.000Z", "", "2026-11-24T03:00:00.000+00:00"}) {
    EXPECT_FALSE(time_from_text(wrong)) << wrong;
  }
}

TEST(Date, KnowsThreePrecisions) {
  for (const char* right : {"2019", "2019-03", "2019-03-31", "2024-02-29"}) EXPECT_TRUE(is_date(right)) << right;
  for (const char* wrong : {"", "19", "2019-13", "2019-3", "2019-02-29", "2019-03-31T", "2019/03", "201９"}) {
    EXPECT_FALSE(is_date(wrong)) << wrong;
  }
  EXPECT_EQ(to_text(end_of(Date{"2019-12"})), "2020-01-01T00:00:00.000Z");
  EXPECT_EQ(to_text(begin_of(Date{"2019"})), "2019-01-01T00:00:00.000Z");
}

TEST(Ids, RefuseTrailingBits) {
  const auto id = crypto::random_fixed<crypto::EvidenceId>();
  const auto text = to_text(id);
  EXPECT_EQ(text.size(), 29u);
  EXPECT_EQ(from_text<crypto::EvidenceId>(text), id);
  // Two bits of the last character are no part of the 16 bytes and must be zero.
  std::size_t accepted = 0;
  for (const char c : std::string_view("abcdefghijklmnopqrstuvwxyz234567")) {
    auto other = text;
    other.back() = c;
    accepted += from_text<crypto::EvidenceId>(other).has_value();
  }
  EXPECT_EQ(accepted, 8u);
  for (const auto& wrong : {text.substr(1), text + "a", "EV_" + text.substr(3), text.substr(0, 28)}) {
    EXPECT_FALSE(from_text<crypto::EvidenceId>(wrong)) << wrong;
  }
}

TEST(Act, RefusesAnActorOtherThanItsKey) {
  const crypto::SigningKey key(crypto::SigningSeed::random()), other(crypto::SigningSeed::random());
  ActPayload payload;
  payload.type = "member.revoke";
  payload.actor = other.id();
  EXPECT_FALSE(parse_act(view(sign_envelope(key, kActType, write_form(payload)))));
  payload.actor = key.id();
  EXPECT_TRUE(parse_act(view(sign_envelope(key, kActType, write_form(payload)))));
  EXPECT_FALSE(parse_act(view(sign_envelope(key, kCardType, write_form(payload)))));
}

TEST(Act, RefusesABodyThatIsNotOfItsType) {
  const crypto::SigningKey key(crypto::SigningSeed::random());
  MemberRevoke body{key.id(), RevokeReason::left};
  const auto act = make_act(key, {}, {}, TimePoint{}, body);
  EXPECT_TRUE(body_of<MemberRevoke>(act));
  EXPECT_FALSE(body_of<MemberEnrol>(act));
  auto payload = act.payload;
  payload.body.json = R"({"member":"00","reason_code":"left"})";
  EXPECT_FALSE(body_of<MemberRevoke>(sign_act(key, payload)));
  payload.body.json = R"({"reason_code":"left"})";
  EXPECT_FALSE(body_of<MemberRevoke>(sign_act(key, payload)));
}

TEST(Reasons, EachHasACodeOfItsOwnAndASentence) {
  for (int i = 1; i <= static_cast<int>(Reason::range_unsatisfiable); ++i) {
    const auto reason = static_cast<Reason>(i);
    EXPECT_EQ(reason_from_code(code(reason)), reason) << code(reason);
    EXPECT_GT(sentence(reason).size(), 20u);
    EXPECT_GE(http_status(reason), 400);
  }
}

}  // namespace
}  // namespace depone::protocol::record
