// Cards come before any archive: a person's public keys, signed by their own signing key, so that no relay can swap
// one. Compared out of band by fingerprint words. Bodies: ACTS.md; docs/FORMAT.md "Cards".
#pragma once

#include "protocol/record/envelope.h"
#include "protocol/record/part_list.h"

namespace depone::protocol::record {

struct CardBody {
  std::string handle;  // a pseudonym, shown in reports
  crypto::SignPublicKey sign;
  crypto::SealPublicKey seal;
  crypto::SignPublicKey channel;  // the TLS channel's key, apart from the signing key
  std::vector<Role> roles_wanted;
  PartList parts;  // identity?
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("handle", s.handle);
    f("sign", s.sign);
    f("seal", s.seal);
    f("channel", s.channel);
    f("roles_wanted", s.roles_wanted);
    f("parts", s.parts);
  }
};

struct CardPayload {
  std::uint64_t v = 1;
  std::string type = "card";
  TimePoint issued_at;
  CardBody body;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("v", s.v);
    f("type", s.type);
    f("issued_at", s.issued_at);
    f("body", s.body);
  }
};

// A card that has been checked: form, version, self-signature, and keys that are valid points of large order.
struct Card {
  CardPayload payload;
  std::string envelope;  // the bytes that were signed over
  crypto::Digest hash;   // SHA-256 of the envelope

  const CardBody& body() const { return payload.body; }
  crypto::KeyId id() const { return crypto::key_id(payload.body.sign); }
};

constexpr std::size_t kHandleBytesMax = 100;

Result<Card> parse_card(ByteView envelope);  // malformed, damaged, unsupported, too_large
Card make_card(const crypto::SigningKey& key, CardBody body, TimePoint now);  // sets body.sign

// The identity part of a card: a salted part.
struct IdentityPart {
  crypto::Salt32 salt;
  std::string name;
  std::string organisation;
  std::string verified_how;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("salt", s.salt);
    f("name", s.name);
    f.optional("organisation", s.organisation);
    f("verified_how", s.verified_how);
  }
};

}  // namespace depone::protocol::record
