#include "protocol/record/reason.h"

#include <algorithm>
#include <array>

namespace depone::protocol::record {
namespace {

struct Row {
  Reason reason;
  std::string_view code;
  int status;
  std::string_view sentence;
};

// clang-format off
constexpr auto kRows = std::to_array<Row>({
  {Reason::none, "", 200, ""},

  {Reason::request_malformed, "request.malformed", 400, "the request is not of the documented form; the client and the archive may be of different versions"},
  {Reason::request_too_large, "request.too_large", 413, "the request is larger than the archive allows"},
  {Reason::request_unknown, "request.unknown", 404, "the archive has no such call; the client may be newer than the archive"},
  {Reason::tus_version, "request.tus_version", 412, "uploads are made with tus 1.0.0; send Tus-Resumable: 1.0.0"},
  {Reason::busy, "request.busy", 503, "the archive has no room for this now; try again in a moment"},
  {Reason::too_often, "request.too_often", 429, "this member makes the log grow faster than the archive allows one member; wait a moment (Retry-After) and go on"},
  {Reason::too_many_connections, "request.too_many_connections", 429, "this member has as many connections open as the archive allows one member; close some, or try again in a moment"},
  {Reason::storage_full, "archive.full", 507, "the archive's disk has no room for anything new; what it keeps can still be read; tell its operator, and send it again when there is room"},
  {Reason::internal, "archive.internal", 500, "the archive failed; nothing was recorded; its operator finds the cause in its log"},

  {Reason::act_malformed, "act.malformed", 400, "the act is not written in the one byte form, or has a field that is not known"},
  {Reason::act_signature, "act.signature", 400, "the signature of the act does not verify with its actor's enrolled key; sign again"},
  {Reason::act_actor_unknown, "act.actor_unknown", 403, "the key that signed the act was never enrolled here; ask a custodian to enrol its card"},
  {Reason::act_wrong_archive, "act.wrong_archive", 400, "the act was signed for another archive"},
  {Reason::act_type_unknown, "act.type_unknown", 400, "the archive does not know this type of act; the client may be newer"},
  {Reason::act_not_own, "act.not_own", 403, "the act is signed by somebody other than the member who sends it"},
  {Reason::act_stale, "act.stale", 409, "the act was signed on a view of the log that is more than ten minutes old; sign it again now"},
  {Reason::act_seen_unknown, "act.seen_unknown", 409, "the act names a state of the log that this log never had; do not trust either until it is explained"},
  {Reason::act_seen_ahead, "act.seen_ahead", 409, "the act was signed on a later state than this log has: the archive may have been put back to an earlier state; tell its custodians"},
  {Reason::act_id_reused, "act.id_reused", 409, "an act with this id was already taken with other bytes; sign a new act"},

  {Reason::part_mismatch, "part.mismatch", 400, "a part does not match the commitment in the act, or is missing: it was changed on the way"},
  {Reason::part_malformed, "part.malformed", 400, "a part is not of the documented form"},
  {Reason::submission_unopenable, "submission.unopenable", 400, "the submission does not open with this archive's intake key; it was changed, or sealed for another archive"},
  {Reason::object_missing, "object.missing", 400, "the sealed object was not sent: upload it first, or put it into the submission"},
  {Reason::object_mismatch, "object.mismatch", 400, "the sealed object is not the one the act names: it was cut or changed on the way; send it again"},
  {Reason::object_exists, "object.exists", 409, "this sealed object is already in the archive under another act"},
  {Reason::object_format, "object.format", 400, "the sealed object does not begin as sealed objects of this version do, so nobody could open it; seal it again"},
  {Reason::upload_unknown, "upload.unknown", 404, "there is no such upload; begin a new one"},
  {Reason::upload_expired, "upload.expired", 410, "the upload was given up because it stood still too long; begin a new one"},
  {Reason::upload_offset, "upload.offset", 409, "the upload does not stand at that offset; ask where it stands and go on from there"},
  {Reason::upload_checksum, "upload.checksum", 460, "the bytes do not match the checksum sent with them; send them again"},
  {Reason::upload_quota, "upload.quota", 507, "the archive keeps no more unfinished uploads now; finish or delete some"},
  {Reason::upload_superseded, "upload.superseded", 409, "another request went on with this upload"},

  {Reason::actor_revoked, "actor.revoked", 403, "this member was revoked and can no longer act here"},
  {Reason::role_lacks, "role.lacks", 403, "none of this member's roles may do that"},
  {Reason::member_unknown, "member.unknown", 404, "no such member was ever enrolled here"},
  {Reason::member_exists, "member.exists", 409, "this key is already enrolled"},
  {Reason::member_revoked, "member.revoked", 409, "that member is revoked already; a new card is needed to enrol the person again"},
  {Reason::member_last_custodian, "member.last_custodian", 409, "that is the last custodian; enrol another first, or nobody could ever enrol a member again"},
  {Reason::card_invalid, "card.invalid", 400, "the card is not the one that the act names, or is not valid"},
  {Reason::card_suite, "card.suite", 400, "the card's sealing key is of another suite than this archive's; make a card for it"},
  {Reason::roles_empty, "roles.invalid", 400, "an enrolment names at least one role, each once"},

  {Reason::case_unknown, "case.unknown", 404, "there is no such case here; check the case card"},
  {Reason::case_exists, "case.exists", 409, "a case with this id is already open"},
  {Reason::case_closed, "case.closed", 409, "the case is closed; nothing more can be added to it"},
  {Reason::case_prefix, "case.prefix", 400, "a case's prefix is 2 to 12 capital letters and digits, and begins with a letter"},
  {Reason::case_prefix_taken, "case.prefix_taken", 409, "another case has this prefix; choose one of its own, so that citable numbers stay unique"},
  {Reason::case_epoch, "case.epoch", 409, "the case has no such epoch; fetch the case card again"},
  {Reason::case_key, "case.key", 400, "the case's key is of another suite than the archive's, or has the wrong size"},
  {Reason::grant_not_reader, "grant.not_reader", 403, "only a reader of the case can grant it to others"},
  {Reason::grant_exists, "grant.exists", 409, "that member has this grant already"},
  {Reason::grant_role, "grant.role", 409, "none of that member's roles may hold such a grant: archivists and custodians read nothing"},
  {Reason::grant_none, "grant.none", 400, "a case needs 1 to 24 grants, one of them to a reader, or nobody could ever read it"},

  {Reason::item_exists, "item.exists", 409, "an item with this id is in the archive already; a submission of the same bytes needs a new nonce"},
  {Reason::item_derivative_freer, "item.derivative_freer", 409, "a derivative may not be freer, in its sensitivity or its consent, than the item it comes from"},
  {Reason::item_original_unknown, "item.original_unknown", 409, "there is no such item in this case that you may see, so nothing can be derived from it"},
  {Reason::item_originals_many, "item.originals_many", 400, "an item comes, by itself or through others, from at most 64 items"},
  {Reason::item_damaged, "item.damaged", 500, "what the archive keeps of this item is not what was deposited, so nothing is released; its operator finds the cause in its log"},

  {Reason::describe_superseded, "describe.superseded", 409, "somebody described this item in the meantime; look at what is said of it now, and describe it again"},
  {Reason::describe_nothing, "describe.nothing", 400, "a description says something new, or gives the reason wrong_case"},
  {Reason::describe_freer, "describe.freer", 403, "a description may narrow the consent that was given, and raise the sensitivity, and free neither"},
  {Reason::describe_not_reader, "describe.not_reader", 403, "only who can open the item can write its manifest anew"},
  {Reason::share_not_reader, "share.not_reader", 403, "only who can open the item can share it into another case"},
  {Reason::share_exists, "share.exists", 409, "the item is in that case already"},

  {Reason::not_found, "not_found", 404, "there is nothing of that name here that you may see"},
  {Reason::retrieve_not_reader, "retrieve.not_reader", 403, "only a member who holds a reader's grant in the case can retrieve from it"},
  {Reason::retrieve_internal_only, "retrieve.internal_only", 403, "an analyst retrieves for internal use only"},
  {Reason::retrieve_statement, "retrieve.statement", 400, "a retrieval states a purpose and, for external use, a recipient; for internal use, none"},
  {Reason::grant_ended, "grant.ended", 403, "there is no live grant for this item: retrieve it again, stating the purpose"},
  {Reason::grant_scope, "grant.scope", 403, "the grant is for the manifest alone; retrieve with scope content"},
  {Reason::consent_purpose, "consent.purpose", 403, "the purpose lies outside the consent that was given for this item"},
  {Reason::consent_recipient, "consent.recipient", 403, "the recipient is not among those to whom consent was given"},
  {Reason::consent_excluded, "consent.excluded", 403, "the source excluded this recipient"},
  {Reason::consent_not_before, "consent.not_before", 403, "the consent does not allow this use yet"},
  {Reason::consent_expired, "consent.expired", 403, "the consent has expired; ask the source for a new one"},
  {Reason::consent_recontact, "consent.recontact", 403, "the source asked to be contacted before this is passed on, and no such contact is recorded"},
  {Reason::authority_unsupported, "authority.unsupported", 403, "this archive releases on the authority of consent only"},
  {Reason::range_unsatisfiable, "range.unsatisfiable", 416, "the object has no such range of bytes"},
});
// clang-format on

constexpr bool rows_stand_in_order() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<std::size_t>(kRows[i].reason) != i) return false;
  }
  return true;
}
static_assert(rows_stand_in_order(), "one row a reason, in the enum's order");

const Row& row(Reason reason) { return kRows.at(static_cast<std::size_t>(reason)); }

}  // namespace

std::string_view code(Reason reason) { return row(reason).code; }
std::string_view sentence(Reason reason) { return row(reason).sentence; }
int http_status(Reason reason) { return row(reason).status; }
std::optional<Reason> reason_from_code(std::string_view text) {
  const auto* const found = std::ranges::find(kRows, text, &Row::code);
  return found == kRows.end() ? std::nullopt : std::optional(found->reason);
}

}  // namespace depone::protocol::record
