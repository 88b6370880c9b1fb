// What is done to an item after its submission: it is described again, or shared into a further case. Both need what
// only a retrieval gives (the manifest's key, the item's secret): it is on the record like any other.
#pragma once

#include "client/lib/item_lookup.h"
#include "client/lib/item_sealer.h"
#include "client/lib/retriever.h"

namespace depone::client {

constexpr std::string_view kCataloguing = "cataloguing";  // the internal purpose of such a retrieval

// The item's manifest and keys, for the archive's own work on it.
Result<RetrievedItem> open_for_cataloguing(Session& session, const FoundItem& found, const system::Clock& clock);

// What is said anew; what is left out stays as it is. Salts are made anew.
struct Correction {
  protocol::record::DescribeReason reason{};
  std::optional<protocol::record::Sensitivity> sensitivity;
  std::optional<protocol::record::SubmitPrivate> private_part;
  std::optional<protocol::record::Manifest> manifest;
};
// Describes an item again; the entry's number. `opened` is needed for a new manifest, which is sealed under the item's
// own manifest key, with a fresh nonce. refused: also where somebody described it in the meantime.
Result<std::uint64_t> describe_again(Session& session, const ItemTerms& terms, Correction correction,
                                     const RetrievedItem* opened, protocol::record::TimePoint now);

// Seals the item's secret to the key of a further case; the entry's number.
Result<std::uint64_t> share_item(Session& session, const RetrievedItem& opened, const CaseTarget& into,
                                 protocol::record::TimePoint now);

}  // namespace depone::client
