// Comma-separated values as RFC 4180 writes them: quoted fields, doubled quotes, LF or CRLF. For data that is compiled
// in, so a malformed table is a programming error (std::logic_error).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace depone::policy::vocabulary {

using CsvRow = std::vector<std::string>;

// All rows but the header, each as wide as the header.
std::vector<CsvRow> parse_csv(std::string_view text);

}  // namespace depone::policy::vocabulary
