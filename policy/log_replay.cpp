#include "policy/log_replay.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include <fmt/format.h>

#include "crypto/encoding.h"
#include "policy/packed.h"

namespace depone::policy {

using namespace protocol::record;

namespace {

std::uint64_t changes_before(const Roster& roster, std::uint64_t size) {
  std::uint64_t out = 0;
  const auto count = [&](std::optional<std::uint64_t> seq) { out += seq && *seq < size ? 1 : 0; };
  for (const auto& [id, member] : roster.members()) {
    count(member.enrolled_seq);
    count(member.revoked_seq);
  }
  for (const auto& [id, opened] : roster.cases()) {
    count(opened.opened_seq);
    for (const auto& grant : opened.grants) {
      if (grant.seq != opened.opened_seq) count(grant.seq);
    }
  }
  return out;
}

Result<KeyedFindings> check_part(const KeyedRecords& records, std::size_t part) {
  KeyedRules rules;
  DEPONE_TRY(records.for_each(part, [&](const RecordKey& key, ByteView record) { rules.take(key, record); }));
  return rules.finish();
}

}  // namespace

std::vector<std::string> LogReplay::take(const Entry& entry, const crypto::Digest& leaf, const Roster& roster) {
  std::vector<std::string> wrong;
  if (entry.seq != size_) wrong.push_back(fmt::format("calls itself {}", entry.seq));
  if (size_ == 0 && (leaf != genesis_ || entry.type != kArchiveInit))
    wrong.emplace_back("is not the beginning that the archive is named by");
  if (entry.prev != (size_ == 0 ? crypto::Digest{} : last_leaf_))
    wrong.emplace_back("does not follow the entry before it: the chain is broken here");
  if (entry.at < last_at_) wrong.emplace_back("is older than the entry before it");
  if (entry.roster != (size_ == 0 ? std::nullopt : std::optional(last_change_)))
    wrong.emplace_back("does not point at the latest change of the roster");
  if (auto number = check_number(entry, roster)) wrong.push_back(std::move(*number));
  if (changes_roster(entry)) {
    last_change_ = size_;
    changes_ += entry_type_is_known(entry.type) ? 1 : 0;
  }
  last_at_ = std::max(last_at_, entry.at);
  take_unreadable(leaf);
  return wrong;
}

std::optional<std::string> LogReplay::check_number(const Entry& entry, const Roster& roster) {
  if (entry.type != EvidenceSubmit::kType || entry.outcome != Outcome::accepted || !entry.case_id) return std::nullopt;
  const auto* const of = roster.find(*entry.case_id);
  if (of == nullptr || of->opened_seq >= entry.seq) return std::nullopt;  // check_entry() says so
  const auto facts = facts_of<SubmitFacts>(entry);
  const auto next = item_ref(of->prefix, ++numbers_[*entry.case_id]);
  if (!facts || facts->ref == next) return std::nullopt;
  return fmt::format("gave the number {}, and the case's next is {}", facts->ref, next);
}

void LogReplay::take_unreadable(const crypto::Digest& leaf) {
  last_leaf_ = leaf;
  ++size_;
}

void LogReplay::note(const CheckedEntry& checked) {
  records_.add(checked.records);
  if (checked.taken) last_taken_ = checked.taken;
}

bool LogReplay::took_last(const ActPayload& act) const { return last_taken_ == key_of_act(records_, act); }

void LogReplay::note_row_of_subject(std::string_view subject, std::uint64_t last, std::uint64_t row) {
  Bytes record;
  append_record(record, key_of_subject(records_, subject), packed(RowRecord{RowRecord::Table::subjects, row, last}));
  records_.add(record);
}
void LogReplay::note_row_of_item(std::string_view subject, std::uint64_t described, std::uint64_t row) {
  Bytes record;
  append_record(record, key_of_subject(records_, subject), packed(RowRecord{RowRecord::Table::items, row, described}));
  records_.add(record);
}
void LogReplay::note_row_of_serving(std::uint64_t seq) {
  Bytes record;
  append_record(record, key_of_serving(records_, seq), packed(RowRecord{RowRecord::Table::serving, seq, 0}));
  records_.add(record);
}

Result<LogReplay::End> LogReplay::finish(const Roster& roster) {
  const auto changed = records_.changed_since(finished_);
  DEPONE_TRY(records_.write_out());
  std::atomic<std::size_t> next = 0;
  using Found = Result<End>;
  const auto check_some = [&]() -> Found {
    End out;
    for (auto part = next++; part < KeyedRecords::kParts; part = next++) {
      if (!changed[part]) continue;
      DEPONE_ASSIGN(auto found, check_part(records_, part));
      std::ranges::move(found.wrong, std::back_inserter(out.wrong));
      std::ranges::move(found.rows, std::back_inserter(out.rows));
      out.subjects += found.subjects;
      out.servings += found.servings;
    }
    return out;
  };
  Found other = End{};
  std::thread second([&] { other = check_some(); });
  auto found = check_some();
  second.join();
  DEPONE_ASSIGN(auto out, std::move(found));
  DEPONE_ASSIGN(auto more, std::move(other));
  std::ranges::move(more.wrong, std::back_inserter(out.wrong));
  std::ranges::move(more.rows, std::back_inserter(out.rows));
  out.subjects += more.subjects;
  out.servings += more.servings;
  std::ranges::stable_sort(out.wrong, {}, &EntryFinding::seq);
  std::ranges::sort(out.rows, {}, [](const RowRecord& row) { return std::pair(row.table, row.row); });
  if (const auto proved = changes_before(roster, size_); proved != changes_) {
    out.log.push_back(
        fmt::format("shows {} changes of the roster, and the roster that the archive proves has {}", changes_, proved));
  }
  finished_ = records_.bytes();
  return out;
}

std::uint64_t LogReplay::numbers_of(const crypto::CaseId& case_id) const {
  const auto known = numbers_.find(case_id);
  return known == numbers_.end() ? 0 : known->second;
}

Result<ReplayMemory> LogReplay::memory() {
  DEPONE_TRY(records_.write_out());
  records_.sync();
  Packer numbers;
  for (const auto& [id, count] : numbers_) numbers(id), numbers(count);
  return ReplayMemory{size_,
                      last_leaf_,
                      last_at_,
                      last_change_,
                      changes_,
                      numbers.take(),
                      last_taken_ ? crypto::to_hex(last_taken_->span()) : std::string(),
                      records_.salt(),
                      records_.bytes(),
                      finished_};
}

Result<LogReplay> LogReplay::resume(const crypto::Digest& genesis, const ReplayMemory& memory,
                                    const std::filesystem::path& file) {
  std::map<crypto::CaseId, std::uint64_t> numbers;
  Unpacker packed(memory.numbers);
  while (packed.more()) {
    crypto::CaseId id;
    packed(id), packed(numbers[id]);
  }
  const auto last_taken = crypto::fixed_from_hex<RecordKey>(memory.last_taken);
  if (!packed.is_whole() || memory.finished > memory.records || (!last_taken && !memory.last_taken.empty()))
    return fail(ErrorCode::malformed, "what an earlier audit left was cut");
  DEPONE_ASSIGN(auto records, KeyedRecords::resume(file, memory.salt, memory.records));
  LogReplay out(genesis, std::move(records));
  out.size_ = memory.size;
  out.last_leaf_ = memory.last_leaf;
  out.last_at_ = memory.last_at;
  out.last_change_ = memory.roster;
  out.changes_ = memory.changes;
  out.numbers_ = std::move(numbers);
  out.last_taken_ = last_taken;
  out.finished_ = memory.finished;
  return out;
}

}  // namespace depone::policy
