#include "client/lib/item_lookup.h"

#include <fmt/format.h>

#include "protocol/api/target.h"
#include "protocol/record/bodies.h"

namespace depone::client {

using namespace protocol::record;

Result<FoundItem> find_item(Session& session, const std::string& name) {
  DEPONE_ASSIGN(const auto body, session.get(protocol::api::write_target("/v1/items/" + name, {}), 1 << 20));
  DEPONE_ASSIGN(const auto pieces, parse_frame(body));
  const auto* const submit = find_piece(pieces, "submit");
  if (submit == nullptr) return fail(ErrorCode::damaged, "the archive's answer lacks the submission");
  FoundItem found;
  DEPONE_ASSIGN(found.receipt, parse_receipt(submit->bytes));
  DEPONE_ASSIGN(const auto verified, session.verify(found.receipt));
  const auto item = from_text<crypto::EvidenceId>(verified.entry.subject);
  if (!verified.act || !item || !verified.entry.case_id)
    return fail(ErrorCode::damaged, fmt::format("the archive's answer for {} is not of a submission", name));
  DEPONE_ASSIGN(const auto facts, facts_of<SubmitFacts>(verified.entry));
  if (verified.entry.type != EvidenceSubmit::kType || (name != verified.entry.subject && name != facts.ref)) {
    return fail(ErrorCode::damaged, fmt::format("the archive gave another item than {}", name));
  }
  found.item = *item;
  found.case_id = *verified.entry.case_id;
  return found;
}

}  // namespace depone::client
