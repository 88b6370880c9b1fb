// Parts: personal content that travels beside an act and is committed in it (ACTS.md; docs/FORMAT.md "Parts"). Each is
// a salted part: a JSON object in the byte form that begins with its salt.
#pragma once

#include "protocol/record/values.h"

namespace depone::protocol::record {

constexpr std::size_t kPartBytesMax = 64 * 1024;        // but for those below
constexpr std::size_t kManifestPartBytesMax = 1 << 20;  // sealed
constexpr std::size_t kSecretPartBytesMax = 4 * 1024;   // sealed

struct CasePrivate {
  crypto::Salt32 salt;
  std::string title;
  std::string description;
  std::vector<std::string> jurisdictions;
  std::string legal_basis;
  Date review_on;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("salt", s.salt);
    f("title", s.title);
    f.optional("description", s.description);
    f("jurisdictions", s.jurisdictions);
    f.optional("legal_basis", s.legal_basis);
    f.optional("review_on", s.review_on);
  }
};

struct EventDate {
  Date from;
  Date to;
  DatePrecision precision = DatePrecision::unknown;
  std::optional<DateQualifier> qualifier;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f.optional("from", s.from);
    f.optional("to", s.to);
    f("precision", s.precision);
    f.optional("qualifier", s.qualifier);
  }
};

struct Place {
  std::string country;
  std::string adm1;
  PlacePrecision precision = PlacePrecision::unknown;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f.optional("country", s.country);
    f.optional("adm1", s.adm1);
    f("precision", s.precision);
  }
};

struct Media {
  std::string mime;
  std::string puid;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f.optional("mime", s.mime);
    f.optional("puid", s.puid);
  }
};

struct Catalogue {
  std::string summary;
  std::vector<std::string> languages;
  EventDate event_date;
  Place place;
  Media media;
  std::vector<std::string> crimes;
  std::vector<std::string> recommendations;
  std::vector<std::string> tags;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f.optional("summary", s.summary);
    f("languages", s.languages);
    f("event_date", s.event_date);
    f("place", s.place);
    f("media", s.media);
    f("crimes", s.crimes);
    f("recommendations", s.recommendations);
    f("tags", s.tags);
  }
};

struct AccessionRef {
  crypto::AccessionId id;
  std::uint64_t sequence = 0;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("id", s.id);
    f("sequence", s.sequence);
  }
};

struct Source {
  crypto::SourceId source;
  SourceRole role{};
  Knowledge knowledge{};
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("source", s.source);
    f("role", s.role);
    f("knowledge", s.knowledge);
  }
};

struct Consent {
  ConsentBasis basis{};
  std::string given_by;
  Date obtained_at;
  std::string language;
  std::string form_item;
  std::vector<std::string> purposes;
  std::vector<std::string> recipients;
  std::vector<std::string> excluded_recipients;
  Recontact recontact{};
  Anonymity anonymity{};
  Date not_before;
  Date expires;
  std::optional<AfterDeath> after_death;
  MayTestify may_testify = MayTestify::ask;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("basis", s.basis);
    f.optional("given_by", s.given_by);
    f.optional("obtained_at", s.obtained_at);
    f.optional("language", s.language);
    f.optional("form_item", s.form_item);
    f("purposes", s.purposes);
    f("recipients", s.recipients);
    f("excluded_recipients", s.excluded_recipients);
    f("recontact", s.recontact);
    f("anonymity", s.anonymity);
    f.optional("not_before", s.not_before);
    f.optional("expires", s.expires);
    f.optional("after_death", s.after_death);
    f("may_testify", s.may_testify);
  }
};

// `private` of evidence.submit: what the archive can read and index.
struct SubmitPrivate {
  crypto::Salt32 salt;
  Catalogue catalogue;
  std::optional<AccessionRef> accession;
  std::vector<Source> sources;
  Consent consent;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("salt", s.salt);
    f("catalogue", s.catalogue);
    f.optional("accession", s.accession);
    f("sources", s.sources);
    f("consent", s.consent);
  }
};

// `private` of evidence.retrieve.
struct RetrievePrivate {
  crypto::Salt32 salt;
  std::string purpose;
  std::string recipient;
  Authority authority = Authority::consent;
  std::string reference;
  std::vector<std::string> conditions;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("salt", s.salt);
    f("purpose", s.purpose);
    f.optional("recipient", s.recipient);
    f("authority", s.authority);
    f.optional("reference", s.reference);
    f("conditions", s.conditions);
  }
};

}  // namespace depone::protocol::record
