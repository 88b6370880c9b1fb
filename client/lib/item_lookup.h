// Finding an item that a person names, by its citable number or its id.
#pragma once

#include "client/lib/session.h"

namespace depone::client {

struct FoundItem {
  crypto::EvidenceId item;
  crypto::CaseId case_id;
  protocol::record::Receipt receipt;  // of its submission
};
Result<FoundItem> find_item(Session& session, const std::string& name);

}  // namespace depone::client
