#include "client/lib/item_lookup.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "client/lib/file_digest.h"
#include "crypto/item_keys.h"
#include "crypto/log/checkpoint.h"
#include "protocol/api/target.h"
#include "protocol/record/frame.h"
#include "protocol/record/salted.h"

namespace depone::client {

using namespace protocol::record;

namespace {

constexpr std::size_t kItemAnswerBytesMax = 1 << 20;

}  // namespace

Result<EvidenceSubmit> submission_of(const VerifiedReceipt& verified, const crypto::Genesis& genesis,
                                     const crypto::EvidenceId& item) {
  const auto& entry = verified.entry;
  if (entry.type != EvidenceSubmit::kType || entry.outcome == Outcome::refused || !verified.act)
    return fail(ErrorCode::damaged, "the archive's answer lacks the submission of the item");
  DEPONE_ASSIGN(auto body, body_of<EvidenceSubmit>(*verified.act));
  const bool belongs = entry.subject == subject_of(item) && entry.case_id == body.case_id &&
                       crypto::item_id(genesis, verified.act->payload.actor, body.nonce) == item;
  if (!belongs) return fail(ErrorCode::damaged, "the archive gave another item's submission");
  return body;
}

Result<SubmitPrivate> private_part_of(const EvidenceSubmit& body, ByteView part) {
  if (!is_committed(part, body.parts.find("private")))
    return fail(ErrorCode::damaged, "what the archive says of this item is not what was submitted");
  return parse_form<SubmitPrivate>(part, "the private part");
}

bool is_named(const std::string& name, const std::string& subject, const std::string& ref) {
  constexpr std::size_t kBeginningMin = 9;  // ev_ and 6 characters: docs/FORMAT.md "Wire"
  return name == subject || name == ref || (name.size() >= kBeginningMin && subject.starts_with(name));
}

Result<std::string> item_named(Session& session, const std::string& said) {
  if (from_text<crypto::EvidenceId>(said)) return said;
  const auto dash = said.rfind('-');
  const auto number = dash == std::string::npos ? std::nullopt : crypto::log::parse_decimal(said.substr(dash + 1));
  std::error_code none;
  if (!std::filesystem::is_regular_file(said, none)) {
    if (number) return fmt::format("{}-{:06}", said.substr(0, dash), *number);
    return said;
  }
  DEPONE_ASSIGN(auto file, system::File::open(said));
  DEPONE_ASSIGN(const auto digest, digest_of(file));
  DEPONE_ASSIGN(const auto* const roster, session.roster());
  std::vector<std::string> items;
  for (const auto& [case_id, one] : roster->cases()) {
    DEPONE_ASSIGN(const auto item, session.archive().deposited(session.identity(), digest, case_id));
    if (item) items.push_back(*item);
  }
  if (items.size() == 1) return items.front();
  if (items.empty()) {
    return fail(ErrorCode::input, fmt::format("{} is a file whose bytes were not deposited from here; name the item by "
                                              "its number (NKPC-000123) or id (ev_…)",
                                              said));
  }
  return fail(ErrorCode::input, fmt::format("{} was deposited in several cases: {}", said, fmt::join(items, ", ")));
}

Result<FoundItem> find_item(Session& session, const std::string& said) {
  DEPONE_ASSIGN(const auto name, item_named(session, said));
  DEPONE_ASSIGN(const auto answer,
                session.get(protocol::api::write_target("/v1/items/" + name, {}), kItemAnswerBytesMax));
  DEPONE_ASSIGN(const auto pieces, parse_frame(answer));
  const auto* const submit = find_piece(pieces, "submit");
  if (submit == nullptr) return fail(ErrorCode::damaged, "the archive's answer lacks the submission");
  FoundItem found;
  DEPONE_ASSIGN(found.receipt, parse_receipt(submit->bytes));
  DEPONE_ASSIGN(found.verified, session.verify(found.receipt));
  const auto item = from_text<crypto::EvidenceId>(found.verified.entry.subject);
  if (!item) return fail(ErrorCode::damaged, fmt::format("the archive's answer for {} is not of an item", name));
  DEPONE_ASSIGN(found.body, submission_of(found.verified, session.archive().card().genesis, *item));
  DEPONE_ASSIGN(found.facts, facts_of<SubmitFacts>(found.verified.entry));
  if (!is_named(name, found.verified.entry.subject, found.facts.ref))
    return fail(ErrorCode::damaged, fmt::format("the archive gave another item than {}", name));
  found.item = *item;
  found.case_id = found.body.case_id;
  if (const auto* const part = find_piece(pieces, "private")) {
    DEPONE_ASSIGN(found.said, private_part_of(found.body, part->bytes));
  }
  return found;
}

}  // namespace depone::client
