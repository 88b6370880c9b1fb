#include "protocol/record/entry.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "protocol/record/bodies.h"

namespace depone::protocol::record {

Result<Entry> parse_entry(ByteView bytes) {
  if (bytes.size() > kEntryBytesMax) return fail(ErrorCode::too_large, "an entry is larger than 4 KiB");
  DEPONE_ASSIGN(Entry entry, parse_form<Entry>(bytes, "the entry"));
  if (entry.v != 1) return fail(ErrorCode::unsupported, "the entry is of another version than 1");
  DEPONE_TRY(check_facts(entry));
  return entry;
}

// NKPC-000123: names files, so nothing else may pass for it.
bool is_item_ref(std::string_view ref) {
  const auto dash = ref.find('-');
  if (dash == std::string_view::npos || dash < 2 || dash > 12 || ref.size() - dash - 1 < 6 || ref.size() > 32)
    return false;
  const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return capital(ref[0]) && std::ranges::all_of(ref.substr(0, dash), [&](char c) { return capital(c) || digit(c); }) &&
         std::ranges::all_of(ref.substr(dash + 1), digit);
}

std::string item_ref(std::string_view prefix, std::uint64_t number) { return fmt::format("{}-{:06}", prefix, number); }

bool changes_roster(const Entry& entry) {
  if (entry.outcome != Outcome::accepted) return false;
  return entry.type == kArchiveInit || entry.type.starts_with("member.") || entry.type.starts_with("case.") ||
         entry.type == "policy.adopt";
}

bool entry_type_is_known(std::string_view type) {
  static constexpr auto kKnown = std::to_array<std::string_view>(
      {kArchiveInit, MemberEnrol::kType, MemberRevoke::kType, CaseOpen::kType, CaseGrant::kType, EvidenceSubmit::kType,
       EvidenceDescribe::kType, EvidenceShare::kType, EvidenceRetrieve::kType, kEvidenceServe, kEvidenceServed,
       kCatalogueSearch});
  return std::ranges::find(kKnown, type) != kKnown.end();
}

Result<> check_facts(const Entry& entry) {
  const auto of_form = [&]<class Facts>(std::type_identity<Facts>) -> Result<> {
    DEPONE_TRY(facts_of<Facts>(entry));
    return {};
  };
  if (!entry_type_is_known(entry.type)) return {};
  if (entry.type == kArchiveInit) return of_form(std::type_identity<InitFacts>{});
  if (entry.type == EvidenceSubmit::kType) {
    DEPONE_ASSIGN(const auto facts, facts_of<SubmitFacts>(entry));
    if (facts.ref.empty() || is_item_ref(facts.ref)) return {};
    return fail(ErrorCode::malformed, "the entry's facts: ref: is not a citable number");
  }
  if (entry.type == EvidenceDescribe::kType) return of_form(std::type_identity<DescribeFacts>{});
  if (entry.type == EvidenceRetrieve::kType) return of_form(std::type_identity<RetrieveFacts>{});
  if (entry.type == kEvidenceServe) return of_form(std::type_identity<ServeFacts>{});
  if (entry.type == kEvidenceServed) return of_form(std::type_identity<ServedFacts>{});
  if (entry.type == kCatalogueSearch) return of_form(std::type_identity<SearchFacts>{});
  return of_form(std::type_identity<ActFacts>{});
}

}  // namespace depone::protocol::record
