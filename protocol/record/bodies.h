// The bodies of acts, in their signed order (ACTS.md; docs/FORMAT.md "Bodies").
#pragma once

#include "protocol/record/part_list.h"

namespace depone::protocol::record {

constexpr std::size_t kGrantsMax = 24;
constexpr std::size_t kRetrieveItemsMax = 256;

struct MemberEnrol {
  static constexpr std::string_view kType = "member.enrol";
  crypto::Digest card;
  std::vector<Role> roles;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("card", s.card);
    f("roles", s.roles);
  }
};

struct MemberRevoke {
  static constexpr std::string_view kType = "member.revoke";
  crypto::KeyId member;
  RevokeReason reason_code{};
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("member", s.member);
    f("reason_code", s.reason_code);
  }
};

struct Grant {
  crypto::KeyId member;
  Bytes sealed_seed;
  GrantAs as{};
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("member", s.member);
    f("sealed_seed", s.sealed_seed);
    f("as", s.as);
  }
};

struct CaseOpen {
  static constexpr std::string_view kType = "case.open";
  crypto::CaseId case_id;
  std::string prefix;
  std::uint32_t epoch = 1;
  crypto::SealPublicKey key;
  std::vector<Grant> grants;
  PartList parts;  // private
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("case", s.case_id);
    f("prefix", s.prefix);
    f("epoch", s.epoch);
    f("key", s.key);
    f("grants", s.grants);
    f("parts", s.parts);
  }
};

struct CaseGrant {
  static constexpr std::string_view kType = "case.grant";
  crypto::CaseId case_id;
  std::uint32_t epoch = 1;
  crypto::KeyId member;
  Bytes sealed_seed;
  GrantAs as{};
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("case", s.case_id);
    f("epoch", s.epoch);
    f("member", s.member);
    f("sealed_seed", s.sealed_seed);
    f("as", s.as);
  }
};

struct DerivedFrom {
  crypto::EvidenceId item;
  Relation relation{};
  std::string language;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("item", s.item);
    f("relation", s.relation);
    f.optional("language", s.language);
  }
};

struct ObjectRef {
  crypto::Digest sha256;  // of the sealed object
  std::uint64_t size = 0;
  std::string format;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("sha256", s.sha256);
    f("size", s.size);
    f("format", s.format);
  }
};

struct EvidenceSubmit {
  static constexpr std::string_view kType = "evidence.submit";
  crypto::CaseId case_id;
  std::uint32_t epoch = 1;
  crypto::Nonce16 nonce;
  Kind kind{};
  Sensitivity sensitivity{};
  std::vector<DerivedFrom> derived_from;
  ObjectRef object;
  crypto::Digest release_commitment;
  crypto::Digest key_commitment;
  crypto::Digest content_commitment;
  crypto::Digest manifest_commitment;
  PartList parts;  // manifest, secret, private
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("case", s.case_id);
    f("epoch", s.epoch);
    f("nonce", s.nonce);
    f("kind", s.kind);
    f("sensitivity", s.sensitivity);
    f.optional("derived_from", s.derived_from);
    f("object", s.object);
    f("release_commitment", s.release_commitment);
    f("key_commitment", s.key_commitment);
    f("content_commitment", s.content_commitment);
    f("manifest_commitment", s.manifest_commitment);
    f("parts", s.parts);
  }
};

// Corrects what was said of an item; what was said before is kept. What it does not say again stays as it was.
struct EvidenceDescribe {
  static constexpr std::string_view kType = "evidence.describe";
  crypto::EvidenceId item;
  crypto::Digest supersedes;  // hash of the act that described the item last: of its submission, at first
  std::optional<Sensitivity> sensitivity;
  std::optional<crypto::Digest> manifest_commitment;  // where there is a new manifest
  DescribeReason reason_code{};
  PartList parts;  // manifest?, private?
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("item", s.item);
    f("supersedes", s.supersedes);
    f.optional("sensitivity", s.sensitivity);
    f.optional("manifest_commitment", s.manifest_commitment);
    f("reason_code", s.reason_code);
    f("parts", s.parts);
  }
};

// Whether its parts are `manifest`, `private`, both or none, and there is a commitment for each manifest.
bool parts_fit(const EvidenceDescribe& body);

// The same item in a further case: its secret, sealed to that case's key.
struct EvidenceShare {
  static constexpr std::string_view kType = "evidence.share";
  crypto::EvidenceId item;
  crypto::CaseId case_id;
  std::uint32_t epoch = 1;
  PartList parts;  // secret
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("item", s.item);
    f("case", s.case_id);
    f("epoch", s.epoch);
    f("parts", s.parts);
  }
};

struct EvidenceRetrieve {
  static constexpr std::string_view kType = "evidence.retrieve";
  crypto::CaseId case_id;
  std::vector<crypto::EvidenceId> items;
  Scope scope{};
  Use use{};
  PartList parts;  // private
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("case", s.case_id);
    f("items", s.items);
    f("scope", s.scope);
    f("use", s.use);
    f("parts", s.parts);
  }
};

}  // namespace depone::protocol::record
