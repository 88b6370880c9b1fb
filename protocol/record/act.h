// Acts: whatever a person does, as a signed envelope (DESIGN section 5; docs/FORMAT.md "Acts"). This header is the head
// of every act; what each type's body says is bodies.h. Pure.
#pragma once

#include "protocol/record/envelope.h"

namespace depone::protocol::record {

// What the actor had seen of the log: binds the act to a history.
struct Seen {
  std::uint64_t size = 0;
  crypto::Digest root;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("size", s.size);
    f("root", s.root);
  }
};

struct ActPayload {
  std::uint64_t v = 1;
  std::string type;
  crypto::ActId id;
  crypto::Digest archive;  // genesis
  crypto::KeyId actor;
  TimePoint issued_at;  // a claim
  Seen seen;
  RawObject body;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("v", s.v);
    f("type", s.type);
    f("id", s.id);
    f("archive", s.archive);
    f("actor", s.actor);
    f("issued_at", s.issued_at);
    f("seen", s.seen);
    f("body", s.body);
  }
};

// An act whose form is right and whose keyid is its actor. Its signature is checked apart, by whoever has the key.
struct Act {
  ActPayload payload;
  Envelope envelope;
  std::string bytes;    // the envelope's bytes, as they came
  crypto::Digest hash;  // by which others refer to it
};

Result<Act> parse_act(ByteView envelope);  // malformed, too_large, unsupported

// `body` is one of bodies.h.
template <class Body>
Act make_act(const crypto::SigningKey& key, const crypto::Digest& genesis, const Seen& seen, TimePoint now,
             const Body& body);
Act sign_act(const crypto::SigningKey& key, ActPayload payload);

template <class Body>
Act make_act(const crypto::SigningKey& key, const crypto::Digest& genesis, const Seen& seen, TimePoint now,
             const Body& body) {
  ActPayload payload;
  payload.type = Body::kType;
  payload.id = crypto::random_fixed<crypto::ActId>();
  payload.archive = genesis;
  payload.actor = key.id();
  payload.issued_at = now;
  payload.seen = seen;
  payload.body.json = write_form(body);
  return sign_act(key, std::move(payload));
}

// The typed body; malformed where it is not of its type's form.
template <class Body>
Result<Body> body_of(const Act& act) {
  if (act.payload.type != Body::kType) return fail(ErrorCode::malformed, "the act is of another type");
  return parse_form<Body>(view(act.payload.body.json), "the act's body");
}

}  // namespace depone::protocol::record
