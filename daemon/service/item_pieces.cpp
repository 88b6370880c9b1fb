#include "daemon/service/item_pieces.h"

#include "protocol/record/receipt.h"

namespace depone::daemon::service {

using namespace protocol::record;

void add_receipt(FrameWriter& frame, ledger::Prover& prover, std::string_view name, std::uint64_t seq) {
  frame.add(name, view(write_receipt(prover.receipt(seq).value())));
}

void add_said(FrameWriter& frame, ledger::Prover& prover, const store::Item& item) {
  add_receipt(frame, prover, "submit", item.seq);
  if (!item.described_again()) return;
  add_receipt(frame, prover, "described", item.described);
  const auto earlier = [&](std::uint64_t seq) { return seq != item.seq && seq != item.described; };
  if (earlier(item.holds.private_part)) add_receipt(frame, prover, "described_private", item.holds.private_part);
  if (earlier(item.holds.manifest)) add_receipt(frame, prover, "described_manifest", item.holds.manifest);
}

std::optional<std::uint64_t> add_share(FrameWriter& frame, store::Connection& db, ledger::Prover& prover,
                                       std::uint64_t item, const crypto::CaseId& case_id) {
  const auto share = store::share_of(db, item, case_id);
  if (share) add_receipt(frame, prover, "shared", *share);
  return share;
}

void add_part(FrameWriter& frame, store::Connection& db, std::string_view part, std::uint64_t seq) {
  const auto bytes = store::part_of_entry(db, seq, part);
  if (bytes) frame.add(part, *bytes);
}

}  // namespace depone::daemon::service
