#include "client/cli/correction.h"

#include <algorithm>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "client/cli/output.h"
#include "protocol/record/salted.h"

namespace depone::client::cli {

using namespace protocol::record;

namespace {

using Text = std::optional<std::string>;

Text text_of(const std::string& text) { return text.empty() ? Text() : Text(text); }
Text text_of(const Date& date) { return text_of(date.text); }
template <HasWords E>
Text text_of(E value) {
  return std::string(word(value));
}

// What is said anew: the fields that are given, and those that are to be emptied.
class Spoken {
 public:
  Spoken(const Said& given, const std::vector<std::string>& cleared) : given_(given), cleared_(cleared) {}
  bool of(Text Said::*field, std::string_view key) const { return (given_.*field).has_value() || clears(key); }
  bool of(std::vector<std::string> Said::*field, std::string_view key) const {
    return !(given_.*field).empty() || clears(key);
  }
  bool clears(std::string_view key) const { return std::ranges::find(cleared_, key) != cleared_.end(); }

 private:
  const Said& given_;
  const std::vector<std::string>& cleared_;
};

// Beside a field that is spoken of, what describe() must know of those that hang together with it.
class Surroundings {
 public:
  Surroundings(const ItemDescription& now, const Spoken& spoken, Said& said)
      : now_(now),
        spoken_(spoken),
        said_(said) {}

  Result<> add() {
    stay(&Said::kind, "kind", text_of(now_.kind));
    stay(&Said::consent_basis, "consent.basis", text_of(now_.private_part.consent.basis));
    if (dates_spoken_of()) DEPONE_TRY(add_dates());
    add_source();
    const auto& [acquisition, interview] = std::tie(now_.manifest.acquisition, now_.manifest.interview);
    if (acquisition && spoken_.of(&Said::acquisition_device, "acquisition.device"))
      stay(&Said::acquisition_method, "acquisition.method", acquisition->method);
    if (interview && spoken_.of(&Said::interpreter, "interview.interpreter"))
      stay(&Said::interview_language, "interview.language", interview->language);
    return {};
  }
  bool dates_spoken_of() const {
    return spoken_.of(&Said::date, "date") || spoken_.of(&Said::date_to, "date_to") ||
           spoken_.of(&Said::date_precision, "date_precision");
  }

 private:
  void stay(Text Said::*field, std::string_view key, Text standing) {
    if (!spoken_.of(field, key)) said_.*field = std::move(standing);
  }
  Result<> add_dates() {
    const auto& date = now_.private_part.catalogue.event_date;
    Said standing;
    standing.kind = text_of(now_.kind);
    standing.consent_basis = text_of(now_.private_part.consent.basis);
    standing.date = text_of(date.from);
    standing.date_to = text_of(date.to);
    DEPONE_ASSIGN(const auto unspoken, describe(standing, ""));
    // A precision that followed from how the date was written follows the new date; one that was chosen stays.
    const bool chosen = unspoken.private_part.catalogue.event_date.precision != date.precision;
    if (chosen || !spoken_.of(&Said::date, "date"))
      stay(&Said::date_precision, "date_precision", text_of(date.precision));
    stay(&Said::date, "date", standing.date);
    stay(&Said::date_to, "date_to", standing.date_to);
    return {};
  }
  void add_source() {
    const auto& sources = now_.private_part.sources;
    const bool spoken =
        spoken_.of(&Said::source_role, "source.role") || spoken_.of(&Said::source_knowledge, "source.knowledge");
    if (sources.empty() || !spoken) return;
    stay(&Said::source_role, "source.role", text_of(sources.front().role));
    stay(&Said::source_knowledge, "source.knowledge", text_of(sources.front().knowledge));
  }

  const ItemDescription& now_;
  const Spoken& spoken_;
  Said& said_;
};

// Takes out of a fresh description what was spoken of: the rest stays byte for byte, also what no flag can say, or this
// client would spell or choose otherwise.
void take_catalogue(const Spoken& spoken, Catalogue& fresh, bool dates, Catalogue& now) {
  if (spoken.of(&Said::summary, "summary")) now.summary = std::move(fresh.summary);
  if (spoken.of(&Said::languages, "languages")) now.languages = std::move(fresh.languages);
  if (spoken.of(&Said::crimes, "crimes")) now.crimes = std::move(fresh.crimes);
  if (spoken.of(&Said::recommendations, "recommendations")) now.recommendations = std::move(fresh.recommendations);
  if (spoken.of(&Said::tags, "tags")) now.tags = std::move(fresh.tags);
  if (dates) {
    fresh.event_date.qualifier = now.event_date.qualifier;
    now.event_date = std::move(fresh.event_date);
  }
  auto place = now.place;
  if (spoken.of(&Said::country, "country")) place.country = std::move(fresh.place.country);
  if (spoken.of(&Said::adm1, "adm1")) place.adm1 = std::move(fresh.place.adm1);
  if (place.country == now.place.country && place.adm1 == now.place.adm1) return;
  place.precision = place_precision(place);
  now.place = std::move(place);
}

void take_consent(const Spoken& spoken, Consent& fresh, Consent& now) {
  if (spoken.of(&Said::consent_basis, "consent.basis")) now.basis = fresh.basis;
  if (spoken.of(&Said::consent_given_by, "consent.given_by")) now.given_by = std::move(fresh.given_by);
  if (spoken.of(&Said::consent_obtained_at, "consent.obtained_at")) now.obtained_at = std::move(fresh.obtained_at);
  if (spoken.of(&Said::consent_language, "consent.language")) now.language = std::move(fresh.language);
  if (spoken.of(&Said::purposes, "consent.purposes")) now.purposes = std::move(fresh.purposes);
  if (spoken.of(&Said::recipients, "consent.recipients")) now.recipients = std::move(fresh.recipients);
  if (spoken.of(&Said::excluded, "consent.excluded_recipients"))
    now.excluded_recipients = std::move(fresh.excluded_recipients);
  if (spoken.of(&Said::consent_recontact, "consent.recontact")) now.recontact = fresh.recontact;
  if (spoken.of(&Said::consent_anonymity, "consent.anonymity")) now.anonymity = fresh.anonymity;
  if (spoken.of(&Said::consent_not_before, "consent.not_before")) now.not_before = std::move(fresh.not_before);
  if (spoken.of(&Said::consent_expires, "consent.expires")) now.expires = std::move(fresh.expires);
  if (spoken.of(&Said::consent_may_testify, "consent.may_testify")) now.may_testify = fresh.may_testify;
}

// Of several sources, flags speak of the first.
void take_source(const Spoken& spoken, std::vector<Source>& fresh, std::vector<Source>& now) {
  if (!spoken.of(&Said::source_role, "source.role") && !spoken.of(&Said::source_knowledge, "source.knowledge")) return;
  if (fresh.empty()) {
    if (!now.empty()) now.erase(now.begin());
  } else if (now.empty()) {
    now = std::move(fresh);
  } else {
    now.front().role = fresh.front().role;
    now.front().knowledge = fresh.front().knowledge;
  }
}

void take_manifest(const Spoken& spoken, Manifest& fresh, const Text& day, Manifest& now) {
  if (spoken.of(&Said::title, "title")) now.title = std::move(fresh.title);
  if (spoken.of(&Said::narrative, "narrative")) now.narrative = std::move(fresh.narrative);
  if (spoken.clears("place"))
    now.place_exact.reset();
  else if (spoken.of(&Said::place_text, "place") && fresh.place_exact) {
    if (!now.place_exact) now.place_exact.emplace();
    now.place_exact->text = std::move(fresh.place_exact->text);
  }
  if (spoken.clears("time"))
    now.time_exact.clear();
  else if (spoken.of(&Said::time_exact, "time"))
    now.time_exact = std::move(fresh.time_exact);
  else if (day)
    now.time_exact = *day;
  const bool method = spoken.of(&Said::acquisition_method, "acquisition.method");
  const bool device = spoken.of(&Said::acquisition_device, "acquisition.device");
  if (now.acquisition && fresh.acquisition) {
    if (method) now.acquisition->method = std::move(fresh.acquisition->method);
    if (device) now.acquisition->device = std::move(fresh.acquisition->device);
  } else if (method || device) {
    now.acquisition = std::move(fresh.acquisition);
  }
  const bool language = spoken.of(&Said::interview_language, "interview.language");
  const bool interpreter = spoken.of(&Said::interpreter, "interview.interpreter");
  if (now.interview && fresh.interview) {
    if (language) now.interview->language = std::move(fresh.interview->language);
    if (interpreter) now.interview->interpreter = std::move(fresh.interview->interpreter);
  } else if (language || interpreter) {
    now.interview = std::move(fresh.interview);
  }
}

std::string shown(const boost::json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  return write_json(value);
}

}  // namespace

bool speaks_of_manifest(const Said& said, const std::vector<std::string>& cleared, Kind kind) {
  const bool says = said.title || !said.narrative.empty() || said.place_text || said.time_exact ||
                    said.acquisition_method || said.acquisition_device || said.interview_language || said.interpreter;
  const bool clears = std::ranges::any_of(cleared, [](const std::string& field) {
    return field == "title" || field == "narrative" || field == "place" || field == "time" ||
           field.starts_with("acquisition.") || field.starts_with("interview.");
  });
  // The exact day of a testimony stands there and not in what the archive reads.
  return says || clears || (said.date && kind == Kind::testimony);
}

Result<ItemDescription> corrected(const ItemDescription& now, const Said& said,
                                  const std::vector<std::string>& cleared) {
  if (said.kind && said.kind != word(now.kind)) {
    return fail(ErrorCode::input,
                "the kind of an item was signed with its submission and cannot be corrected; deposit it again");
  }
  Said given = said;
  for (const auto& field : cleared) {
    if (field == "kind" || field == "consent.basis" || field == "sensitivity")
      return fail(ErrorCode::input, fmt::format("'{}' cannot be empty", field));
    DEPONE_TRY(given.clear(field));
  }
  const Spoken spoken(given, cleared);
  Said whole = given;
  Surroundings surroundings(now, spoken, whole);
  DEPONE_TRY(surroundings.add());
  const auto& name = now.manifest.file_name;
  DEPONE_ASSIGN(auto fresh, describe(whole, name.empty() ? "untitled" : name));
  ItemDescription out = now;
  if (given.sensitivity) out.sensitivity = fresh.sensitivity;
  take_catalogue(spoken, fresh.private_part.catalogue, surroundings.dates_spoken_of(), out.private_part.catalogue);
  take_consent(spoken, fresh.private_part.consent, out.private_part.consent);
  take_source(spoken, fresh.private_part.sources, out.private_part.sources);
  take_manifest(spoken, fresh.manifest, now.kind == Kind::testimony ? given.date : Text(), out.manifest);
  return out;
}

std::vector<Change> changes(std::string_view before, std::string_view after) {
  std::vector<Change> out;
  const auto values_of = [](std::string_view part) {
    std::map<std::string, std::string> values;
    const auto read = part_values(view(part));
    if (!read) return values;
    for (const auto& [name, value] : *read) values.emplace(name, shown(value));
    return values;
  };
  const auto were = values_of(before), are = values_of(after);
  std::map<std::string, std::string> names = were;
  names.insert(are.begin(), are.end());
  for (const auto& [name, value] : names) {
    const auto was = were.find(name), is = are.find(name);
    const std::string then = was == were.end() ? "" : was->second, now = is == are.end() ? "" : is->second;
    if (then != now) out.push_back({name, then, now});
  }
  return out;
}

std::string in_words(const Change& change) {
  const auto quoted = [](const std::string& text) {
    return text.empty() ? std::string("nothing") : fmt::format("'{}'", safe(text));
  };
  return fmt::format("{}: {} -> {}", change.field, quoted(change.before), quoted(change.after));
}

}  // namespace depone::client::cli
