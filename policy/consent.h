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

// Whether `derived` allows anything that `original` does not: a purpose or recipient more, an exclusion less, dates
// that are wider, a freer word on contact, anonymity, death or testimony. The basis is no limit, and is not compared.
bool freer_than(const protocol::record::Consent& derived, const protocol::record::Consent& original);

}  // namespace depone::policy
