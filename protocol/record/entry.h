// Entries of the ledger (DESIGN section 6; docs/FORMAT.md "Entries"): one line of JSON in the byte form, at most 4 KiB;
// the bytes as stored are what is hashed. Facts hold nothing from a part and no free text. Pure.
#pragma once

#include "crypto/log/merkle.h"
#include "protocol/record/values.h"

namespace depone::protocol::record {

constexpr std::size_t kEntryBytesMax = 4096;

// A field that is "" where it does not apply.
template <class T>
struct OrEmpty {
  std::optional<T> value;
  OrEmpty() = default;
  OrEmpty(T v) : value(std::move(v)) {}                 // NOLINT: a value is one of these
  OrEmpty(std::optional<T> v) : value(std::move(v)) {}  // NOLINT
  explicit operator bool() const { return value.has_value(); }
  const T& operator*() const { return *value; }
  bool operator==(const OrEmpty&) const = default;
};
template <class T>
struct FormOf<OrEmpty<T>> {
  static constexpr std::string_view kWhat = "is neither empty nor of its form";
  static void write(Writer& w, const OrEmpty<T>& field) {
    if (field.value)
      w.write_value(*field.value);
    else
      w.write_text("");
  }
  static bool read(const boost::json::value& json, OrEmpty<T>& field) {
    if (json.is_string() && json.get_string().empty()) return field.value.reset(), true;
    return Reader::read_value(json, field.value.emplace()).empty();
  }
  static bool take(Scanner& s, OrEmpty<T>& field) { return s.skip("\"\"") || s.take(field.value.emplace()); }
};

struct Entry {
  std::uint64_t v = 1;
  std::uint64_t seq = 0;
  TimePoint at;
  crypto::Digest prev;
  std::string type;
  Outcome outcome = Outcome::accepted;
  std::string reason;
  OrEmpty<crypto::KeyId> actor;
  OrEmpty<crypto::CaseId> case_id;
  std::string subject;  // an item, a case, a member's key id, or nothing
  std::optional<std::uint64_t> before;
  std::optional<std::uint64_t> roster;
  OrEmpty<crypto::Digest> act;
  crypto::Salt16 salt;
  RawObject facts;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("v", s.v);
    f("seq", s.seq);
    f("at", s.at);
    f("prev", s.prev);
    f("type", s.type);
    f("outcome", s.outcome);
    f("reason", s.reason);
    f("actor", s.actor);
    f("case", s.case_id);
    f("subject", s.subject);
    f("before", s.before);
    f("roster", s.roster);
    f("act", s.act);
    f("salt", s.salt);
    f("facts", s.facts);
  }
};

Result<Entry> parse_entry(ByteView bytes);  // malformed, too_large, unsupported
// Whether an entry of this type and outcome changes the roster: what `roster` points at.
bool changes_roster(const Entry& entry);
// Whether a text is an item's citable number: its case's prefix, a dash, at least six digits.
bool is_item_ref(std::string_view ref);
std::string item_ref(std::string_view prefix, std::uint64_t number);  // NKPC-000123
// Whether this program knows the type, so that it can check what the entry claims.
bool entry_type_is_known(std::string_view type);

inline std::string subject_of(const crypto::KeyId& member) { return crypto::to_hex(member.span()); }
template <PrefixedId Id>
std::string subject_of(const Id& id) {
  return to_text(id);
}

// --- facts, a closed schema a type ---------------------------------------------------------------------------------

constexpr std::string_view kArchiveInit = "archive.init";
constexpr std::string_view kEvidenceServe = "evidence.serve";
constexpr std::string_view kEvidenceServed = "evidence.served";
constexpr std::string_view kCatalogueSearch = "catalogue.search";

struct InitFacts {
  std::string origin;
  crypto::SignPublicKey log;
  crypto::SignPublicKey tls;
  crypto::SealPublicKey intake;
  crypto::Digest custodian;  // card hash
  crypto::Salt32 random;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("origin", s.origin);
    f("log", s.log);
    f("tls", s.tls);
    f("intake", s.intake);
    f("custodian", s.custodian);
    f("random", s.random);
  }
};

// Of every entry that answers an act but those below.
struct ActFacts {
  std::int64_t skew_ms = 0;  // at - issued_at
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("skew_ms", s.skew_ms);
  }
};

struct SubmitFacts {
  std::int64_t skew_ms = 0;
  std::string ref;                       // NKPC-000123, of an accepted one
  std::string epoch;                     // current or superseded, of an accepted one
  std::optional<crypto::KeyId> courier;  // where another member delivered it
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("skew_ms", s.skew_ms);
    f.optional("ref", s.ref);
    f.optional("epoch", s.epoch);
    f.optional("courier", s.courier);
  }
};

// Where what is said of an item stands in the log after a description: the archive swears to it, so that a reader who
// is given an older description can prove the lie.
struct Described {
  std::uint64_t private_part = 0;  // seq of the entry whose act has the private part that holds
  std::uint64_t manifest = 0;      // likewise of the manifest
  Sensitivity sensitivity{};
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("private", s.private_part);
    f("manifest", s.manifest);
    f("sensitivity", s.sensitivity);
  }
  bool operator==(const Described&) const = default;
};
struct DescribeFacts {
  std::int64_t skew_ms = 0;
  std::optional<Described> holds;  // of an accepted one
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("skew_ms", s.skew_ms);
    f.optional("holds", s.holds);
  }
};

struct RetrieveFacts {
  std::int64_t skew_ms = 0;
  std::optional<TimePoint> until;  // when the grant ends, of an accepted one
  std::string content;             // inline, get or none, of an accepted one
  // seq of the latest description, where the item was described again
  std::optional<std::uint64_t> described = std::nullopt;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("skew_ms", s.skew_ms);
    f.optional("until", s.until);
    f.optional("content", s.content);
    f.optional("described", s.described);
  }
};

struct ServeFacts {
  std::string what;        // object: ciphertext by range; answer: a retrieval's answer given again
  std::uint64_t from = 0;  // bytes of the sealed object
  std::uint64_t to = 0;    // exclusive
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("what", s.what);
    f("from", s.from);
    f("to", s.to);
  }
};

struct ServedFacts {
  std::uint64_t serve = 0;  // the seq of the evidence.serve entry
  std::uint64_t bytes = 0;
  std::string end;  // completed, cut or unknown
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("serve", s.serve);
    f("bytes", s.bytes);
    f("end", s.end);
  }
};

struct SearchFacts {
  std::string what;  // items, item, cases, roster, parts, unknown (what does not exist, or may not be seen)
  std::uint64_t criteria = 0;
  std::uint64_t results = 0;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("what", s.what);
    f("criteria", s.criteria);
    f("results", s.results);
  }
};

template <class Facts>
RawObject raw_facts(const Facts& facts) {
  return {write_form(facts)};
}
template <class Facts>
Result<Facts> facts_of(const Entry& entry) {
  return parse_form<Facts>(view(entry.facts.json), "the entry's facts");
}
// Whether the facts are of the type's closed schema; true for a type that is not known here.
Result<> check_facts(const Entry& entry);

}  // namespace depone::protocol::record
