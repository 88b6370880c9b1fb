// depone find, depone show: finding evidence by alleged crime, recommendation or case.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "client/cli/cli.h"
#include "client/cli/description.h"
#include "client/cli/output.h"
#include "client/lib/catalogue.h"
#include "client/lib/item_lookup.h"
#include "client/lib/submitter.h"
#include "policy/vocabulary/vocabulary.h"

namespace depone::client::cli {

using namespace protocol::record;
namespace api = protocol::api;
namespace vocabulary = policy::vocabulary;

namespace {

struct FindOptions {
  std::string case_name, crime, recommendation, kind, from, to;
  std::vector<std::string> words;
};

boost::json::array strings(const std::vector<std::string>& values) {
  boost::json::array out;
  for (const auto& value : values) out.push_back(boost::json::string(value));
  return out;
}

std::string date_text(const EventDate& date) {
  if (date.from.empty()) return "-";
  return date.to.empty() ? date.from.text : fmt::format("{}..{}", date.from.text, date.to.text);
}

void print_item(const api::ItemSummary& item, const policy::Roster& roster) {
  const auto* const submitter = roster.find(item.submitter);
  fmt::print("{}  {:<10} {:<12} {:<10} {}\n", bold(item.ref), word(item.kind), word(item.sensitivity),
             date_text(item.catalogue.event_date), safe(item.catalogue.summary));
  fmt::print("    {}  by {}  {}", to_text(item.item), submitter == nullptr ? "?" : safe(submitter->handle),
             human_bytes(item.bytes));
  if (!item.catalogue.crimes.empty())
    fmt::print("  {}", safe(fmt::format("{}", fmt::join(item.catalogue.crimes, " "))));
  if (!item.catalogue.recommendations.empty())
    fmt::print("  {}", safe(fmt::format("{}", fmt::join(item.catalogue.recommendations, " "))));
  fmt::print("\n");
}

Result<ItemSearch> search_of(Session& session, const FindOptions& options) {
  ItemSearch search;
  auto& query = search.criteria;
  if (!options.case_name.empty()) {
    DEPONE_ASSIGN(const auto of, find_case(session, options.case_name));
    search.case_id = of.target.case_id;
  }
  if (!options.crime.empty() && vocabulary::find_crime(options.crime) == nullptr) {
    std::vector<std::string> known;
    for (const auto& crime : vocabulary::crimes()) known.push_back(crime.code);
    const auto near = vocabulary::nearest(options.crime, known);
    return fail(ErrorCode::input, fmt::format("'{}' is no crime known here{}; `depone crimes` lists them",
                                              options.crime, near ? fmt::format("; did you mean '{}'?", *near) : ""));
  }
  if (!options.recommendation.empty() && vocabulary::find_recommendation(options.recommendation) == nullptr) {
    std::vector<std::string> known;
    for (const auto& one : vocabulary::recommendations()) known.push_back(one.id);
    const auto near = vocabulary::nearest(options.recommendation, known);
    return fail(ErrorCode::input,
                fmt::format("'{}' is no recommendation known here{}; `depone recommendations` lists them",
                            options.recommendation, near ? fmt::format("; did you mean '{}'?", *near) : ""));
  }
  if (!options.kind.empty() && !from_word<Kind>(options.kind))
    return fail(ErrorCode::input, fmt::format("--kind takes {}", all_words<Kind>()));
  for (const auto& date : {options.from, options.to}) {
    if (!date.empty() && !is_date(date))
      return fail(ErrorCode::input, fmt::format("'{}' is not a date as YYYY, YYYY-MM or YYYY-MM-DD", date));
  }
  query.emplace_back("crime", options.crime);
  query.emplace_back("recommendation", options.recommendation);
  query.emplace_back("kind", options.kind);
  query.emplace_back("from", options.from);
  query.emplace_back("to", options.to);
  for (const auto& one : options.words) query.emplace_back("word", one);
  return search;
}

Result<int> find(Context& context, const FindOptions& options) {
  DEPONE_ASSIGN(const auto archive, context.archive());
  DEPONE_ASSIGN(const auto identity, context.identity());
  DEPONE_ASSIGN(auto session, Session::open(archive, identity, context.address));
  DEPONE_ASSIGN(const auto* const roster, session.roster());
  DEPONE_ASSIGN(const auto search, search_of(session, options));
  boost::json::array rows;
  std::size_t found = 0;
  const auto tell = [&](const api::ItemSummary& item) {
    ++found;
    if (!context.json) {
      print_item(item, *roster);
      return;
    }
    rows.push_back({{"item", to_text(item.item)},
                    {"ref", item.ref},
                    {"case", to_text(item.case_id)},
                    {"kind", word(item.kind)},
                    {"sensitivity", word(item.sensitivity)},
                    {"at", to_text(item.at)},
                    {"bytes", item.bytes},
                    {"summary", item.catalogue.summary},
                    {"date", date_text(item.catalogue.event_date)},
                    {"crimes", strings(item.catalogue.crimes)},
                    {"recommendations", strings(item.catalogue.recommendations)}});
  };
  DEPONE_TRY(list_items(session, search, tell));
  if (context.json)
    print_json(rows);
  else
    fmt::print("{} {}\n", found, found == 1 ? "item" : "items");
  return kDone;
}

Result<int> show(Context& context, const std::string& name) {
  DEPONE_ASSIGN(const auto archive, context.archive());
  DEPONE_ASSIGN(const auto identity, context.identity());
  DEPONE_ASSIGN(auto session, Session::open(archive, identity, context.address));
  DEPONE_ASSIGN(const auto* const roster, session.roster());
  DEPONE_ASSIGN(const auto found, find_item(session, name));
  const auto& terms = found.terms;
  const auto& [verified, submitted, facts, said] = std::tie(terms.submitted, terms.body, terms.facts, found.said);
  const auto* const submitter = roster->find(verified.act->payload.actor);
  if (context.json) {
    boost::json::object row{
        {"item", verified.entry.subject},        {"ref", facts.ref},
        {"kind", word(submitted.kind)},          {"sensitivity", word(terms.sensitivity)},
        {"case", to_text(found.case_id)},        {"submitter", submitter->handle},
        {"at", to_text(verified.entry.at)},      {"entry", verified.entry.seq},
        {"sealed_bytes", submitted.object.size}, {"sealed_sha256", crypto::to_hex(submitted.object.sha256.span())}};
    if (terms.described != 0) row["described"] = terms.described;
    if (said) {
      row["summary"] = said->catalogue.summary;
      row["crimes"] = strings(said->catalogue.crimes);
      row["recommendations"] = strings(said->catalogue.recommendations);
      row["consent"] = consent_in_words(said->consent);
    }
    print_json(row);
    return kDone;
  }
  fmt::print("{}  {}\n  kind         {}, {}\n  deposited    {} by {} (entry {})\n  sealed       {}, sha256 {}\n",
             bold(facts.ref), verified.entry.subject, word(submitted.kind), word(terms.sensitivity),
             to_text(verified.entry.at), safe(submitter->handle), verified.entry.seq,
             human_bytes(submitted.object.size), crypto::to_hex(submitted.object.sha256.span()));
  if (terms.described != 0)
    fmt::print("  described    anew by entry {}; `depone history {}` shows what was said before\n", terms.described,
               facts.ref);
  if (found.case_id != submitted.case_id) {
    const auto* const of = roster->find(found.case_id);
    fmt::print("  shared       into {}, where you see it\n", of == nullptr ? "?" : of->prefix);
  }
  if (!said) {
    fmt::print("  what was said of it is for the case's readers\n");
    return kDone;
  }
  const auto& catalogue = said->catalogue;
  if (!catalogue.summary.empty()) fmt::print("  summary      {}\n", safe(catalogue.summary));
  fmt::print("  date, place  {}, {} {}\n", date_text(catalogue.event_date),
             catalogue.place.country.empty() ? "-" : safe(catalogue.place.country), safe(catalogue.place.adm1));
  for (const auto& code : catalogue.crimes) {
    const auto* const crime = vocabulary::find_crime(code);
    fmt::print("  crime        {} {}\n", safe(code), crime == nullptr ? "(not known here)" : crime->label);
  }
  for (const auto& id : catalogue.recommendations) {
    const auto* const one = vocabulary::find_recommendation(id);
    fmt::print("  recommended  {} {}\n", safe(id), one == nullptr ? "(not known here)" : one->summary);
  }
  fmt::print("  consent      {}\n", safe(consent_in_words(said->consent)));
  return kDone;
}

}  // namespace

void add_find(Table& table) {
  auto options = std::make_shared<FindOptions>();
  auto* const command =
      table.add(&table.app, "find", "Find evidence by case, crime, recommendation, kind, date or words",
                "depone find --crime RS7.1.f --from 2012 --to 2016",
                [options](Context& context) { return find(context, *options); });
  command->add_option("WORD", options->words, "Words of the summary");
  command->add_option("--case", options->case_name, "Prefix or case_…");
  command->add_option("--crime", options->crime, "An alleged crime: RS7.1.f; a heading finds what is below it");
  command->add_option("--recommendation", options->recommendation, "A recommendation: prk4-02");
  command->add_option("--kind", options->kind, "testimony, document, …");
  command->add_option("--from", options->from, "What happened then or later");
  command->add_option("--to", options->to, "What happened then or earlier");

  auto item = std::make_shared<std::string>();
  table
      .add(&table.app, "show", "Show what is said of an item", "depone show NKPC-000123",
           [item](Context& context) { return show(context, *item); })
      ->add_option("ITEM", *item, "NKPC-000123, ev_…, or the file that was deposited")
      ->required();
}

}  // namespace depone::client::cli
