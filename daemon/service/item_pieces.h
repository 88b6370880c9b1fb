// The pieces of a frame that say what an item is and what holds of it (docs/FORMAT.md "Frames"). Runs on the pool.
#pragma once

#include "daemon/ledger/prover.h"
#include "daemon/store/catalogue_tables.h"
#include "protocol/record/frame.h"

namespace depone::daemon::service {

// Answers about many items are gathered and written some at a time: about so much each.
constexpr std::size_t kAnswerWriteBytes = 256 * 1024;

// The receipt of an entry.
void add_receipt(protocol::record::FrameWriter& frame, ledger::Prover& prover, std::string_view name,
                 std::uint64_t seq);
// `submit`; and where the item was described again, `described`: the latest description; `described_private` and
// `described_manifest`: the earlier ones whose private part or manifest still holds. All are receipts.
void add_said(protocol::record::FrameWriter& frame, ledger::Prover& prover, const store::Item& item);
// `shared`, where the item of this entry was shared into the case: the receipt. Its seq, if there is one.
std::optional<std::uint64_t> add_share(protocol::record::FrameWriter& frame, store::Connection& db,
                                       ledger::Prover& prover, std::uint64_t item, const crypto::CaseId& case_id);
// A part of the act of an entry, under its own name, if it is there.
void add_part(protocol::record::FrameWriter& frame, store::Connection& db, std::string_view part, std::uint64_t seq);

}  // namespace depone::daemon::service
