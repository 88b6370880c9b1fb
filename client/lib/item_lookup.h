// Finding an item that a person names, by its citable number or its id, and what its submitter said of it. All of it is
// checked: the log holds the submission, its author signed it, and it is the item that was asked for.
#pragma once

#include <span>

#include "client/lib/item_terms.h"

namespace depone::client {

struct FoundItem {
  ItemTerms terms;
  crypto::CaseId case_id;                               // the one in which the asker may retrieve it
  std::optional<protocol::record::SubmitPrivate> said;  // where the asker may see it
};
// What a person calls an item, as the archive knows it: NKPC-000123 or ev_… (or its beginning, where it is the only one
// that they may see), NKPC-123 (without its zeros), or a file that was deposited from here. input: a file that was not,
// or in several cases.
Result<std::string> item_named(Session& session, const std::string& said);

// Whether the archive's answer is of the item that was asked for by this name.
bool is_named(const std::string& name, const std::string& subject, const std::string& ref);

// Which item a name is of, and the case in which the asker may retrieve it. The log proves both.
struct NamedItem {
  crypto::EvidenceId item;
  crypto::CaseId case_id;
};
// Many at once, in order; of all or none. refused: one is not there, or not for the asker. `said` as item_named() takes
// each.
Result<std::vector<NamedItem>> name_items(Session& session, std::span<const std::string> said);

// refused: not there, or not for the asker. damaged: the archive's answer does not hold.
// `said` as item_named() takes it.
Result<FoundItem> find_item(Session& session, const std::string& said);

}  // namespace depone::client
