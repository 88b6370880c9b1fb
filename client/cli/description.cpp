#include "client/cli/description.h"

#include <algorithm>
#include <cstdlib>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <utf8proc.h>

#include "client/cli/cli.h"
#include "policy/vocabulary/vocabulary.h"

namespace depone::client::cli {

using namespace protocol::record;
namespace vocabulary = policy::vocabulary;

namespace {

// By length, since a zero byte is a character as any other.
std::string nfc(const std::string& text) {
  utf8proc_uint8_t* made = nullptr;
  const auto size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()),
                   &made, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  if (size < 0) return text;
  std::string out(reinterpret_cast<const char*>(made), static_cast<std::size_t>(size));
  std::free(made);
  return out;
}

template <class E>
Result<E> choose(const std::optional<std::string>& text, std::optional<E> otherwise, const char* what) {
  if (!text) {
    if (otherwise) return *otherwise;
    return fail(ErrorCode::input, fmt::format("{} is missing: say {}", what, all_words<E>()));
  }
  if (const auto value = from_word<E>(*text)) return *value;
  std::vector<std::string> known(Words<E>::table.begin(), Words<E>::table.end());
  const auto near = vocabulary::nearest(*text, known);
  return fail(ErrorCode::input,
              fmt::format("'{}' is no {}; {}", *text, what,
                          near ? fmt::format("did you mean '{}'?", *near) : "there are " + all_words<E>()));
}

Result<Date> date_of(const std::optional<std::string>& text, const char* what) {
  if (!text) return Date{};
  if (!is_date(*text))
    return fail(ErrorCode::input, fmt::format("{} '{}' is not a date as YYYY, YYYY-MM or YYYY-MM-DD", what, *text));
  return Date{*text};
}

template <class Known>
Result<> check_codes(const std::vector<std::string>& codes, Known is_known, const std::vector<std::string>& all,
                     const char* what, const char* list) {
  for (const auto& code : codes) {
    if (is_known(code)) continue;
    const auto near = vocabulary::nearest(code, all);
    return fail(ErrorCode::input, fmt::format("'{}' is no {}{}; {}", code, what,
                                              near ? fmt::format("; did you mean '{}'?", *near) : "", list));
  }
  return {};
}

template <class Rows, class Code>
std::vector<std::string> codes_of(const Rows& rows, Code code) {
  std::vector<std::string> out;
  for (const auto& row : rows) out.push_back(row.*code);
  return out;
}

Result<Consent> consent_of(const Said& said) {
  Consent consent;
  DEPONE_ASSIGN(consent.basis,
                choose<ConsentBasis>(said.consent_basis, std::nullopt, "basis of the consent (--consent-basis)"));
  consent.given_by = nfc(said.consent_given_by.value_or(""));
  DEPONE_ASSIGN(consent.obtained_at, date_of(said.consent_obtained_at, "consent.obtained_at"));
  consent.language = said.consent_language.value_or("");
  DEPONE_TRY(check_codes(said.purposes, vocabulary::is_purpose,
                         codes_of(vocabulary::purposes(), &vocabulary::ConsentWord::code), "purpose",
                         "`depone vocabulary` lists them"));
  const auto recipients = codes_of(vocabulary::recipients(), &vocabulary::ConsentWord::code);
  for (const auto* const list : {&said.recipients, &said.excluded}) {
    DEPONE_TRY(check_codes(*list, vocabulary::is_recipient, recipients, "recipient", "`depone vocabulary` lists them"));
  }
  consent.purposes = said.purposes;
  consent.recipients = said.recipients;
  consent.excluded_recipients = said.excluded;
  DEPONE_ASSIGN(consent.recontact,
                choose<Recontact>(said.consent_recontact, Recontact::before_each, "word for recontact"));
  DEPONE_ASSIGN(consent.anonymity,
                choose<Anonymity>(said.consent_anonymity, Anonymity::withheld, "word for anonymity"));
  DEPONE_ASSIGN(consent.not_before, date_of(said.consent_not_before, "consent.not_before"));
  DEPONE_ASSIGN(consent.expires, date_of(said.consent_expires, "consent.expires"));
  DEPONE_ASSIGN(consent.may_testify,
                choose<MayTestify>(said.consent_may_testify, MayTestify::ask, "word for may_testify"));
  return consent;
}

DatePrecision precision_of(const Date& date) {
  return date.empty()            ? DatePrecision::unknown
         : date.text.size() == 4 ? DatePrecision::year
         : date.text.size() == 7 ? DatePrecision::month
                                 : DatePrecision::day;
}

constexpr std::size_t kYearDigits = 4;

// How much of YYYY-MM-DD a precision leaves.
std::size_t digits_of(DatePrecision precision) {
  switch (precision) {
    case DatePrecision::day:
      return 10;
    case DatePrecision::month:
    case DatePrecision::season:
      return 7;
    case DatePrecision::year:
    case DatePrecision::decade:
    case DatePrecision::unknown:
      return kYearDigits;
  }
  return kYearDigits;
}

Result<Catalogue> catalogue_of(const Said& said, Kind kind) {
  Catalogue catalogue;
  catalogue.summary = nfc(said.summary.value_or(""));
  catalogue.languages = said.languages;
  DEPONE_ASSIGN(catalogue.event_date.from, date_of(said.date, "date"));
  DEPONE_ASSIGN(catalogue.event_date.to, date_of(said.date_to, "date_to"));
  DEPONE_ASSIGN(
      catalogue.event_date.precision,
      choose<DatePrecision>(said.date_precision, precision_of(catalogue.event_date.from), "precision of a date"));
  auto& date = catalogue.event_date;
  // The exact day of a testimony can identify a person: unless it is said otherwise, the archive sees its year.
  const bool exact = date.from.text.size() > kYearDigits || date.to.text.size() > kYearDigits;
  if (kind == Kind::testimony && !said.date_precision && exact) date.precision = DatePrecision::year;
  for (auto* const end : {&date.from, &date.to}) {  // no more reaches the archive than the precision says
    end->text.resize(std::min(end->text.size(), digits_of(date.precision)));
  }
  catalogue.place.country = said.country.value_or("");
  catalogue.place.adm1 = nfc(said.adm1.value_or(""));
  catalogue.place.precision = place_precision(catalogue.place);
  DEPONE_TRY(check_codes(
      said.crimes, [](const std::string& code) { return vocabulary::find_crime(code) != nullptr; },
      codes_of(vocabulary::crimes(), &vocabulary::Crime::code), "crime known here", "`depone crimes` lists them"));
  DEPONE_TRY(check_codes(
      said.recommendations, [](const std::string& code) { return vocabulary::find_recommendation(code) != nullptr; },
      codes_of(vocabulary::recommendations(), &vocabulary::Recommendation::id), "recommendation known here",
      "`depone recommendations` lists them"));
  catalogue.crimes = said.crimes;
  catalogue.recommendations = said.recommendations;
  for (const auto& tag : said.tags) catalogue.tags.push_back(nfc(tag));
  return catalogue;
}

std::string mime_of(const std::string& name) {
  static const std::map<std::string, std::string> kTypes = {
      {".txt", "text/plain"},
      {".md", "text/markdown"},
      {".pdf", "application/pdf"},
      {".jpg", "image/jpeg"},
      {".jpeg", "image/jpeg"},
      {".png", "image/png"},
      {".tif", "image/tiff"},
      {".tiff", "image/tiff"},
      {".mp4", "video/mp4"},
      {".mov", "video/quicktime"},
      {".mkv", "video/x-matroska"},
      {".mp3", "audio/mpeg"},
      {".wav", "audio/wav"},
      {".m4a", "audio/mp4"},
      {".ogg", "audio/ogg"},
      {".html", "text/html"},
      {".json", "application/json"},
      {".csv", "text/csv"},
      {".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
      {".hwp", "application/x-hwp"},
      {".zip", "application/zip"},
      {".warc", "application/warc"}};
  auto extension = std::filesystem::path(name).extension().string();
  std::ranges::transform(extension, extension.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto found = kTypes.find(extension);
  return found == kTypes.end() ? "application/octet-stream" : found->second;
}

}  // namespace

PlacePrecision place_precision(const Place& place) {
  return !place.adm1.empty()      ? PlacePrecision::adm1
         : !place.country.empty() ? PlacePrecision::country
                                  : PlacePrecision::unknown;
}

Result<ItemDescription> describe(const Said& said, const std::string& file_name) {
  DEPONE_TRY(said.check_utf8());
  ItemDescription out;
  DEPONE_ASSIGN(out.kind, choose<Kind>(said.kind, std::nullopt, "kind (--kind)"));
  DEPONE_ASSIGN(out.sensitivity, choose<Sensitivity>(said.sensitivity, Sensitivity::restricted, "sensitivity"));
  DEPONE_ASSIGN(out.private_part.catalogue, catalogue_of(said, out.kind));
  DEPONE_ASSIGN(out.private_part.consent, consent_of(said));
  if (said.source_role || said.source_knowledge) {
    Source source{crypto::random_fixed<crypto::SourceId>(), {}, {}};
    DEPONE_ASSIGN(source.role,
                  choose<SourceRole>(said.source_role, std::nullopt, "role of the source (--source-role)"));
    DEPONE_ASSIGN(source.knowledge, choose<Knowledge>(said.source_knowledge, std::nullopt,
                                                      "knowledge of the source (--source-knowledge)"));
    out.private_part.sources.push_back(source);
  }
  auto& manifest = out.manifest;
  manifest.title = nfc(said.title.value_or(is_utf8(file_name) ? file_name : "untitled"));
  for (const auto& paragraph : said.narrative) manifest.narrative.push_back(nfc(paragraph));
  if (is_utf8(file_name))
    manifest.file_name = file_name;  // as found: what is quoted from evidence is not normalised
  else
    manifest.file_name_b64 = to_bytes(file_name);
  manifest.mime = mime_of(file_name);
  if (said.place_text && !said.place_text->empty()) manifest.place_exact = ExactPlace{nfc(*said.place_text), "", ""};
  if (said.time_exact && !is_date(*said.time_exact) && !time_from_text(*said.time_exact))
    return fail(ErrorCode::input, fmt::format("'{}' is neither a date nor a time", *said.time_exact));
  manifest.time_exact = said.time_exact.value_or(out.kind == Kind::testimony ? said.date.value_or("") : "");
  if (said.acquisition_device && !said.acquisition_method)
    return fail(ErrorCode::input, "--device goes with --acquired-by: say how it was come by");
  if (said.interpreter && !said.interview_language)
    return fail(ErrorCode::input, "--interpreter goes with --interview-language: say the language of the interview");
  if (said.acquisition_method) {
    manifest.acquisition = Acquisition{};
    manifest.acquisition->method = nfc(*said.acquisition_method);
    manifest.acquisition->device = nfc(said.acquisition_device.value_or(""));
  }
  if (said.interview_language) {
    manifest.interview = Interview{};
    manifest.interview->language = *said.interview_language;
    manifest.interview->interpreter = nfc(said.interpreter.value_or("none"));
  }
  manifest.client = {"depone", std::string(kVersion)};
  return out;
}

std::string consent_in_words(const Consent& consent) {
  const auto list = [](const std::vector<std::string>& words) {
    return words.empty() ? std::string("nobody or nothing outside") : fmt::format("{}", fmt::join(words, ", "));
  };
  std::string out =
      fmt::format("{}; for {}; to {}", word(consent.basis), list(consent.purposes), list(consent.recipients));
  if (!consent.excluded_recipients.empty())
    out += fmt::format("; never to {}", fmt::join(consent.excluded_recipients, ", "));
  out += fmt::format("; contact the source {}; name {}",
                     consent.recontact == Recontact::never ? "not needed" : std::string(word(consent.recontact)),
                     word(consent.anonymity));
  if (!consent.not_before.empty()) out += fmt::format("; not before {}", consent.not_before.text);
  if (!consent.expires.empty()) out += fmt::format("; until {}", consent.expires.text);
  return out;
}

}  // namespace depone::client::cli
