// The bodies of answers: docs/FORMAT.md "Wire" tabulates calls and bodies.
#pragma once

#include "protocol/api/json.h"
#include "protocol/record/bodies.h"
#include "protocol/record/parts.h"
#include "protocol/record/receipt.h"

namespace depone::protocol::api {

// The answer to an act other than evidence.retrieve.
struct ActAnswer {
  std::vector<record::Receipt> receipts;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("receipts", s.receipts);
  }
};

// One hit of GET /v1/items. What a reader believes it proves by GET /v1/items/{item}; this is for finding only.
struct ItemSummary {
  crypto::EvidenceId item;
  std::string ref;
  crypto::CaseId case_id;
  crypto::KeyId submitter;
  record::Kind kind{};
  record::Sensitivity sensitivity{};
  std::uint64_t seq = 0;
  record::TimePoint at;
  std::uint64_t bytes = 0;  // of the sealed object
  record::Catalogue catalogue;
  std::vector<crypto::CaseId> shared = {};  // further cases that it is in and the asker reads
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("item", s.item);
    f("ref", s.ref);
    f("case", s.case_id);
    f("submitter", s.submitter);
    f("kind", s.kind);
    f("sensitivity", s.sensitivity);
    f("seq", s.seq);
    f("at", s.at);
    f("bytes", s.bytes);
    f("catalogue", s.catalogue);
    f.optional("shared", s.shared);
  }
};

struct ItemPage {
  std::vector<ItemSummary> items;
  std::uint64_t next = 0;  // `after` of the next page; 0 at the end
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("items", s.items);
    f("next", s.next);
  }
};

struct CaseSummary {
  crypto::CaseId case_id;
  std::string prefix;
  std::string state;  // open or closed
  std::uint64_t epoch = 1;
  std::string grant;        // reader, reviewer, recovery or none: the asker's own
  std::uint64_t items = 0;  // that the asker may see
  Bytes private_part;       // for holders of a grant
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("case", s.case_id);
    f("prefix", s.prefix);
    f("state", s.state);
    f("epoch", s.epoch);
    f("grant", s.grant);
    f("items", s.items);
    f.optional("private", s.private_part);
  }
};
struct CaseList {
  std::vector<CaseSummary> cases;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("cases", s.cases);
  }
};

struct ConsistencyProof {
  std::vector<crypto::Digest> proof;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("proof", s.proof);
  }
};

struct UploadState {
  std::string upload;
  std::uint64_t offset = 0;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("upload", s.upload);
    f("offset", s.offset);
  }
};

struct Status {
  std::string version;
  std::string origin;
  crypto::Digest archive;
  std::string suite;      // of the archive's seals
  std::string handshake;  // key exchange of this connection's TLS: post-quantum or not
  std::uint64_t log_size = 0;
  std::uint64_t items = 0;
  std::uint64_t cases = 0;
  std::uint64_t members = 0;
  record::TimePoint started;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("version", s.version);
    f("origin", s.origin);
    f("archive", s.archive);
    f("suite", s.suite);
    f("handshake", s.handshake);
    f("log_size", s.log_size);
    f("items", s.items);
    f("cases", s.cases);
    f("members", s.members);
    f("started", s.started);
  }
};

}  // namespace depone::protocol::api
