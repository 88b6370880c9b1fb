// Persons with keys and cards, for tests.
#pragma once

#include "crypto/seal.h"
#include "protocol/record/card.h"

namespace depone::tests {

struct Person {
  crypto::SealSeed seal = crypto::SealSeed::random();
  crypto::SigningKey key{crypto::SigningSeed::random()};
  protocol::record::Card card;

  explicit Person(std::string handle) {
    protocol::record::CardBody body;
    body.handle = std::move(handle);
    body.seal = crypto::seal_public_key(crypto::SealSuite::x25519, seal).value();
    body.channel = crypto::SigningKey(crypto::SigningSeed::random()).public_key();
    card = protocol::record::make_card(key, body, protocol::record::TimePoint{});
  }
  crypto::KeyId id() const { return card.id(); }
};

}  // namespace depone::tests
