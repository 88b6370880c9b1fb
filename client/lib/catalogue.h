// What the archive lists: items that match a search, and cases. A list of items is for finding and is not proved, as an
// item itself is (item_lookup.h); but it ends, it lists nothing of another case than was asked for, and nothing of
// cases and members that the log does not show.
#pragma once

#include <functional>

#include "client/lib/session.h"
#include "protocol/api/bodies.h"

namespace depone::client {

struct ItemSearch {
  std::optional<crypto::CaseId> case_id;
  std::vector<std::pair<std::string, std::string>> criteria;  // docs/FORMAT.md "Wire": crime, kind, word, …
};
// Calls `each` for what the archive finds, page by page. damaged: the list does not hold, from there on.
Result<> list_items(Session& session, const ItemSearch& search,
                    const std::function<void(const protocol::api::ItemSummary&)>& each);

struct ListedCase {
  const policy::Case* of = nullptr;  // the session's roster has it
  std::string title;                 // as its opener signed it; empty for those who hold no grant
  std::uint64_t items = 0;           // as the archive counts them
};
// damaged: a case that the log does not show, or twice the same, or a title that was not signed.
Result<std::vector<ListedCase>> list_cases(Session& session);

}  // namespace depone::client
