#include "policy/consent.h"

#include <algorithm>

#include "policy/vocabulary/vocabulary.h"

namespace depone::policy {

using namespace protocol::record;

namespace {

bool contains(const std::vector<std::string>& words, const std::string& word) {
  return std::ranges::find(words, word) != words.end();
}

Reason check_external(const Consent& consent, const RetrievePrivate& statement, TimePoint now) {
  if (contains(consent.excluded_recipients, statement.recipient)) return Reason::consent_excluded;
  if (!contains(consent.purposes, statement.purpose)) return Reason::consent_purpose;
  if (!contains(consent.recipients, statement.recipient)) return Reason::consent_recipient;
  if (!consent.not_before.empty() && now < begin_of(consent.not_before)) return Reason::consent_not_before;
  // Contacts with a source are acts of a later version: until one can be shown, the wish to be asked holds.
  if (consent.recontact != Recontact::never) return Reason::consent_recontact;
  return Reason::none;
}

}  // namespace

Reason check_consent(const Consent& consent, Use use, const RetrievePrivate& statement, TimePoint now) {
  const bool recipient_fits = (use == Use::external) == !statement.recipient.empty();
  if (statement.purpose.empty() || !recipient_fits) return Reason::retrieve_statement;
  if (use == Use::external && !vocabulary::is_recipient(statement.recipient)) return Reason::retrieve_statement;
  if (statement.authority != Authority::consent) return Reason::authority_unsupported;

  const bool internal_purpose = vocabulary::is_internal_purpose(statement.purpose);
  if (use == Use::internal && internal_purpose) return Reason::none;  // the archive's own care of what it keeps
  if (!consent.expires.empty() && now >= end_of(consent.expires)) return Reason::consent_expired;
  if (use == Use::external) return check_external(consent, statement, now);
  return contains(consent.purposes, statement.purpose) ? Reason::none : Reason::consent_purpose;
}

}  // namespace depone::policy
