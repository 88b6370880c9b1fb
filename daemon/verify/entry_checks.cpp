#include "daemon/verify/entry_checks.h"

#include <fmt/format.h>

namespace depone::daemon::verify {

using namespace protocol::record;

namespace {

std::string name_of(const Entry& entry) { return fmt::format("entry {}", entry.seq); }

void differs(const Entry& entry, std::string_view table, store::Difference difference, Report& report) {
  if (difference) report.wrong(fmt::format("entry {}, its row in {}", entry.seq, table), std::move(*difference));
}

}  // namespace

std::optional<NamedAct> named_act(store::Connection& db, const Entry& entry, Report& report) {
  if (!entry.act) return std::nullopt;
  const auto missing = [&](std::string what) {
    report.wrong(name_of(entry), std::move(what));
    return std::nullopt;
  };
  const auto stored = store::act_of_entry(db, entry.seq);
  if (!stored) return missing("has lost its act");
  report.checked(Report::What::acts);
  if (envelope_hash(view(stored->envelope)) != *entry.act)
    return missing("has another act than the one that it names: the act was changed or exchanged");
  auto act = parse_act(view(stored->envelope));
  if (!act) return missing(fmt::format("has an act that cannot be read: {}", act.error().detail));
  differs(entry, "acts", store::act_differs(db, stored->row, *act), report);
  return NamedAct{std::move(*act), stored->row};
}

CheckedBundle EntryChecks::check(std::uint64_t first, std::span<const policy::ReadEntry> entries,
                                 const policy::Roster& roster, const policy::KeyedRecords& records) {
  CheckedBundle out;
  for (auto seq = first; const auto& read : entries) {
    out.report.about(seq);
    out.entries.push_back(read.entry ? check(seq, *read.entry, roster, records, out) : policy::CheckedEntry{});
    ++seq;
  }
  return out;
}

policy::CheckedEntry EntryChecks::check(std::uint64_t seq, const Entry& entry, const policy::Roster& roster,
                                        const policy::KeyedRecords& records, CheckedBundle& out) {
  differs(entry, "entries", store::entry_differs(db_, entry), out.report);
  const auto named = named_act(db_, entry, out.report);
  auto checked = policy::check_entry(seq, entry, named ? &named->act : nullptr, roster, records);
  for (auto& what : checked.wrong) out.report.wrong(fmt::format("entry {}", seq), std::move(what));
  if (named && !is_serving(entry) && entry.outcome != Outcome::refused) check_taken(entry, *named, roster, out);
  return checked;
}

void EntryChecks::check_taken(const Entry& entry, const NamedAct& named, const policy::Roster& roster,
                              CheckedBundle& out) {
  const auto& [act, row] = named;
  out.behind.taken_acts.insert(static_cast<std::uint64_t>(row));
  if (!was_root(act.payload.seen))
    out.report.wrong(name_of(entry), "took an act whose signer had seen a log that this one never was");
  if (entry.type == EvidenceSubmit::kType) out.behind.submissions.insert(entry.seq);
  if (entry.type == EvidenceShare::kType) out.behind.shares.insert(entry.seq);
  if (entry.type == EvidenceRetrieve::kType && body_of<EvidenceRetrieve>(act)) {
    const auto facts = facts_of<RetrieveFacts>(entry);
    if (facts && facts->until) out.behind.grants.insert(entry.seq);
  }
  EvidenceChecks evidence(db_, objects_, roster.genesis());
  evidence.check(entry, act, row, out.report);
  out.behind.codes += evidence.codes();
  if (entry.type == CaseOpen::kType) {
    if (const auto body = body_of<CaseOpen>(act)) check_parts(db_, entry, body->parts, row, out.report);
  }
  if (entry.type == MemberEnrol::kType) {
    const auto id = crypto::fixed_from_hex<crypto::KeyId>(entry.subject);
    const auto* const enrolled = id ? roster.find(*id) : nullptr;
    if (enrolled != nullptr && enrolled->enrolled_seq == entry.seq)
      check_parts(db_, entry, enrolled->parts, row, out.report);
  }
}

// Whether the log was that once; a root that was signed is compared with the tree by itself.
bool EntryChecks::was_root(const Seen& seen) {
  if (!seen_ || seen_->size != seen.size) seen_ = store::checkpoint_of_size(db_, seen.size);
  return seen_ && seen_->root == seen.root;
}

}  // namespace depone::daemon::verify
