#include "policy/keyed_rules.h"

#include <algorithm>

#include <fmt/format.h>

#include "policy/packed.h"

namespace depone::policy {

using protocol::record::Described;
using protocol::record::Sensitivity;

namespace {

enum class Kind : std::uint8_t { subject, act, serving, row };

// One order for writing and reading. What is not said of a kind of record does not stand in it.
template <class P, class R>
void fields(P& p, R& r) requires std::same_as<std::remove_const_t<R>, SubjectRecord> {
  using What = SubjectRecord::What;
  p(r.seq), p(r.what, What::served), p(r.is_named), p(r.taken), p(r.noted), p(r.before);
  if (r.what == What::nothing) return;
  p(r.case_id);
  if (r.what == What::submitted || r.what == What::described) p(r.act), p(r.sensitivity, Sensitivity::secret);
  if (r.what == What::submitted) p(r.accepted);
  if (r.what == What::described) {
    p(r.act_read), p(r.supersedes), p(r.new_private), p(r.new_manifest);
    bool said = r.holds.has_value();
    p(said);
    if (!said) return;
    auto holds = r.holds.value_or(Described{});
    p(holds.private_part), p(holds.manifest), p(holds.sensitivity, Sensitivity::secret);
    if constexpr (!std::is_const_v<R>) r.holds = holds;
  }
  if (r.what == What::shared) p(r.case_open);
  if (r.what == What::retrieved) p(r.described);
}
template <class P, class R>
void fields(P& p, R& r) requires std::same_as<std::remove_const_t<R>, ActRecord> {
  p(r.seq), p(r.what, ActRecord::What::served), p(r.act), p(r.place);
}
template <class P, class R>
void fields(P& p, R& r) requires std::same_as<std::remove_const_t<R>, ServingRecord> {
  p(r.seq), p(r.closes), p(r.what), p(r.bytes);
}
template <class P, class R>
void fields(P& p, R& r) requires std::same_as<std::remove_const_t<R>, RowRecord> {
  p(r.table, RowRecord::Table::serving), p(r.row), p(r.says);
}

template <class R>
Bytes pack(Kind kind, const R& record) {
  Packer p;
  p(kind, Kind::row);
  fields(p, record);
  return p.take();
}
template <class R>
std::optional<R> unpack(Unpacker& p) {
  R record;
  fields(p, record);
  return p.is_whole() ? std::optional(record) : std::nullopt;
}

}  // namespace

Bytes packed(const SubjectRecord& record) { return pack(Kind::subject, record); }
Bytes packed(const ActRecord& record) { return pack(Kind::act, record); }
Bytes packed(const ServingRecord& record) { return pack(Kind::serving, record); }
Bytes packed(const RowRecord& record) { return pack(Kind::row, record); }

void KeyedRules::take(const RecordKey& key, ByteView record) {
  Unpacker p(record);
  Kind kind{};
  p(kind, Kind::row);
  switch (kind) {
    case Kind::subject:
      if (const auto said = unpack<SubjectRecord>(p)) {
        auto& subject = subjects_[key];
        check(subject, *said);
        note(subject, *said);
        return;
      }
      break;
    case Kind::act:
      if (const auto said = unpack<ActRecord>(p)) {
        if (said->what == ActRecord::What::served) return take_served(key, *said);
        const auto [act, is_new] = taken_.try_emplace(key, Taken{said->act, said->seq - said->place, {}});
        return take(act->second, is_new, *said);
      }
      break;
    case Kind::serving:
      if (const auto said = unpack<ServingRecord>(p)) return take(key, *said);
      break;
    case Kind::row:
      if (const auto said = unpack<RowRecord>(p)) return compare(key, *said);
      break;
  }
  damaged_ = true;
}

// --- subjects ------------------------------------------------------------------------------------------------------

void KeyedRules::check(const Subject& subject, const SubjectRecord& record) {
  using What = SubjectRecord::What;
  using Submitted = Subject::Submitted;
  const auto seq = record.seq;
  if (record.is_named && record.before != (subject.is_known ? std::optional(subject.last) : std::nullopt))
    wrong(seq, "does not point at the entry before it on its subject: custody was hidden");
  if (!record.taken) return;
  const bool accepted = subject.submitted == Submitted::accepted;
  const bool is_in = record.case_id && (*record.case_id == subject.case_id ||
                                        std::ranges::find(subject.shared, *record.case_id) != subject.shared.end());
  switch (record.what) {
    case What::nothing:
      return;
    case What::submitted:
      if (subject.submitted != Submitted::no) wrong(seq, "took an item that was taken before");
      return;
    case What::described:
      if (!accepted || record.case_id != subject.case_id)
        return wrong(seq, "described what was never accepted into its case");
      return check_description(subject, record);
    case What::shared:
      if (!accepted) return wrong(seq, "shared what was never accepted");
      if (!record.case_open) return wrong(seq, "shared an item into a case that was not open");
      if (is_in) wrong(seq, "shared an item into a case that it was in");
      return;
    case What::retrieved:
      if (!accepted || !is_in) wrong(seq, "granted what was never accepted into its case");
      if (accepted && record.described && *record.described != subject.described)
        wrong(seq, "names another description of the item than the latest");
      return;
    case What::served:
      if (subject.submitted == Submitted::no || !is_in) wrong(seq, "served what was never submitted to its case");
      return;
  }
}

void KeyedRules::check_description(const Subject& item, const SubjectRecord& record) {
  if (!record.act_read || !record.holds) return;  // said of the act
  if (record.supersedes != item.described_by)
    wrong(record.seq, "took a description of what was not said last of the item");
  auto holds = item.holds;
  if (record.new_private) holds.private_part = record.seq;
  if (record.new_manifest) holds.manifest = record.seq;
  if (record.sensitivity) holds.sensitivity = *record.sensitivity;
  if (*record.holds != holds) wrong(record.seq, "says that something else holds of the item than what was signed");
  if (record.sensitivity && *record.sensitivity < item.holds.sensitivity)
    wrong(record.seq, "lowered an item's sensitivity");
}

// What the entry changes of its subject, right or wrong: what follows is compared with what the log says.
void KeyedRules::note(Subject& subject, const SubjectRecord& record) {
  using What = SubjectRecord::What;
  if (!record.is_named) return;
  subject.is_known = true;
  subject.last = record.seq;
  if (!record.noted || !record.case_id) return;
  if (record.what == What::submitted) {
    subject.submitted = record.accepted ? Subject::Submitted::accepted : Subject::Submitted::pending;
    subject.case_id = *record.case_id;
    subject.described_by = record.act;
    subject.holds = {record.seq, record.seq, record.sensitivity.value_or(Sensitivity::open)};
  }
  if (record.what == What::described) {
    subject.described = record.seq;
    subject.described_by = record.act;
    if (record.holds) subject.holds = *record.holds;
  }
  if (record.what == What::shared) subject.shared.push_back(*record.case_id);
}

// --- acts ----------------------------------------------------------------------------------------------------------

// What was taken, once and for all: an act, and an id of an act.
void KeyedRules::take(Taken& act, bool is_new, const ActRecord& record) {
  const auto first = record.seq - record.place;
  if (act.act != record.act)
    return wrong(record.seq, fmt::format("took another act of the same id as the one that entry {} took", act.first));
  if (!is_new && act.first != first) return wrong(record.seq, fmt::format("took the same act as entry {}", act.first));
  if (record.what != ActRecord::What::granted) return;
  if (act.granted.size() <= record.place) act.granted.resize(record.place + 1);
  act.granted[record.place] = true;
}

void KeyedRules::take_served(const RecordKey& key, const ActRecord& record) {
  const auto taken = taken_.find(key);
  const bool granted = taken != taken_.end() && taken->second.act == record.act &&
                       record.place < taken->second.granted.size() && taken->second.granted[record.place];
  if (!granted) wrong(record.seq, "served what no retrieval was granted");
}

// --- servings ------------------------------------------------------------------------------------------------------

void KeyedRules::take(const RecordKey& key, const ServingRecord& record) {
  if (!record.closes) {
    serving_[key] = record;
    return;
  }
  const auto open = serving_.find(key);
  if (open == serving_.end()) return wrong(record.seq, "closes a serving that was not open");
  if (open->second.what != record.what) wrong(record.seq, "closes a serving to somebody else, or of something else");
  if (record.bytes > open->second.bytes) wrong(record.seq, "says that more was served than was asked for");
  serving_.erase(open);
}

// --- tables --------------------------------------------------------------------------------------------------------

void KeyedRules::compare(const RecordKey& key, const RowRecord& row) {
  const auto subject = subjects_.find(key);
  const bool known = subject != subjects_.end() && subject->second.is_known;
  bool right = false;
  switch (row.table) {
    case RowRecord::Table::subjects:
      right = known && subject->second.last == row.says;
      break;
    case RowRecord::Table::items:
      right = (known ? subject->second.described : 0) == row.says;
      break;
    case RowRecord::Table::serving:
      right = serving_.contains(key);
      break;
  }
  if (!right) found_.rows.push_back(row);
}

Result<KeyedFindings> KeyedRules::finish() {
  if (damaged_) return fail(ErrorCode::damaged, "what was noted of the log was changed");
  for (const auto& [key, subject] : subjects_) found_.subjects += subject.is_known ? 1 : 0;
  found_.servings = serving_.size();
  return std::move(found_);
}

}  // namespace depone::policy
