// Single values that are written as text: times, dates, ids, words, reasons.
#include "protocol/record/reason.h"
#include "protocol/record/values.h"
#include "tests/fuzz/target.h"

namespace depone::fuzz {
namespace {

using namespace protocol::record;

template <class Id>
void check_id(std::string_view text) {
  if (const auto id = from_text<Id>(text)) require(to_text(*id) == text, "an id has one spelling");
}

void fuzz(ByteView input) {
  const auto text = text_view(input);
  if (const auto time = time_from_text(text)) require(to_text(*time) == text, "a time has one spelling");
  if (is_date(text)) {
    const Date date{std::string(text)};
    require(begin_of(date) < end_of(date), "a date is a span of time");
    require(end_of(date) - begin_of(date) <= std::chrono::days(366), "of at most a year");
  }
  check_id<crypto::EvidenceId>(text);
  check_id<crypto::CaseId>(text);
  check_id<crypto::SourceId>(text);
  check_id<crypto::AccessionId>(text);
  check_id<crypto::ActId>(text);
  if (const auto kind = from_word<Kind>(text)) require(word(*kind) == text, "a word has one spelling");
  if (const auto reason = reason_from_code(text)) require(code(*reason) == text, "a reason has one code");

  // Every moment from 1970 to 9999 comes back.
  Choices choices(input);
  constexpr std::int64_t kEnd = 253'402'300'800'000;  // 10000-01-01, in milliseconds
  const TimePoint moment{std::chrono::milliseconds(static_cast<std::int64_t>(choices.below(kEnd)))};
  require(time_from_text(to_text(moment)) == moment, "a moment comes back");
}

Seeds seeds() {
  Seeds out;
  const auto add = [&](const char* name, std::string_view bytes) { out.push_back({name, to_bytes(bytes)}); };
  add("time", "2026-11-24T03:00:00.000Z");
  add("leap_day", "2024-02-29");
  add("month", "2014-03");
  add("year", "9999");
  add("item", "ev_w6ahw2rwq4es5xu6fwpoeg64a4");
  add("case", "case_caireeyuculbogazdinryhi6d4");
  add("word", "consent_form");
  add("reason", "case.prefix_taken");
  add("nasty_no_day", "2023-02-29");
  add("nasty_year_0", "0000-01-01");
  add("nasty_leap_second", "2026-11-24T23:59:60.000Z");
  add("nasty_trailing_bits", "ev_w6ahw2rwq4es5xu6fwpoeg64a5");
  add("nasty_sign", "+014-1-1");
  add("nasty_before_1970", "1969-12-31T23:59:59.999Z");
  return out;
}

const Registered kTarget{{"value", fuzz, seeds}};

}  // namespace
}  // namespace depone::fuzz
