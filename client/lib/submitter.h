// Submitting one item: seals a source as it is read, sends it, and believes nothing until the receipt verifies. Memory
// does not grow with the size of the source.
#pragma once

#include <functional>

#include "client/lib/item_sealer.h"
#include "client/lib/session.h"
#include "client/lib/unanswered.h"
#include "system/file.h"

namespace depone::client {

struct Deposit {
  crypto::EvidenceId item;
  std::string ref;  // NKPC-000123; empty while it is pending
  protocol::record::Outcome outcome = protocol::record::Outcome::accepted;
  protocol::record::Receipt receipt;  // with its opening
  protocol::record::VerifiedReceipt verified;
};

using Progress = std::function<void(std::uint64_t bytes_done)>;

// `size` is the source's length, or nothing for a stream whose end is not known beforehand (at most 128 KiB of those
// ride inline; larger ones are spooled by the caller). input: the source changed while it was read.
// unreachable: the answer never came; what was sent is kept (unanswered.h), and send_again() makes it harmless.
Result<Deposit> submit(Session& session, const CaseTarget& target, ItemDescription description, system::File& source,
                       std::uint64_t size, const system::Clock& clock, const Progress& progress);

// The steps of submit(), for whoever sends many at a time. Whether the object rides inside the submission:
bool rides_inside(std::uint64_t size);
// Seals a source whose object does, and keeps the submission as unanswered; sends nothing.
Result<Unanswered> seal_inline(Session& session, const CaseTarget& target, ItemDescription description,
                               system::File& source, std::uint64_t size, const system::Clock& clock);
std::string submission_target(const Unanswered& submission);  // where it is posted to
// Checks what the archive answered: its own receipt decides.
Result<Deposit> read_answer(Session& session, const Unanswered& submission, ByteView body);

// Sends a submission whose answer never came once more: the same act, so that it is deposited once. refused: the
// archive cannot take it any more (its upload expired); it is forgotten, and the file can be submitted anew.
Result<Deposit> send_again(Session& session, const Unanswered& submission, const crypto::CaseId& case_id,
                           std::uint64_t size);

// The case as its card shows it, proved by the log: where items go, and who will be able to read them.
struct CaseView {
  CaseTarget target;
  std::string prefix;
  std::vector<const policy::Member*> readers;
};
// `name`: case_… or its prefix.
Result<CaseView> find_case(Session& session, const std::string& name);

}  // namespace depone::client
