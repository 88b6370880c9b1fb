#include "tests/hostile_member/table.h"

#include <algorithm>

#include <fmt/format.h>

#include "tests/hostile_member/aligned.h"

namespace depone::hostile {

using namespace protocol::record;

namespace {

constexpr std::size_t kWho = 2, kAnswer = 3;  // columns, behind call and state

}  // namespace

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

std::string Table::text() const {
  const auto first = rows_.empty() ? size_ : rows_.front().from;
  const auto log = world_.entries(first, size_);
  const auto log_of = [&](const Row& row) {
    return entries_text({log.begin() + static_cast<std::ptrdiff_t>(row.from - first),
                         log.begin() + static_cast<std::ptrdiff_t>(row.to - first)});
  };
  std::vector<Line> lines;
  std::map<std::string, std::size_t> shut_out;
  for (std::size_t begin = 0, end = 0; begin < rows_.size(); begin = end) {
    const auto& head = rows_[begin];
    std::vector<Line> said;
    for (end = begin; end < rows_.size() && rows_[end].call == head.call && rows_[end].state == head.state; ++end) {
      const auto& row = rows_[end];
      const auto name = row.who->role + ", " + row.who->standing;
      auto entries = log_of(row);
      if (row.answer == kNoHandshake && entries == "-")
        ++shut_out[name];
      else
        said.push_back({head.call, head.state, name, row.answer, std::move(entries)});
    }
    const bool same = std::ranges::all_of(said, [&](const Line& one) {
      return one[kAnswer] == said.front()[kAnswer] && one[kAnswer + 1] == said.front()[kAnswer + 1];
    });
    if (same && said.size() > 1) {
      said.resize(1);
      said.front()[kWho] = "everybody";
    }
    lines.insert(lines.end(), said.begin(), said.end());
  }
  for (const auto& [who, times] : shut_out)
    lines.push_back({"every call", fmt::format("every state ({} rows)", times), who, std::string(kNoHandshake), "-"});
  return "# Who is answered what, and which entries the log has of it. \"Everybody\" is all below that could ask "
         "this.\n"
         "# tests/e2e/decision_table.sh compares it with what the daemon answers; with --write it writes it anew.\n" +
         aligned(lines);
}

}  // namespace depone::hostile
