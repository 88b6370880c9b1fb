#include "tests/hostile_member/hidden.h"

#include <chrono>
#include <regex>

#include <fmt/format.h>

#include "tests/hostile_member/probes.h"
#include "tests/hostile_member/wire_reading.h"

namespace depone::hostile {

using namespace protocol::record;

namespace {

std::string alike(std::string text, const Subject& subject) {
  for (const auto& name : {to_text(subject.id), subject.ref, subject.beginning()}) {
    for (std::size_t at; !name.empty() && (at = text.find(name)) != std::string::npos;)
      text.replace(at, name.size(), "ITEM");
  }
  text = std::regex_replace(text, std::regex("\"entry\":[0-9]+"), "\"entry\":N");
  text = std::regex_replace(text, std::regex("\"skew_ms\":-?[0-9]+"), "\"skew_ms\":N");
  return std::regex_replace(text, std::regex("\"until\":\"[^\"]*\""), "\"until\":T");
}

// Whose chain an entry stands in: the item's that was asked for, another's (one's own, or the one that one made), none.
std::string_view subject_kind(const Entry& entry, const Subject& asked) {
  return entry.subject.empty() ? "none" : entry.subject == to_text(asked.id) ? "the item" : "another";
}

// All of an answer that may be compared: receipts and seals are never twice the same.
std::string description(const Heard& heard, const Subject& subject) {
  std::string out = std::to_string(heard.status) + heard.fault;
  for (const auto& field : heard.fields) out += " " + field.name;
  if (heard.field("Content-Type") != kFrameType) return out + " " + alike(heard.text(), subject);
  const auto pieces = pieces_in(heard.body);
  if (!pieces) return out + " a broken frame";
  for (const auto& [name, bytes] : *pieces) {
    out += " " + name;
    if (name == "item" || name == "refusal") out += " " + alike(std::string(text_view(bytes)), subject);
  }
  return out;
}

std::string description(const std::vector<Entry>& entries, const Subject& subject) {
  std::string out;
  for (const auto& entry : entries) {
    if (entry.type == kEvidenceServed) continue;
    out +=
        fmt::format("\n      {} {} {} case {} subject '{}' before {} act {} facts {}", entry.type, word(entry.outcome),
                    entry.reason, entry.case_id ? to_text(*entry.case_id) : "none", subject_kind(entry, subject),
                    entry.before.has_value(), bool(entry.act), alike(entry.facts.json, subject));
  }
  return out;
}

struct Observed {
  std::string answer, log;
};
Observed observe(World& world, Who& who, const Probe& probe, const Subject& subject) {
  const auto from = world.log_size();
  const auto heard = send(who.peer, probe.make(world, who, subject));
  return {description(heard, subject), description(world.entries(from, world.log_size()), subject)};
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}
double half_gap(const std::vector<double>& values) {
  std::vector<double> halves[2];
  for (std::size_t i = 0; i < values.size(); ++i) halves[i % 2].push_back(values[i]);
  return std::abs(median(halves[0]) - median(halves[1]));
}

struct Timing {
  double hidden, absent, gap, allowed;  // microseconds
  bool passes() const { return gap <= allowed; }
};

Timing measure(World& world, Who& who, const Probe& probe, const Subject& hidden, const Subject& absent) {
  constexpr int kTurns = 240;
  std::vector<double> times[2];
  for (int turn = 0; turn < kTurns; ++turn) {
    // Which is first alternates too, since a request may pay for what the one before it left behind.
    for (const int kind : {turn % 2, 1 - turn % 2}) {
      const auto request = probe.make(world, who, kind == 0 ? hidden : absent);
      const auto begin = std::chrono::steady_clock::now();
      (void)send(who.peer, request);
      const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
      times[kind].push_back(took.count());
    }
  }
  Timing out{median(times[0]), median(times[1]), 0, 0};
  out.gap = std::abs(out.hidden - out.absent);
  out.allowed = std::max({half_gap(times[0]), half_gap(times[1]), 0.04 * out.absent, 20.0});
  return out;
}

}  // namespace

bool hidden_is_answered_as_absent(World& world) {
  constexpr std::size_t kShown = 5;
  std::size_t compared = 0, unlike = 0;
  const auto compare = [&](Who& who, const char* what, const Item& item, const crypto::CaseId& case_id) {
    const Subject hidden{item.id, item.ref, case_id}, absent = absent_subject(case_id);
    for (const auto& probe : probes()) {
      if (probe.by_number && item.ref.empty()) continue;
      const auto one = observe(world, who, probe, hidden), other = observe(world, who, probe, absent);
      ++compared;
      if (one.answer == other.answer && one.log == other.log) continue;
      if (++unlike > kShown) continue;
      fmt::print("  {} {}, {}, {}:\n    hidden {}{}\n    absent {}{}\n", who.role, who.standing, what, probe.name,
                 one.answer, one.log, other.answer, other.log);
    }
  };
  for (const auto& who : world.everybody) {
    if (!who->connects() || who->role == "custodian" || who->role == "archivist") continue;
    compare(*who, "an item of another case", world.foreign, world.beta);
    if (who->standing == "reader") continue;
    compare(*who, "another's item of the case", world.shared, world.alpha);
    compare(*who, "a pending item of the case", world.pending, world.alpha);
  }
  fmt::print("  {} pairs of what is hidden and what is absent, {} unlike\n", compared, unlike);
  return unlike == 0;
}

bool hidden_takes_as_long_as_absent(World& world) {
  bool all = true;
  auto& who = world.find("lawyer", "outsider");
  const Subject hidden{world.foreign.id, world.foreign.ref, world.beta}, absent = absent_subject(world.beta);
  for (const auto& probe : probes()) {
    if (!probe.timed) continue;
    auto best = measure(world, who, probe, hidden, absent);
    for (int tries = 1; tries < 3 && !best.passes(); ++tries) {
      const auto again = measure(world, who, probe, hidden, absent);
      if (again.gap / again.allowed < best.gap / best.allowed) best = again;
    }
    fmt::print("  {:<46} hidden {:6.0f} us, absent {:6.0f} us: {:4.0f} apart, {:4.0f} allowed{}\n", probe.name,
               best.hidden, best.absent, best.gap, best.allowed, best.passes() ? "" : "   TOO FAR");
    all = all && best.passes();
  }
  return all;
}

}  // namespace depone::hostile
