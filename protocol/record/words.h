// Closed enums whose words stand in signed bodies. The table of an enum is its one definition of spelling.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/context.h"
#include "crypto/seal.h"

namespace depone::protocol::record {

template <class E>
struct Words;  // has `static constexpr std::array<std::string_view, n> table`, indexed by the enum

template <class E>
concept HasWords = requires {
  Words<E>::table;
};

template <HasWords E>
constexpr std::string_view word(E value) {
  return Words<E>::table[static_cast<std::size_t>(value)];
}
template <HasWords E>
constexpr std::optional<E> from_word(std::string_view text) {
  for (std::size_t i = 0; i < Words<E>::table.size(); ++i) {
    if (Words<E>::table[i] == text) return static_cast<E>(i);
  }
  return std::nullopt;
}
// "a, b or c", for sentences.
template <HasWords E>
std::string all_words() {
  std::string out;
  for (std::size_t i = 0; i < Words<E>::table.size(); ++i) {
    if (i > 0) out += i + 1 == Words<E>::table.size() ? " or " : ", ";
    out += Words<E>::table[i];
  }
  return out;
}

#define DEPONE_WORDS(E, ...)                                                      \
  template <>                                                                     \
  struct Words<E> {                                                               \
    static constexpr auto table = std::to_array<std::string_view>({__VA_ARGS__}); \
  }

enum class Role { custodian, investigator, analyst, lawyer, archivist };
DEPONE_WORDS(Role, "custodian", "investigator", "analyst", "lawyer", "archivist");

enum class Outcome { accepted, refused, pending };
DEPONE_WORDS(Outcome, "accepted", "refused", "pending");

enum class GrantAs { reader, reviewer, recovery };
DEPONE_WORDS(GrantAs, "reader", "reviewer", "recovery");

enum class Kind {
  testimony,
  document,
  photo,
  video,
  audio,
  web_capture,
  dataset,
  forensic_image,
  expert_report,
  physical,
  consent_form,
  identity,
  other
};
DEPONE_WORDS(Kind, "testimony", "document", "photo", "video", "audio", "web_capture", "dataset", "forensic_image",
             "expert_report", "physical", "consent_form", "identity", "other");

enum class Sensitivity { open, confidential, restricted, secret };
DEPONE_WORDS(Sensitivity, "open", "confidential", "restricted", "secret");

enum class Relation { translation, transcript, redaction, excerpt, copy, enhancement, migration, attachment };
DEPONE_WORDS(Relation, "translation", "transcript", "redaction", "excerpt", "copy", "enhancement", "migration",
             "attachment");

enum class DatePrecision { day, month, season, year, decade, unknown };
DEPONE_WORDS(DatePrecision, "day", "month", "season", "year", "decade", "unknown");

enum class DateQualifier { approximate, uncertain };
DEPONE_WORDS(DateQualifier, "approximate", "uncertain");

enum class PlacePrecision { exact, adm1, country, unknown };
DEPONE_WORDS(PlacePrecision, "exact", "adm1", "country", "unknown");

enum class SourceRole { testifier, author, recorder, subject, intermediary, interpreter };
DEPONE_WORDS(SourceRole, "testifier", "author", "recorder", "subject", "intermediary", "interpreter");

enum class Knowledge { victim, eyewitness, hearsay, multiple_hearsay, insider, expert, documentary, open_source };
DEPONE_WORDS(Knowledge, "victim", "eyewitness", "hearsay", "multiple_hearsay", "insider", "expert", "documentary",
             "open_source");

enum class ConsentBasis { informed, guardian, provider_condition, public_source, found_or_leaked, legal_obligation };
DEPONE_WORDS(ConsentBasis, "informed", "guardian", "provider_condition", "public_source", "found_or_leaked",
             "legal_obligation");

enum class Recontact { never, before_first, before_each };
DEPONE_WORDS(Recontact, "never", "before_first", "before_each");

enum class Anonymity { named, pseudonym, withheld };
DEPONE_WORDS(Anonymity, "named", "pseudonym", "withheld");

enum class AfterDeath { same, ends, widens };
DEPONE_WORDS(AfterDeath, "same", "ends", "widens");

enum class MayTestify { yes, no, ask };
DEPONE_WORDS(MayTestify, "yes", "no", "ask");

enum class YesNo { yes, no, unknown };
DEPONE_WORDS(YesNo, "yes", "no", "unknown");

enum class Use { internal, external };
DEPONE_WORDS(Use, "internal", "external");

enum class Authority { consent, court_order, mla, rs_54_3_e, subject_request };
DEPONE_WORDS(Authority, "consent", "court_order", "mla", "rs_54_3_e", "subject_request");

enum class DescribeReason { mistake, more_known, codes_resolved, protection, wrong_case, other };
DEPONE_WORDS(DescribeReason, "mistake", "more_known", "codes_resolved", "protection", "wrong_case", "other");

enum class RevokeReason { left, role_ended, key_lost, key_compromised, enrolled_in_error, misconduct, other };
DEPONE_WORDS(RevokeReason, "left", "role_ended", "key_lost", "key_compromised", "enrolled_in_error", "misconduct",
             "other");

using crypto::Scope;
DEPONE_WORDS(Scope, "manifest", "content");

}  // namespace depone::protocol::record
