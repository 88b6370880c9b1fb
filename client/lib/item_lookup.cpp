#include "client/lib/item_lookup.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "client/lib/deposits.h"
#include "client/lib/file_digest.h"
#include "crypto/log/checkpoint.h"
#include "protocol/api/target.h"
#include "protocol/record/frame.h"

namespace depone::client {

using namespace protocol::record;

namespace {

constexpr std::size_t kItemAnswerBytesMax = 1 << 20;

}  // namespace

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
  DEPONE_ASSIGN(const auto deposits, Deposits::read(session.archive(), session.identity()));
  std::vector<std::string> items;
  for (const auto& [case_id, one] : roster->cases()) {
    if (auto item = deposits.find(digest, case_id)) items.push_back(std::move(*item));
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
  DEPONE_ASSIGN(const auto frame, parse_frame(answer));
  ItemPieces pieces;
  for (const auto& piece : frame) pieces.emplace(piece.name, to_bytes(piece.bytes));
  FoundItem found;
  DEPONE_ASSIGN(found.terms, read_terms(session, pieces));
  if (!is_named(name, found.terms.submitted.entry.subject, found.terms.facts.ref))
    return fail(ErrorCode::damaged, fmt::format("the archive gave another item than {}", name));
  DEPONE_ASSIGN(const auto share, read_share(session, found.terms, pieces));
  found.case_id = share ? share->case_id : found.terms.body.case_id;
  DEPONE_ASSIGN(found.said, private_part_of(found.terms, pieces));
  DEPONE_ASSIGN(const auto* const roster, session.roster());
  const auto* const of = roster->find(found.case_id);
  const auto& asker = session.identity().id();
  const bool shown = found.terms.submitted.act->payload.actor == asker || (of != nullptr && of->is_reader(asker));
  if (shown && !found.said) return fail(ErrorCode::damaged, "the archive left out what is said of this item");
  return found;
}

}  // namespace depone::client
