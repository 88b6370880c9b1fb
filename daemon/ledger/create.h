// The beginning of an archive: its keys, entry 0 and the first checkpoint.
#pragma once

#include <filesystem>

#include "daemon/store/database.h"
#include "protocol/record/card.h"

namespace depone::daemon::ledger {

struct Founding {
  std::string origin;
  protocol::record::Card custodian;
  crypto::SealSuite suite = crypto::SealSuite::x25519;
  std::vector<std::string> addresses;  // for the archive card
};

// Fills a new database and writes the checkpoint file; returns the archive card. exists, malformed, unsupported.
Result<Bytes> found_ledger(store::Connection& db, const std::filesystem::path& checkpoints, const Founding& founding,
                           protocol::record::TimePoint now);

// The archive card as it is now: with the latest checkpoint and these addresses.
Result<Bytes> archive_card(store::Connection& db, std::vector<std::string> addresses, protocol::record::TimePoint now);

}  // namespace depone::daemon::ledger
