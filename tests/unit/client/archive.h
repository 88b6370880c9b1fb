// An archive without a daemon, for tests of the client: its log key, its intake key and its card.
#pragma once

#include "crypto/log/merkle.h"
#include "protocol/record/archive_card.h"
#include "tests/unit/people.h"

namespace depone::tests {

struct Archive {
  crypto::SigningKey log{crypto::SigningSeed::random()};
  crypto::SealSeed intake = crypto::SealSeed::random();
  Person custodian{"custodian"};

  Bytes card(std::vector<std::string> addresses = {"127.0.0.1:8443"}) const {
    using namespace protocol::record;
    Entry entry0;
    entry0.type = kArchiveInit;
    entry0.facts = raw_facts(InitFacts{"archive.example/nk",
                                       log.public_key(),
                                       tls_,
                                       crypto::seal_public_key(crypto::SealSuite::x25519, intake).value(),
                                       custodian.card.hash,
                                       {}});
    const auto entry = write_form(entry0);
    const auto note = crypto::log::sign_checkpoint({"archive.example/nk", 1, crypto::log::leaf_hash(view(entry))}, log);
    return write_archive_card(log, entry, custodian.card, note, std::move(addresses), TimePoint{});
  }

 private:
  crypto::SignPublicKey tls_ = crypto::SigningKey(crypto::SigningSeed::random()).public_key();
};

}  // namespace depone::tests
