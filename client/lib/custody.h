// An item's custody as the log proves it: every entry about it, in the order of the log, with none missing between.
#pragma once

#include <functional>

#include "client/lib/session.h"
#include "protocol/record/parts.h"

namespace depone::client {

struct CustodyEntry {
  protocol::record::VerifiedReceipt receipt;
  // Where the asker may see it: what a retrieval stated, what a submission or description said.
  std::optional<protocol::record::RetrievePrivate> statement;
  std::optional<protocol::record::SubmitPrivate> said;
  std::optional<Bytes> manifest;  // sealed, as it was signed, where it was asked for
};
enum class Manifests { without, with };

// Calls `each` for what happened to the item (item_lookup.h says how it may be called). Every entry is proved, its
// act's signature checked, of this item, and points at the one before it. What came after the last one only the archive
// can tell. refused; damaged: something does not hold, or a manifest that was asked for is
// left out, and nothing after it was given to `each`.
Result<> read_custody(Session& session, const std::string& said, const std::function<void(const CustodyEntry&)>& each,
                      Manifests manifests = Manifests::without);

}  // namespace depone::client
