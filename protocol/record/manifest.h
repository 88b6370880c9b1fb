// The manifest: what only the case's readers may know of an item. A salted part inside its own seal, padded with the
// fewest spaces to a multiple of 1 KiB (ACTS.md; docs/FORMAT.md "Manifest"). Pure.
#pragma once

#include "protocol/record/values.h"

namespace depone::protocol::record {

constexpr std::size_t kManifestPadding = 1024;

struct ExactPlace {
  std::string text;
  std::string lat;  // decimal strings: no fraction is a number of the byte form
  std::string lon;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f.optional("text", s.text);
    f.optional("lat", s.lat);
    f.optional("lon", s.lon);
  }
};

struct Acquisition {
  std::string method;
  std::string device;
  std::string by;
  std::string from;
  std::string original_name;
  Bytes original_name_b64;  // where the name is not UTF-8
  std::optional<TimePoint> mtime;
  std::vector<std::string> prior_hashes;  // <algorithm>:<hex>
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("method", s.method);
    f.optional("device", s.device);
    f.optional("by", s.by);
    f.optional("from", s.from);
    f.optional("original_name", s.original_name);
    f.optional("original_name_b64", s.original_name_b64);
    f.optional("mtime", s.mtime);
    f("prior_hashes", s.prior_hashes);
  }
};

struct Interview {
  std::string persons_present;
  std::string interpreter;
  std::string language;
  YesNo recorded = YesNo::unknown;
  YesNo read_back = YesNo::unknown;
  YesNo signed_by_witness = YesNo::unknown;
  YesNo first_account = YesNo::unknown;
  YesNo rights_advised = YesNo::unknown;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f.optional("persons_present", s.persons_present);
    f("interpreter", s.interpreter);
    f("language", s.language);
    f("recorded", s.recorded);
    f("read_back", s.read_back);
    f("signed", s.signed_by_witness);
    f("first_account", s.first_account);
    f("rights_advised", s.rights_advised);
  }
};

struct ClientVersion {
  std::string name;
  std::string version;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("name", s.name);
    f("version", s.version);
  }
};

struct Manifest {
  crypto::Salt32 salt;
  std::string title;
  std::vector<std::string> narrative;  // paragraphs
  std::string file_name;
  Bytes file_name_b64;  // where the name is not UTF-8
  std::string mime;
  std::uint64_t size = 0;  // of the content
  crypto::Digest sha256;   // of the content
  crypto::Salt32 commitment_salt;
  std::optional<ExactPlace> place_exact;
  std::string time_exact;  // a date or a time
  std::optional<Acquisition> acquisition;
  std::optional<Interview> interview;
  ClientVersion client;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("salt", s.salt);
    f("title", s.title);
    f("narrative", s.narrative);
    f.optional("file_name", s.file_name);
    f.optional("file_name_b64", s.file_name_b64);
    f("mime", s.mime);
    f("size", s.size);
    f("sha256", s.sha256);
    f("commitment_salt", s.commitment_salt);
    f.optional("place_exact", s.place_exact);
    f.optional("time_exact", s.time_exact);
    f.optional("acquisition", s.acquisition);
    f.optional("interview", s.interview);
    f("client", s.client);
  }
};

Bytes pad_manifest(std::string_view manifest);
// Takes exactly the padding off that pad_manifest puts on, and reads what is left.
Result<Manifest> parse_padded_manifest(ByteView padded, std::string& manifest_text);

}  // namespace depone::protocol::record
