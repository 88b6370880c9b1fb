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

namespace {

bool all_in(const std::vector<std::string>& words, const std::vector<std::string>& allowed) {
  return std::ranges::all_of(words, [&](const std::string& word) { return contains(allowed, word); });
}

bool dates_freer(const Consent& derived, const Consent& original) {
  const bool earlier = !original.not_before.empty() &&
                       (derived.not_before.empty() || begin_of(derived.not_before) < begin_of(original.not_before));
  const bool later =
      !original.expires.empty() && (derived.expires.empty() || end_of(derived.expires) > end_of(original.expires));
  return earlier || later;
}

// How much a word allows.
int freedom(AfterDeath word) {
  switch (word) {
    case AfterDeath::ends:
      return 0;
    case AfterDeath::same:
      return 1;
    case AfterDeath::widens:
      return 2;
  }
  return 2;
}
int freedom(MayTestify word) {
  switch (word) {
    case MayTestify::no:
      return 0;
    case MayTestify::ask:
      return 1;
    case MayTestify::yes:
      return 2;
  }
  return 2;
}

}  // namespace

bool freer_than(const Consent& derived, const Consent& original) {
  if (!all_in(derived.purposes, original.purposes)) return true;
  if (!all_in(original.excluded_recipients, derived.excluded_recipients)) return true;
  const auto reaches = [&](const std::string& recipient) { return !contains(derived.excluded_recipients, recipient); };
  if (std::ranges::any_of(derived.recipients, [&](const std::string& recipient) {
        return reaches(recipient) && !contains(original.recipients, recipient);
      })) {
    return true;
  }
  if (dates_freer(derived, original)) return true;
  // Of these the enums run from the freest word to the strictest.
  if (derived.recontact < original.recontact || derived.anonymity < original.anonymity) return true;
  const auto after_death = [](const Consent& one) { return freedom(one.after_death.value_or(AfterDeath::same)); };
  return after_death(derived) > after_death(original) || freedom(derived.may_testify) > freedom(original.may_testify);
}

}  // namespace depone::policy
