// Proofs and receipts of what is in the ledger, out of its database. Each entry is proved at the checkpoint under which
// it was first answered, so asking again gives the same bytes. One connection, one thread.
#pragma once

#include "crypto/log/tile.h"
#include "daemon/store/log_tables.h"
#include "protocol/record/receipt.h"

namespace depone::daemon::ledger {

class Prover {
 public:
  explicit Prover(store::Connection& db) : db_(db), tiles_(db) {}

  // The tlog-proof of an entry. Throws std::runtime_error where the database is not whole.
  std::string prove(std::uint64_t seq, std::string_view entry_bytes);
  // A receipt without opening, with the entry's act if it has one. Nothing where there is no such entry.
  std::optional<protocol::record::Receipt> receipt(std::uint64_t seq);

 private:
  store::Connection& db_;
  store::DatabaseTiles tiles_;
  std::optional<crypto::log::TileHashReader> hashes_;
  std::uint64_t size_ = 0;
};

}  // namespace depone::daemon::ledger
