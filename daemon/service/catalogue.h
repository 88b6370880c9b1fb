// Reading the catalogue. Every search and look is logged, as its number and kind, not its words. Who may not see a
// thing does not learn that it is there.
#pragma once

#include "daemon/service/archive.h"
#include "protocol/api/target.h"

namespace depone::daemon::service {

Awaitable<> find_items(const Archive& archive, const Caller& caller, Exchange& exchange,
                       const protocol::api::Target& target);
Awaitable<> show_item(const Archive& archive, const Caller& caller, Exchange& exchange, std::string item);
Awaitable<> item_history(const Archive& archive, const Caller& caller, Exchange& exchange, std::string item);
Awaitable<> list_cases(const Archive& archive, const Caller& caller, Exchange& exchange);
Awaitable<> case_card(const Archive& archive, const Caller& caller, Exchange& exchange, std::string case_text);
// The chain of entries that made the roster, after `after`, with their acts and cards; with `attest` also the receipt
// of this very look, whose entry points at the latest of them.
Awaitable<> roster_chain(const Archive& archive, const Caller& caller, Exchange& exchange,
                         const protocol::api::Target& target);

}  // namespace depone::daemon::service
