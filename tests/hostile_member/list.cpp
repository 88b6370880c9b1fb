#include "tests/hostile_member/list.h"

#include <stdexcept>

#include <fmt/format.h>

#include "tests/hostile_member/aligned.h"

namespace depone::hostile {

using protocol::record::Entry;

void List::add(std::string kind, std::string name, const std::function<Heard()>& ask) {
  add_story(std::move(kind), std::move(name), [&] { return answer_text(ask()); });
}

void List::add_story(std::string kind, std::string name, const std::function<std::string()>& tell) {
  auto answer = tell();
  const auto from = std::exchange(size_, world_.log_size());
  rows_.push_back({std::move(kind), std::move(name), std::move(answer), from, size_});
}

std::string List::text() const {
  const auto first = rows_.empty() ? size_ : rows_.front().from;
  const auto log = world_.entries(first, size_);
  std::vector<Line> lines;
  for (const auto& row : rows_) {
    const std::vector<Entry> entries(log.begin() + static_cast<std::ptrdiff_t>(row.from - first),
                                     log.begin() + static_cast<std::ptrdiff_t>(row.to - first));
    lines.push_back({row.kind, row.name, row.answer, entries_text(entries)});
  }
  return "# What an enrolled member gets who sends what nobody should, and which entries the log has of it.\n"
         "# tests/e2e/hostile_member.sh compares it with what the daemon answers; with --write it writes it anew.\n" +
         aligned(lines);
}

std::string Answers::text() const {
  std::string out;
  for (const auto& [answer, times] : seen_) out += (out.empty() ? "" : "; ") + answer;
  return out;
}

std::string with(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  if (at == std::string::npos) throw std::logic_error(fmt::format("'{}' is not in {}", from, text));
  return text.replace(at, from.size(), to);
}

}  // namespace depone::hostile
