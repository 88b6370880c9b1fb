#include "client/cli/correction.h"

#include <algorithm>
#include <map>

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

// What stands, as it would be said. Of what cannot be said nothing is lost: keep_unsaid() carries it over.
Said said_of(const ItemDescription& now) {
  const auto& catalogue = now.private_part.catalogue;
  const auto& consent = now.private_part.consent;
  const auto& manifest = now.manifest;
  Said said;
  said.kind = text_of(now.kind);
  said.sensitivity = text_of(now.sensitivity);
  said.title = text_of(manifest.title);
  said.narrative = manifest.narrative;
  said.summary = text_of(catalogue.summary);
  said.date = text_of(catalogue.event_date.from);
  said.date_to = text_of(catalogue.event_date.to);
  said.date_precision = text_of(catalogue.event_date.precision);
  said.country = text_of(catalogue.place.country);
  said.adm1 = text_of(catalogue.place.adm1);
  said.crimes = catalogue.crimes;
  said.recommendations = catalogue.recommendations;
  said.languages = catalogue.languages;
  said.tags = catalogue.tags;
  said.consent_basis = text_of(consent.basis);
  said.consent_given_by = text_of(consent.given_by);
  said.consent_obtained_at = text_of(consent.obtained_at);
  said.consent_language = text_of(consent.language);
  said.purposes = consent.purposes;
  said.recipients = consent.recipients;
  said.excluded = consent.excluded_recipients;
  said.consent_recontact = text_of(consent.recontact);
  said.consent_anonymity = text_of(consent.anonymity);
  said.consent_not_before = text_of(consent.not_before);
  said.consent_expires = text_of(consent.expires);
  said.consent_may_testify = text_of(consent.may_testify);
  if (!now.private_part.sources.empty()) {
    said.source_role = text_of(now.private_part.sources.front().role);
    said.source_knowledge = text_of(now.private_part.sources.front().knowledge);
  }
  if (manifest.place_exact) said.place_text = text_of(manifest.place_exact->text);
  said.time_exact = text_of(manifest.time_exact);
  if (manifest.acquisition) {
    said.acquisition_method = manifest.acquisition->method;
    said.acquisition_device = text_of(manifest.acquisition->device);
  }
  if (manifest.interview) {
    said.interview_language = manifest.interview->language;
    said.interpreter = text_of(manifest.interview->interpreter);
  }
  return said;
}

void keep_unsaid(const SubmitPrivate& now, SubmitPrivate& fresh) {
  fresh.accession = now.accession;
  fresh.catalogue.media = now.catalogue.media;
  fresh.catalogue.event_date.qualifier = now.catalogue.event_date.qualifier;
  const auto& place = now.catalogue.place;
  if (fresh.catalogue.place.country == place.country && fresh.catalogue.place.adm1 == place.adm1)
    fresh.catalogue.place.precision = place.precision;
  fresh.consent.form_item = now.consent.form_item;
  fresh.consent.after_death = now.consent.after_death;
  if (now.sources.empty()) return;
  if (!fresh.sources.empty()) fresh.sources.front().source = now.sources.front().source;
  const auto further = now.sources.begin() + (fresh.sources.empty() ? 0 : 1);
  fresh.sources.insert(fresh.sources.end(), further, now.sources.end());
}

// What the content itself is, and who wrote what when, no correction changes.
void keep_unsaid(const Manifest& now, Manifest& fresh) {
  fresh.salt = now.salt;
  fresh.file_name = now.file_name;
  fresh.file_name_b64 = now.file_name_b64;
  fresh.mime = now.mime;
  fresh.size = now.size;
  fresh.sha256 = now.sha256;
  fresh.commitment_salt = now.commitment_salt;
  fresh.client = now.client;
  if (now.place_exact && now.place_exact->text == (fresh.place_exact ? fresh.place_exact->text : ""))
    fresh.place_exact = now.place_exact;
  if (now.acquisition && fresh.acquisition) {
    auto kept = *now.acquisition;
    kept.method = fresh.acquisition->method;
    kept.device = fresh.acquisition->device;
    fresh.acquisition = std::move(kept);
  }
  if (now.interview && fresh.interview) {
    auto kept = *now.interview;
    kept.language = fresh.interview->language;
    kept.interpreter = fresh.interview->interpreter;
    fresh.interview = std::move(kept);
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
  Said standing = said_of(now);
  if (said.date && !said.date_precision) standing.date_precision.reset();
  if (said.date && !said.time_exact && now.kind == Kind::testimony) standing.time_exact.reset();
  Said merged = said;
  merged.fill_from(standing);
  for (const auto& field : cleared) DEPONE_TRY(merged.clear(field));
  DEPONE_ASSIGN(auto fresh, describe(merged, now.manifest.file_name));
  fresh.derived_from = now.derived_from;
  fresh.private_part.salt = now.private_part.salt;
  keep_unsaid(now.private_part, fresh.private_part);
  keep_unsaid(now.manifest, fresh.manifest);
  return fresh;
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
