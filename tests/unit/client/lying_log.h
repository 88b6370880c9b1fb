// The log of an archive whose log key was taken: the true entries so far, and behind them whatever the liar writes,
// with checkpoints, proofs and receipts as good as the true ones.
#pragma once

#include "crypto/log/proof.h"
#include "daemon/store/log_tables.h"
#include "protocol/api/bodies.h"
#include "protocol/record/receipt.h"
#include "tests/unit/log/reference.h"

namespace depone::tests {

class LyingLog {
 public:
  // The true entries of `db`, the first `size` of them.
  LyingLog(daemon::store::Connection& db, const crypto::SigningKey& key, std::string origin, std::uint64_t size)
      : key_(key),
        origin_(std::move(origin)) {
    for (std::uint64_t seq = 0; seq < size; ++seq) add(daemon::store::entry_bytes(db, seq).value());
  }

  std::uint64_t size() const { return entries_.size(); }
  protocol::record::Entry entry(std::uint64_t seq) const {
    return protocol::record::parse_entry(view(entries_.at(seq))).value();
  }
  // Writes an entry at the end: its place, its link and its time are made right, the rest is the liar's.
  std::uint64_t write(protocol::record::Entry entry) {
    entry.seq = size();
    entry.prev = leaves_.back();
    entry.at = this->entry(size() - 1).at;
    entry.salt = crypto::random_fixed<crypto::Salt16>();
    add(protocol::record::write_form(entry));
    return entry.seq;
  }
  // Leaves the end of the log out.
  void forget(std::uint64_t from) {
    entries_.resize(from);
    leaves_.resize(from);
  }

  std::string checkpoint() const {
    return crypto::log::sign_checkpoint({origin_, size(), crypto::log::reference::root(leaves_)}, key_);
  }
  protocol::record::Receipt receipt(std::uint64_t seq, std::string envelope = "{}") const {
    protocol::record::Receipt out;
    out.proof = crypto::log::write_proof(
        {to_bytes(entries_.at(seq)), seq, crypto::log::reference::path(seq, leaves_), checkpoint()});
    out.act.json = std::move(envelope);
    return out;
  }
  std::string consistency(std::uint64_t from, std::uint64_t to) const {
    const std::span<const crypto::Digest> leaves(leaves_);
    return protocol::api::write_json(
        protocol::api::ConsistencyProof{crypto::log::reference::subproof(from, leaves.first(to), true)});
  }

 private:
  void add(std::string bytes) {
    leaves_.push_back(crypto::log::leaf_hash(view(bytes)));
    entries_.push_back(std::move(bytes));
  }

  const crypto::SigningKey& key_;
  std::string origin_;
  std::vector<std::string> entries_;
  std::vector<crypto::Digest> leaves_;
};

}  // namespace depone::tests
