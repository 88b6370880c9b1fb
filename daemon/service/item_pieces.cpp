#include "daemon/service/item_pieces.h"

#include "protocol/record/receipt.h"

namespace depone::daemon::service {

using namespace protocol::record;

void add_said(FrameWriter& frame, ledger::Prover& prover, const store::Item& item) {
  const auto add = [&](std::string_view name, std::uint64_t seq) {
    frame.add(name, view(write_receipt(prover.receipt(seq).value())));
  };
  add("submit", item.seq);
  if (!item.described_again()) return;
  add("described", item.described);
  const auto earlier = [&](std::uint64_t seq) { return seq != item.seq && seq != item.described; };
  if (earlier(item.holds.private_part)) add("described_private", item.holds.private_part);
  if (earlier(item.holds.manifest)) add("described_manifest", item.holds.manifest);
}

void add_part(FrameWriter& frame, store::Connection& db, std::string_view part, std::uint64_t seq) {
  const auto act = store::act_of_entry(db, seq);
  const auto bytes = act ? store::part_of(db, act->row, part) : std::nullopt;
  if (bytes) frame.add(part, *bytes);
}

}  // namespace depone::daemon::service
