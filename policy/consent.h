// Consent: whether a stated use lies within what the source agreed to. Competent authorities get access only within the
// informed consent of the source (A/HRC/25/63, paragraph 23). Exclusions win. Pure.
#pragma once

#include "protocol/record/parts.h"
#include "protocol/record/reason.h"

namespace depone::policy {

// Why the use is not within the consent, or Reason::none.
protocol::record::Reason check_consent(const protocol::record::Consent& consent, protocol::record::Use use,
                                       const protocol::record::RetrievePrivate& statement,
                                       protocol::record::TimePoint now);

}  // namespace depone::policy
