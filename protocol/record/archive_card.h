// The archive card: all that somebody needs to trust an archive and to seal for it, offline. A frame of `archive` (a
// signed statement by the log key: genesis and addresses), `entry` (entry 0), `card` (the first custodian's) and
// `checkpoint`. DESIGN section 5; docs/FORMAT.md "Archive card". Pure.
#pragma once

#include "crypto/log/checkpoint.h"
#include "crypto/log/note.h"
#include "protocol/record/card.h"
#include "protocol/record/entry.h"

namespace depone::protocol::record {

constexpr std::size_t kArchiveCardBytesMax = 256 * 1024;

struct ArchiveBody {
  crypto::Digest archive;              // genesis
  std::vector<std::string> addresses;  // host:port
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("archive", s.archive);
    f("addresses", s.addresses);
  }
};
struct ArchivePayload {
  std::uint64_t v = 1;
  std::string type = "archive";
  TimePoint issued_at;
  ArchiveBody body;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("v", s.v);
    f("type", s.type);
    f("issued_at", s.issued_at);
    f("body", s.body);
  }
};

// An archive's fixed facts, checked.
struct ArchiveCard {
  crypto::Digest genesis;
  InitFacts facts;
  std::string entry;  // the bytes of entry 0
  std::vector<std::string> addresses;
  Card custodian;
  crypto::log::Checkpoint checkpoint;
  std::string checkpoint_note;

  crypto::log::VerifierKey log_key() const { return {facts.origin, facts.log}; }
  crypto::KeyId daemon_id() const { return crypto::key_id(facts.log); }
};

Bytes write_archive_card(const crypto::SigningKey& log_key, std::string_view entry0, const Card& custodian,
                         std::string_view checkpoint_note, std::vector<std::string> addresses, TimePoint now);
Result<ArchiveCard> parse_archive_card(ByteView frame);  // malformed, damaged, unsupported

}  // namespace depone::protocol::record
