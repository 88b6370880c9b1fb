#include "client/cli/said.h"

#include <algorithm>

#include <fmt/format.h>
#include <toml++/toml.h>
#include <utf8proc.h>

#include "crypto/bytes.h"
#include "policy/vocabulary/vocabulary.h"
#include "system/file.h"

namespace depone::client::cli {

namespace vocabulary = policy::vocabulary;

namespace {

constexpr std::size_t kSidecarBytesMax = 256 * 1024;

// Every field once: its key in TOML, its flag, and a word on it.
struct TextField {
  const char* key;
  const char* flag;
  std::optional<std::string> Said::*field;
  const char* what;
};
constexpr TextField kTexts[] = {
    {"kind", "--kind", &Said::kind,
     "testimony, document, photo, video, audio, web_capture, dataset, forensic_image, expert_report, physical, "
     "consent_form, identity, other"},
    {"sensitivity", "--sensitivity", &Said::sensitivity,
     "open, confidential, restricted or secret (default: restricted)"},
    {"title", "--title", &Said::title, "Sealed to the case's readers (default: the file's name)"},
    {"summary", "--summary", &Said::summary, "For finding it; the archive can read this, so no names in it"},
    {"date", "--date", &Said::date, "When it happened: YYYY, YYYY-MM or YYYY-MM-DD (the archive can read this)"},
    {"date_to", "--date-to", &Said::date_to, "End of a period"},
    {"date_precision", "--date-precision", &Said::date_precision,
     "day, month, season, year, decade, unknown (default: as the date is written; a testimony's is its year)"},
    {"country", "--country", &Said::country, "Where it happened: ISO 3166 alpha-3 (the archive can read this)"},
    {"adm1", "--adm1", &Said::adm1, "Province (the archive can read this)"},
    {"place", "--place", &Said::place_text, "The exact place, sealed to the case's readers"},
    {"time", "--time", &Said::time_exact, "The exact date, sealed to the case's readers"},
    {"consent.basis", "--consent-basis", &Said::consent_basis,
     "informed, guardian, provider_condition, public_source, found_or_leaked, legal_obligation"},
    {"consent.given_by", "--consent-given-by", &Said::consent_given_by, "Who gave it, as a pseudonym"},
    {"consent.obtained_at", "--consent-obtained", &Said::consent_obtained_at, "When it was given"},
    {"consent.language", "--consent-language", &Said::consent_language, "In which language it was explained"},
    {"consent.recontact", "--recontact", &Said::consent_recontact,
     "never, before_first or before_each (default: before_each)"},
    {"consent.anonymity", "--anonymity", &Said::consent_anonymity, "named, pseudonym or withheld (default: withheld)"},
    {"consent.not_before", "--not-before", &Said::consent_not_before, "Not to be passed on before this date"},
    {"consent.expires", "--expires", &Said::consent_expires, "The consent ends with this date"},
    {"consent.may_testify", "--may-testify", &Said::consent_may_testify, "yes, no or ask (default: ask)"},
    {"source.role", "--source-role", &Said::source_role,
     "testifier, author, recorder, subject, intermediary, interpreter"},
    {"source.knowledge", "--source-knowledge", &Said::source_knowledge,
     "victim, eyewitness, hearsay, multiple_hearsay, insider, expert, documentary, open_source"},
    {"acquisition.method", "--acquired-by", &Said::acquisition_method,
     "How it was come by, sealed to the case's readers"},
    {"acquisition.device", "--device", &Said::acquisition_device, "With which device, sealed to the case's readers"},
    {"interview.language", "--interview-language", &Said::interview_language,
     "Language of an interview, sealed to the case's readers"},
    {"interview.interpreter", "--interpreter", &Said::interpreter,
     "Interpreter of an interview, as a pseudonym, sealed"},
};
struct ListField {
  const char* key;
  const char* flag;
  std::vector<std::string> Said::*field;
  const char* what;
};
constexpr ListField kLists[] = {
    {"narrative", "--narrative", &Said::narrative, "Paragraphs, sealed to the case's readers (several times)"},
    {"crimes", "--crime", &Said::crimes, "An alleged crime: RS7.1.f; `depone crimes` lists them (several times)"},
    {"recommendations", "--recommendation", &Said::recommendations,
     "A recommendation: prk4-02; `depone recommendations` lists them (several times)"},
    {"languages", "--language", &Said::languages, "Language of the content: ko, en (several times)"},
    {"tags", "--tag", &Said::tags, "A word of your own (several times)"},
    {"consent.purposes", "--purpose", &Said::purposes, "A purpose that was consented to (several times)"},
    {"consent.recipients", "--recipient", &Said::recipients,
     "A recipient that was consented to: icc_otp, un_ohchr, prosecutor:KOR, ngo:name (several times)"},
    {"consent.excluded_recipients", "--exclude", &Said::excluded,
     "A recipient that is never to get it (several times)"},
};

Error at_line(const std::filesystem::path& file, const toml::node& node, const std::string& what) {
  return fail(ErrorCode::input, fmt::format("{}:{}: {}", file.string(), node.source().begin.line, what));
}

Result<> no_such_field(const std::string& key) {
  std::vector<std::string> known;
  for (const auto& text : kTexts) known.emplace_back(text.key);
  for (const auto& list : kLists) known.emplace_back(list.key);
  const auto near = vocabulary::nearest(key, known);
  return fail(ErrorCode::input,
              fmt::format("there is no field '{}'{}", key, near ? fmt::format("; did you mean '{}'?", *near) : ""));
}

Result<> read_field(Said& said, const std::filesystem::path& file, const std::string& key, const toml::node& node) {
  for (const auto& text : kTexts) {
    if (key != text.key) continue;
    const auto value = node.value_exact<std::string>();
    if (!value) return at_line(file, node, fmt::format("'{}' must be text in quotes", key));
    said.*text.field = *value;
    return {};
  }
  for (const auto& list : kLists) {
    if (key != list.key) continue;
    const auto* const array = node.as_array();
    if (array == nullptr) return at_line(file, node, fmt::format("'{}' must be a list, as [\"…\", \"…\"]", key));
    for (const auto& element : *array) {
      const auto value = element.value_exact<std::string>();
      if (!value) return at_line(file, element, fmt::format("'{}' must hold texts in quotes", key));
      (said.*list.field).push_back(*value);
    }
    return {};
  }
  return at_line(file, node, no_such_field(key).error().detail);
}

}  // namespace

bool is_utf8(const std::string& text) {
  utf8proc_int32_t point = 0;
  const auto* at = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto left = static_cast<utf8proc_ssize_t>(text.size());
  while (left > 0) {
    const auto n = utf8proc_iterate(at, left, &point);
    if (n < 1) return false;
    at += n;
    left -= n;
  }
  return true;
}

void Said::add_options(CLI::App& command) {
  for (const auto& text : kTexts) command.add_option(text.flag, this->*text.field, text.what);
  for (const auto& list : kLists)
    command.add_option(list.flag, this->*list.field, list.what)
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void Said::fill_from(const Said& other) {
  for (const auto& text : kTexts) {
    if (!(this->*text.field)) this->*text.field = other.*text.field;
  }
  for (const auto& list : kLists) {
    if ((this->*list.field).empty()) this->*list.field = other.*list.field;
  }
}

Result<> Said::clear(const std::string& key) {
  for (const auto& text : kTexts) {
    if (key == text.key) return (this->*text.field).reset(), Result<>();
  }
  for (const auto& list : kLists) {
    if (key == list.key) return (this->*list.field).clear(), Result<>();
  }
  return no_such_field(key);
}

Result<> Said::check_utf8() const {
  const auto not_text = [](const char* flag) {
    return fail(ErrorCode::input, fmt::format("what {} says is not UTF-8 text", flag));
  };
  for (const auto& text : kTexts) {
    const auto& value = this->*text.field;
    if (value && !is_utf8(*value)) return not_text(text.flag);
  }
  for (const auto& list : kLists) {
    if (!std::ranges::all_of(this->*list.field, is_utf8)) return not_text(list.flag);
  }
  return {};
}

Result<Said> read_sidecar(const std::filesystem::path& file) {
  DEPONE_ASSIGN(const auto bytes, system::read_file(file, kSidecarBytesMax));
  toml::table table;
  try {
    table = toml::parse(text_view(bytes), file.string());
  } catch (const toml::parse_error& error) {
    return fail(ErrorCode::input,
                fmt::format("{}:{}: {}", file.string(), error.source().begin.line, error.description()));
  }
  Said said;
  for (const auto& [key, node] : table) {
    if (const auto* const room = node.as_table()) {
      for (const auto& [inner, value] : *room)
        DEPONE_TRY(read_field(said, file, fmt::format("{}.{}", key.str(), inner.str()), value));
    } else {
      DEPONE_TRY(read_field(said, file, std::string(key.str()), node));
    }
  }
  return said;
}

}  // namespace depone::client::cli
