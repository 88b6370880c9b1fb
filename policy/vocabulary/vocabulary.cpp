#include "policy/vocabulary/vocabulary.h"

#include <algorithm>
#include <utility>

#include "policy/vocabulary/csv.h"
#include "policy/vocabulary_data.h"

namespace depone::policy::vocabulary {
namespace {

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto end = std::min(text.find(';'), text.size());
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

struct ConsentWords {
  std::vector<ConsentWord> purposes, internal_purposes, recipients;
};

const ConsentWords& consent_words() {
  static const auto* const words = [] {
    auto* const out = new ConsentWords;
    for (auto& row : parse_csv(k_consent)) {
      auto& list = row[0] == "purpose"    ? out->purposes
                   : row[0] == "internal" ? out->internal_purposes
                                          : out->recipients;
      list.push_back({std::move(row[1]), std::move(row[2])});
    }
    return out;
  }();
  return *words;
}

bool has_code(std::span<const ConsentWord> words, std::string_view code) {
  return std::ranges::find(words, code, &ConsentWord::code) != words.end();
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
    }
  }
  return row.back();
}

}  // namespace

std::span<const Crime> crimes() {
  static const auto* const table = [] {
    auto* const out = new std::vector<Crime>;
    for (auto& row : parse_csv(k_rome_statute_art7)) out->push_back({row[0], row[1], row[2], row[3]});
    return out;
  }();
  return *table;
}

const Crime* find_crime(std::string_view code) {
  const auto found = std::ranges::find(crimes(), code, &Crime::code);
  return found == crimes().end() ? nullptr : &*found;
}

std::vector<std::string> crime_and_children(std::string_view code) {
  std::vector<std::string> out{std::string(code)};
  for (const auto& crime : crimes()) {
    if (crime.parent == code) out.push_back(crime.code);
  }
  return out;
}

std::span<const Recommendation> recommendations() {
  // id,mechanism,kind,state,cycle,session,date,recommending,count_min,summary,instruments,crimes_ours,position,wording,…
  static const auto* const table = [] {
    auto* const out = new std::vector<Recommendation>;
    for (auto& row : parse_csv(k_upr_prk_cycle4)) {
      out->push_back({row[0], row[3], row[5], row[6], split(row[7]), row[9], split(row[11]), row[12], row[13]});
    }
    return out;
  }();
  return *table;
}

const Recommendation* find_recommendation(std::string_view id) {
  const auto found = std::ranges::find(recommendations(), id, &Recommendation::id);
  return found == recommendations().end() ? nullptr : &*found;
}

std::span<const Standard> standards() {
  static const auto* const table = [] {
    auto* const out = new std::vector<Standard>;
    for (auto& row : parse_csv(k_standards)) out->push_back({row[0], row[1], row[2]});
    return out;
  }();
  return *table;
}

std::span<const ConsentWord> purposes() { return consent_words().purposes; }
std::span<const ConsentWord> internal_purposes() { return consent_words().internal_purposes; }
std::span<const ConsentWord> recipients() { return consent_words().recipients; }
bool is_purpose(std::string_view code) { return has_code(purposes(), code); }
bool is_internal_purpose(std::string_view code) { return has_code(internal_purposes(), code); }

bool is_recipient(std::string_view code) {
  const auto is_state = [](std::string_view text) {
    return text.size() == 3 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
  };
  const auto is_name = [](std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    });
  };
  if (code.starts_with("prosecutor:")) return is_state(code.substr(11));
  if (code.starts_with("court:")) return is_state(code.substr(6));
  if (code.starts_with("ngo:")) return is_name(code.substr(4));
  return code.find(':') == std::string_view::npos && has_code(recipients(), code);
}

std::optional<std::string> nearest(std::string_view mistyped, std::span<const std::string> known) {
  std::optional<std::string> best;
  std::size_t best_distance = std::max<std::size_t>(2, mistyped.size() / 3) + 1;
  for (const auto& word : known) {
    const auto distance = edit_distance(mistyped, word);
    if (distance < best_distance) {
      best_distance = distance;
      best = word;
    }
  }
  return best;
}

}  // namespace depone::policy::vocabulary
