#include "tests/hostile_member/aligned.h"

#include <algorithm>

namespace depone::hostile {

namespace {

constexpr std::size_t kStep = 12;  // columns grow by steps, so that a longer word seldom moves all others

// Room for a word and two spaces behind it; none where no line has a word.
std::size_t column_for(const std::string& word) {
  return word.empty() ? 0 : (word.size() + 2 + kStep - 1) / kStep * kStep;
}

std::string block(const std::vector<Line>& lines, std::size_t begin, std::size_t end) {
  Line::size_type columns = 0;
  for (auto at = begin; at < end; ++at) columns = std::max(columns, lines[at].size());
  std::vector<std::size_t> widths(columns);
  for (auto at = begin; at < end; ++at) {
    for (std::size_t i = 0; i < lines[at].size(); ++i) widths[i] = std::max(widths[i], column_for(lines[at][i]));
  }
  std::string out;
  for (auto at = begin; at < end; ++at) {
    std::string text;
    for (std::size_t i = 0; i < lines[at].size(); ++i) {
      text += lines[at][i];
      text.append(widths[i] - lines[at][i].size(), ' ');
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out += text + "\n";
  }
  return out;
}

}  // namespace

std::string aligned(const std::vector<Line>& lines) {
  std::string out;
  for (std::size_t begin = 0, end = 0; begin < lines.size(); begin = end) {
    while (end < lines.size() && lines[end].front() == lines[begin].front()) ++end;
    out += "\n" + block(lines, begin, end);
  }
  return out;
}

}  // namespace depone::hostile
