#include "policy/vocabulary/csv.h"

#include <stdexcept>

namespace depone::policy::vocabulary {
namespace {

// Takes one field off the front of `rest`, and the comma behind it; the line's end stays.
std::string take_field(std::string_view& rest) {
  std::string field;
  if (rest.starts_with('"')) {
    rest.remove_prefix(1);
    for (;;) {
      const auto quote = rest.find('"');
      if (quote == std::string_view::npos) throw std::logic_error("csv: a quote without its end");
      field += rest.substr(0, quote);
      rest.remove_prefix(quote + 1);
      if (!rest.starts_with('"')) break;
      field += '"';
      rest.remove_prefix(1);
    }
  } else {
    const auto end = rest.find_first_of(",\r\n");
    field = rest.substr(0, end);
    rest.remove_prefix(std::min(end, rest.size()));
  }
  return field;
}

}  // namespace

std::vector<CsvRow> parse_csv(std::string_view rest) {
  std::vector<CsvRow> rows;
  while (!rest.empty()) {
    CsvRow row;
    for (bool more = true; more;) {
      row.push_back(take_field(rest));
      more = rest.starts_with(',');
      if (more) rest.remove_prefix(1);
    }
    if (rest.starts_with('\r')) rest.remove_prefix(1);
    if (rest.starts_with('\n')) rest.remove_prefix(1);
    if (!rows.empty() && row.size() != rows.front().size()) throw std::logic_error("csv: a row of another width");
    rows.push_back(std::move(row));
  }
  if (!rows.empty()) rows.erase(rows.begin());
  return rows;
}

}  // namespace depone::policy::vocabulary
