// One small archive, the same each time: an entry 0, an investigator, a submission that the log took, with all that was
// sealed and signed on the way. What fuzz targets damage.
#pragma once

#include "crypto/item_keys.h"
#include "policy/roster.h"
#include "protocol/record/manifest.h"
#include "protocol/record/parts.h"
#include "protocol/record/receipt.h"
#include "tests/fuzz/target.h"

namespace depone::fuzz {

Bytes sequence(std::uint8_t first, std::size_t size = 32);  // first, first + 1, …
template <class Secret>
Secret secret_of(std::uint8_t first) {
  return Secret::copy_of(sequence(first));
}
template <class Fixed>
Fixed fixed_of(std::uint8_t first) {
  return *Fixed::from(sequence(first, Fixed::kSize));
}

struct Person {
  crypto::SealSeed seal;
  crypto::SigningKey key;
  protocol::record::Card card;
  // Seeds for signing, sealing and the channel are the sequences from `first`, `first` + 32 and `first` + 64.
  Person(std::uint8_t first, std::string handle, protocol::record::Role role);
};

struct Specimen {
  protocol::record::TimePoint now;
  Person custodian, investigator;
  crypto::SigningKey log;
  crypto::SealSeed intake, case_seed;
  std::string entry0;
  crypto::Genesis genesis;
  Bytes archive_card;
  crypto::log::VerifierKey log_key;

  crypto::EvidenceId item;
  crypto::ItemContext context;
  crypto::ItemSecret item_secret;
  crypto::ReleaseShare release_share;
  std::string manifest, private_part;  // the texts of the salted parts
  Bytes sealed_manifest, sealed_secret, object;
  protocol::record::EvidenceSubmit body;
  protocol::record::Act submit;
  Bytes submission;         // the frame
  Bytes sealed_submission;  // to the intake key
  std::string entry1;
  std::string checkpoint;  // of the log of two
  protocol::record::Receipt receipt;

  policy::Roster roster() const;  // with the investigator in it

  Specimen();

 private:
  void begin_log();
  void seal_item();
  void take_submission();
};
const Specimen& specimen();

// An act of the investigator with this type and body; the body need not be of any form.
protocol::record::Act act_of(std::string_view type, std::string_view body);

}  // namespace depone::fuzz
