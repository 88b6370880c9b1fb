// Reading the catalogue. Every search and look is logged, as its number and kind, not its words. Who may not see a
// thing does not learn that it is there.
#pragma once

#include "daemon/service/archive.h"
#include "protocol/api/target.h"

namespace depone::daemon::service {

// Writes a look at the catalogue down before anything of it is answered. False: a problem was answered.
Awaitable<bool> log_search(const Archive& archive, const Caller& caller, Exchange& exchange,
                           protocol::record::SearchFacts facts, std::optional<crypto::CaseId> case_id = std::nullopt);
// A number of the query: 0 where there is none, nothing where it is not one.
std::optional<std::uint64_t> number_in(const std::optional<std::string>& text);

Awaitable<> find_items(const Archive& archive, const Caller& caller, Exchange& exchange,
                       const protocol::api::Target& target);
Awaitable<> show_item(const Archive& archive, const Caller& caller, Exchange& exchange, std::string item);
Awaitable<> list_cases(const Archive& archive, const Caller& caller, Exchange& exchange);
Awaitable<> case_card(const Archive& archive, const Caller& caller, Exchange& exchange, std::string case_text);
// The chain of entries that made the roster, after `after`, with their acts and cards; with `attest` also the receipt
// of this very look, whose entry points at the latest of them.
Awaitable<> roster_chain(const Archive& archive, const Caller& caller, Exchange& exchange,
                         const protocol::api::Target& target);

}  // namespace depone::daemon::service
