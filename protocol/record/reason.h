// Reasons: the closed set of codes with which an archive refuses, and a sentence for each that says what to do. They
// stand in entries (`reason`) and in problem documents (`code`). docs/FORMAT.md "Reasons" tabulates them. Pure.
#pragma once

#include <optional>
#include <string_view>

namespace depone::protocol::record {

enum class Reason {
  none,
  // the request
  request_malformed,
  request_too_large,
  request_unknown,
  tus_version,
  busy,
  too_often,
  too_many_connections,
  storage_full,
  internal,
  // the envelope
  act_malformed,
  act_signature,
  act_actor_unknown,
  act_wrong_archive,
  act_type_unknown,
  act_not_own,
  act_stale,
  act_seen_unknown,
  act_seen_ahead,
  act_id_reused,
  // parts and objects
  part_mismatch,
  part_malformed,
  submission_unopenable,
  object_missing,
  object_mismatch,
  object_exists,
  object_format,
  upload_unknown,
  upload_expired,
  upload_offset,
  upload_checksum,
  upload_quota,
  upload_superseded,
  // standing and roles
  actor_revoked,
  role_lacks,
  member_unknown,
  member_exists,
  member_revoked,
  member_last_custodian,
  card_invalid,
  card_suite,
  roles_empty,
  // cases
  case_unknown,
  case_exists,
  case_closed,
  case_prefix,
  case_prefix_taken,
  case_epoch,
  case_key,
  grant_not_reader,
  grant_exists,
  grant_role,
  grant_none,
  // evidence
  item_exists,
  item_derivative_freer,
  item_original_unknown,
  item_originals_many,
  item_damaged,
  describe_superseded,
  describe_nothing,
  describe_freer,
  describe_not_reader,
  share_not_reader,
  share_exists,
  // reading
  not_found,
  retrieve_not_reader,
  retrieve_internal_only,
  retrieve_statement,
  grant_ended,
  grant_scope,
  consent_purpose,
  consent_recipient,
  consent_excluded,
  consent_not_before,
  consent_expired,
  consent_recontact,
  authority_unsupported,
  range_unsatisfiable,
};

std::string_view code(Reason reason);      // "case.unknown"; "" for none
std::string_view sentence(Reason reason);  // what is wrong and what to do, without a final full stop
int http_status(Reason reason);
std::optional<Reason> reason_from_code(std::string_view code);

}  // namespace depone::protocol::record
