// What people signed of an item, read back from the database without trusting it: the submission's own terms, and what
// a retrieval released. Rows lead to the act; what counts is the act and what it commits to.
#pragma once

#include "daemon/store/catalogue_tables.h"
#include "policy/rules.h"

namespace depone::daemon::ledger {

struct Deposited {
  protocol::record::EvidenceSubmit body;
  protocol::record::SubmitPrivate private_part;  // that holds now: the submission's own, or of a later description
  crypto::Digest described_by;                   // the act that described the item last
};
// The submission of an item and what holds of it, if its entries name these acts, the acts make and describe this item
// and are signed by their actors, the row says what they say and names the latest description and no case that it was
// not shared into, and the private part is the one that its act commits to.
// damaged says which of these does not hold, without contents.
Result<Deposited> read_deposited(store::Connection& db, const policy::Roster& roster, const store::Item& item);

// What an accepted retrieve act released of an item to a reader, by the entry and the act and not by the row that leads
// to them. Nothing where there is no such release.
std::optional<policy::Release> read_release(store::Connection& db, const crypto::Digest& act, const store::Item& item,
                                            const crypto::KeyId& reader);

inline std::optional<policy::ItemFacts> facts_of_item(const std::optional<store::Item>& item) {
  return item ? std::optional(item->facts) : std::nullopt;
}

}  // namespace depone::daemon::ledger
