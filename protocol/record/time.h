// Times and dates as Depone writes them: UTC with milliseconds and Z; dates as YYYY, YYYY-MM or YYYY-MM-DD. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "system/clock.h"

namespace depone::protocol::record {

using system::TimePoint;

std::string to_text(TimePoint time);                             // 2026-11-24T03:00:00.000Z
std::optional<TimePoint> time_from_text(std::string_view text);  // years 1970 to 9999

// A date of one of three precisions. Ordered and compared as text within one precision.
struct Date {
  std::string text;
  bool empty() const { return text.empty(); }
  bool operator==(const Date&) const = default;
};
bool is_date(std::string_view text);
// The first moment of a date, and the first moment after it.
TimePoint begin_of(const Date& date);
TimePoint end_of(const Date& date);

}  // namespace depone::protocol::record
