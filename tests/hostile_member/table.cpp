#include "tests/hostile_member/table.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace depone::hostile {

using namespace protocol::record;

Table::Table(World& world) : world_(world), size_(world.log_size()) {}

// Items by what they are to this person.
Labels Table::labels_for(const Who& who) const {
  Labels labels{{to_text(world_.alpha), "ALPHA"},
                {to_text(world_.beta), "BETA"},
                {to_text(world_.shared.id), "of-case"},
                {to_text(world_.foreign.id), "of-another-case"},
                {to_text(world_.pending.id), "pending"}};
  for (const auto& one : world_.everybody) {
    if (one->own) labels[to_text(one->own->id)] = one.get() == &who ? "own" : "others'";
  }
  return labels;
}

void Table::add(std::string call, std::string state, const Ask& ask) {
  for (const auto& who : world_.everybody) {
    const auto heard = ask(*who);
    if (!heard) continue;
    const auto from = std::exchange(size_, world_.log_size());
    rows_.push_back({call, state, who.get(), answer_text(*heard, labels_for(*who)), from, size_});
  }
}

void Table::settle() { size_ = world_.log_size(); }

namespace {

std::string line(std::string_view call, std::string_view state, std::string_view who, std::string_view answer,
                 std::string_view log) {
  return fmt::format("{:<24} {:<39} {:<22} {:<37} {}\n", call, state, who, answer, log);
}

}  // namespace

std::string Table::text() const {
  const auto first = rows_.empty() ? size_ : rows_.front().from;
  const auto log = world_.entries(first, size_);
  const auto log_of = [&](const Row& row) {
    return entries_text({log.begin() + static_cast<std::ptrdiff_t>(row.from - first),
                         log.begin() + static_cast<std::ptrdiff_t>(row.to - first)});
  };
  std::string out =
      "# Who is answered what, and which entries the log has of it. \"Everybody\" is all below that could ask this.\n"
      "# tests/e2e/decision_table.sh compares it with what the daemon answers; with --write it writes it anew.\n";
  std::map<std::string, std::size_t> shut_out;
  for (std::size_t begin = 0, end = 0; begin < rows_.size(); begin = end) {
    const auto& head = rows_[begin];
    std::vector<std::array<std::string, 3>> said;  // who, answer, log
    for (end = begin; end < rows_.size() && rows_[end].call == head.call && rows_[end].state == head.state; ++end) {
      const auto& row = rows_[end];
      const auto name = row.who->role + ", " + row.who->standing;
      auto entries = log_of(row);
      if (row.answer == kNoHandshake && entries == "-")
        ++shut_out[name];
      else
        said.push_back({name, row.answer, std::move(entries)});
    }
    const bool same = std::ranges::all_of(
        said, [&](const auto& one) { return one[1] == said.front()[1] && one[2] == said.front()[2]; });
    if (same && said.size() > 1) said = {{"everybody", said.front()[1], said.front()[2]}};
    if (begin == 0 || rows_[begin - 1].call != head.call) out += "\n";
    for (const auto& [who, answer, entries] : said) out += line(head.call, head.state, who, answer, entries);
  }
  out += "\n";
  for (const auto& [who, times] : shut_out)
    out += line("every call", fmt::format("every state ({} rows)", times), who, kNoHandshake, "-");
  return out;
}

}  // namespace depone::hostile
