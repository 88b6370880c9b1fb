// depone crimes, recommendations, vocabulary: the codes that submissions and searches use.
#include "policy/vocabulary/vocabulary.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "client/cli/cli.h"
#include "client/cli/output.h"

namespace depone::client::cli {

namespace vocabulary = policy::vocabulary;

namespace {

Result<int> crimes(Context& context) {
  boost::json::array rows;
  for (const auto& crime : vocabulary::crimes()) {
    if (context.json)
      rows.push_back(
          {{"code", crime.code}, {"parent", crime.parent}, {"label", crime.label}, {"summary", crime.summary}});
    else
      fmt::print("{}{:<10} {}\n", crime.parent.empty() ? "" : "  ", crime.code, crime.label);
  }
  if (context.json) print_json(rows);
  return kDone;
}

Result<int> recommendations(Context& context) {
  boost::json::array rows;
  for (const auto& one : vocabulary::recommendations()) {
    const auto position = one.position.empty() ? std::string("position not known here")
                                               : fmt::format("{} (\"{}\")", one.position, one.wording);
    if (context.json)
      rows.push_back({{"id", one.id},
                      {"state", one.state},
                      {"session", one.session},
                      {"date", one.date},
                      {"summary", one.summary},
                      {"position", one.position},
                      {"wording", one.wording}});
    else
      fmt::print("{:<8} {}  [{}]  {}\n", one.id, one.summary, position, fmt::join(one.crimes, " "));
  }
  if (context.json) print_json(rows);
  return kDone;
}

void list_words(const char* what, std::span<const vocabulary::ConsentWord> words, bool json, boost::json::array& rows) {
  for (const auto& word : words) {
    if (json)
      rows.push_back({{"kind", what}, {"code", word.code}, {"label", word.label}});
    else
      fmt::print("{:<10} {:<26} {}\n", what, word.code, word.label);
  }
}

Result<int> words(Context& context) {
  boost::json::array rows;
  list_words("purpose", vocabulary::purposes(), context.json, rows);
  list_words("internal", vocabulary::internal_purposes(), context.json, rows);
  list_words("recipient", vocabulary::recipients(), context.json, rows);
  for (const auto& standard : vocabulary::standards()) {
    if (context.json)
      rows.push_back(
          {{"kind", "standard"}, {"code", standard.code}, {"label", standard.label}, {"forum", standard.forum}});
    else
      fmt::print("{:<10} {:<26} {} ({})\n", "standard", standard.code, standard.label, standard.forum);
  }
  if (context.json) print_json(rows);
  return kDone;
}

}  // namespace

void add_vocabulary(Table& table) {
  table.add(&table.app, "crimes", "List the acts of Article 7 of the Rome Statute", "depone crimes", crimes);
  table.add(&table.app, "recommendations", "List the recommendations that evidence can bear on",
            "depone recommendations", recommendations);
  table.add(&table.app, "vocabulary", "List purposes and recipients of consent, and standards of proof",
            "depone vocabulary", words);
}

}  // namespace depone::client::cli
