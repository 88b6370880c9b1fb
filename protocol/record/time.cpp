#include "protocol/record/time.h"

#include <algorithm>

#include <fmt/format.h>

namespace depone::protocol::record {
namespace {

using std::chrono::day, std::chrono::month, std::chrono::year, std::chrono::year_month_day;

// `text` as digits only, or -1.
int digits(std::string_view text) {
  if (text.empty() || !std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) return -1;
  int out = 0;
  for (const char c : text) out = out * 10 + (c - '0');
  return out;
}

// Missing month and day are 1. Nothing where there is no such day.
std::optional<year_month_day> date_of(std::string_view text) {
  if (text.size() != 4 && text.size() != 7 && text.size() != 10) return std::nullopt;
  const int y = digits(text.substr(0, 4));
  int m = 1, d = 1;
  if (text.size() >= 7) {
    if (text[4] != '-') return std::nullopt;
    m = digits(text.substr(5, 2));
  }
  if (text.size() == 10) {
    if (text[7] != '-') return std::nullopt;
    d = digits(text.substr(8, 2));
  }
  if (y < 1 || m < 1 || d < 1) return std::nullopt;
  const year_month_day out{year(y), month(static_cast<unsigned>(m)), day(static_cast<unsigned>(d))};
  return out.ok() ? std::optional(out) : std::nullopt;
}

TimePoint at_midnight(year_month_day date) { return std::chrono::sys_days(date); }

}  // namespace

std::string to_text(TimePoint time) {
  const auto day_point = std::chrono::floor<std::chrono::days>(time);
  const year_month_day date(day_point);
  const auto of_day = (time - day_point).count();
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", int(date.year()), unsigned(date.month()),
                     unsigned(date.day()), of_day / 3600000, of_day / 60000 % 60, of_day / 1000 % 60, of_day % 1000);
}

std::optional<TimePoint> time_from_text(std::string_view text) {
  if (text.size() != 24 || text[10] != 'T' || text[13] != ':' || text[16] != ':' || text[19] != '.' ||
      text[23] != 'Z') {
    return std::nullopt;
  }
  const auto date = date_of(text.substr(0, 10));
  const int h = digits(text.substr(11, 2)), m = digits(text.substr(14, 2)), s = digits(text.substr(17, 2)),
            ms = digits(text.substr(20, 3));
  if (!date || int(date->year()) < 1970 || h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59 || ms < 0) {
    return std::nullopt;
  }
  return at_midnight(*date) + std::chrono::hours(h) + std::chrono::minutes(m) + std::chrono::seconds(s) +
         std::chrono::milliseconds(ms);
}

bool is_date(std::string_view text) { return date_of(text).has_value(); }

TimePoint begin_of(const Date& date) { return at_midnight(date_of(date.text).value()); }

TimePoint end_of(const Date& date) {
  const auto first = date_of(date.text).value();
  if (date.text.size() == 4) return at_midnight(first + std::chrono::years(1));
  if (date.text.size() == 7) return at_midnight(first + std::chrono::months(1));
  return at_midnight(first) + std::chrono::days(1);
}

}  // namespace depone::protocol::record
