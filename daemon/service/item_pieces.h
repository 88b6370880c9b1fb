// The pieces of a frame that say what an item is and what holds of it (docs/FORMAT.md "Frames"). Runs on the pool.
#pragma once

#include "daemon/ledger/prover.h"
#include "daemon/store/catalogue_tables.h"
#include "protocol/record/frame.h"

namespace depone::daemon::service {

// `submit`; and where the item was described again, `described`: the latest description; `described_private` and
// `described_manifest`: the earlier ones whose private part or manifest still holds. All are receipts.
void add_said(protocol::record::FrameWriter& frame, ledger::Prover& prover, const store::Item& item);
// A part of the act of an entry, under its own name, if it is there.
void add_part(protocol::record::FrameWriter& frame, store::Connection& db, std::string_view part, std::uint64_t seq);

}  // namespace depone::daemon::service
