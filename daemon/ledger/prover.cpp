#include "daemon/ledger/prover.h"

#include <stdexcept>

#include "crypto/log/proof.h"

namespace depone::daemon::ledger {

namespace log = crypto::log;

std::string Prover::prove(std::uint64_t seq, std::string_view entry_bytes) {
  const auto checkpoint = store::first_checkpoint_over(db_, seq);
  if (!checkpoint) throw std::runtime_error("an entry without a checkpoint");
  if (!hashes_ || size_ != checkpoint->size) {
    hashes_.emplace(tiles_, checkpoint->size);
    size_ = checkpoint->size;
  }
  auto path = log::inclusion_path(*hashes_, seq, size_);
  if (!path) throw std::runtime_error(path.error().detail);
  return log::write_proof({to_bytes(entry_bytes), seq, std::move(*path), checkpoint->note});
}

std::optional<protocol::record::Receipt> Prover::receipt(std::uint64_t seq) {
  const auto bytes = store::entry_bytes(db_, seq);
  if (!bytes) return std::nullopt;
  protocol::record::Receipt receipt;
  receipt.proof = prove(seq, *bytes);
  if (const auto act = store::act_of_entry(db_, seq)) receipt.act.json = act->envelope;
  return receipt;
}

}  // namespace depone::daemon::ledger
