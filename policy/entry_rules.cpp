#include "policy/entry_rules.h"

#include <algorithm>

#include <fmt/format.h>

#include "crypto/hash.h"
#include "policy/keyed_rules.h"
#include "policy/rules.h"

namespace depone::policy {

using namespace protocol::record;

namespace {

// Whether the proved roster has exactly the change that this entry says.
bool shows(const Roster& roster, const Entry& entry, const Act& act) {
  if (entry.type == MemberEnrol::kType) {
    const auto body = body_of<MemberEnrol>(act);
    const auto id = crypto::fixed_from_hex<crypto::KeyId>(entry.subject);
    const auto* const member = id ? roster.find(*id) : nullptr;
    return body && member != nullptr && member->enrolled_seq == entry.seq && member->card == body->card &&
           member->roles == body->roles;
  }
  if (entry.type == MemberRevoke::kType) {
    const auto body = body_of<MemberRevoke>(act);
    const auto* const member = body ? roster.find(body->member) : nullptr;
    return member != nullptr && member->revoked_seq == entry.seq;
  }
  if (entry.type == CaseOpen::kType) {
    const auto body = body_of<CaseOpen>(act);
    const auto* const opened = body ? roster.find(body->case_id) : nullptr;
    return opened != nullptr && opened->opened_seq == entry.seq && opened->prefix == body->prefix &&
           opened->epochs.front() == body->key && opened->opener == act.payload.actor &&
           std::ranges::all_of(body->grants, [&](const Grant& grant) {
             const auto* const held = opened->grant_of(grant.member, 1);
             return held != nullptr && held->seq == entry.seq && held->as == grant.as;
           });
  }
  if (entry.type == CaseGrant::kType) {
    const auto body = body_of<CaseGrant>(act);
    const auto* const of = body ? roster.find(body->case_id) : nullptr;
    const auto* const held = of == nullptr ? nullptr : of->grant_of(body->member, body->epoch);
    return held != nullptr && held->seq == entry.seq && held->as == body->as;
  }
  return true;  // of a type that is not known here
}

crypto::Digest serving_of(const Entry& entry) {
  const auto act = entry.act ? *entry.act : crypto::Digest{};
  const auto actor = entry.actor ? *entry.actor : crypto::KeyId{};
  const auto case_id = entry.case_id ? *entry.case_id : crypto::CaseId{};
  return crypto::sha256({act.span(), actor.span(), case_id.span(), view(entry.subject)});
}

class Check {
 public:
  Check(std::uint64_t seq, const Entry& entry, const Act* act, const Roster& roster, const KeyedRecords& records)
      : seq_(seq),
        entry_(entry),
        act_(act),
        roster_(roster),
        records_(records) {
    of_subject_.seq = seq;
    of_subject_.is_named = !entry.subject.empty();
    of_subject_.noted = entry.outcome != Outcome::refused && entry.case_id;
    of_subject_.before = entry.before;
    of_subject_.case_id = entry.case_id.value;
  }

  CheckedEntry run() {
    if (entry_.subject.empty() && entry_.before) wrong("points at an entry before it, and has no subject");
    if (changes_roster(entry_) && act_ != nullptr && !shows(roster_, entry_, *act_))
      wrong("changes the roster, and the roster that the archive proves does not show it");
    if (act_ != nullptr || !entry_.act) {
      for (auto& sentence : contradictions(entry_, act_, roster_.genesis())) out_.wrong.push_back(std::move(sentence));
    }
    check_signer();
    if (act_ != nullptr && !is_serving(entry_) && entry_.outcome != Outcome::refused) note_taken();
    if (entry_.type == EvidenceSubmit::kType) note_submission();
    if (entry_.type == EvidenceDescribe::kType) note_description();
    if (entry_.type == EvidenceShare::kType) note_share();
    if (entry_.type == EvidenceRetrieve::kType) note_retrieval();
    if (entry_.type == kEvidenceServe && entry_.outcome == Outcome::accepted) check_serve();
    if (entry_.type == kEvidenceServed) check_served();
    if (entry_type_is_known(entry_.type) && entry_.actor && !entry_.act && !enrolled(roster_.find(*entry_.actor)))
      wrong("is of somebody who was not enrolled then");
    if (of_subject_.is_named || of_subject_.taken)
      append_record(out_.records, key_of_subject(records_, entry_.subject), packed(of_subject_));
    return std::move(out_);
  }

 private:
  void wrong(std::string_view text) { out_.wrong.emplace_back(text); }
  bool enrolled(const Member* member) const {
    return member != nullptr && (member->enrolled_seq == 0 || member->enrolled_seq < entry_.seq);
  }

  void check_signer() {
    if (act_ == nullptr) return;
    const auto* const signer = roster_.find(act_->payload.actor);
    if (!enrolled(signer)) return wrong("has an act by somebody who was not enrolled then");
    if (!verify_envelope(act_->envelope, signer->sign)) return wrong("has an act whose signature does not verify");
    if (is_serving(entry_)) return;
    const bool accepted = entry_.outcome == Outcome::accepted;
    if (accepted && signer->revoked_seq && *signer->revoked_seq < entry_.seq)
      wrong("accepted an act of somebody who was revoked before");
    if (entry_.outcome != Outcome::refused && act_type_is_known(entry_.type) && !member_may(*signer, entry_.type))
      wrong("took an act of somebody none of whose roles may do that");
  }

  // What was taken, once and for all: an act, an id of an act, an item.
  void note_taken() {
    of_subject_.taken = true;
    out_.taken = key_of_act(records_, act_->payload);
    const auto what = entry_.type == EvidenceRetrieve::kType ? ActRecord::What::granted : ActRecord::What::taken;
    const auto place = place_in_act(entry_, *act_).value_or(0);
    append_record(out_.records, *out_.taken, packed(ActRecord{seq_, what, act_->hash, place}));
  }
  bool is_case_open() const {
    const auto* const of = entry_.case_id ? roster_.find(*entry_.case_id) : nullptr;
    return of != nullptr && of->opened_seq < entry_.seq;
  }

  void note_submission() {
    of_subject_.what = SubjectRecord::What::submitted;
    of_subject_.accepted = entry_.outcome == Outcome::accepted;
    of_subject_.act = entry_.act.value.value_or(crypto::Digest{});
    const auto body = act_ == nullptr ? std::nullopt : std::optional(body_of<EvidenceSubmit>(*act_));
    if (body && *body) of_subject_.sensitivity = (*body)->sensitivity;
    if (of_subject_.taken && !is_case_open()) wrong("took an item into a case that was not open");
  }

  void note_description() {
    of_subject_.what = SubjectRecord::What::described;
    of_subject_.act = entry_.act.value.value_or(crypto::Digest{});
    const auto facts = facts_of<DescribeFacts>(entry_);
    if (facts) of_subject_.holds = facts->holds;
    const auto body = act_ == nullptr ? std::nullopt : std::optional(body_of<EvidenceDescribe>(*act_));
    if (!body || !*body) return;
    of_subject_.act_read = true;
    of_subject_.supersedes = (*body)->supersedes;
    of_subject_.new_private = (*body)->parts.find("private") != nullptr;
    of_subject_.new_manifest = (*body)->parts.find("manifest") != nullptr;
    of_subject_.sensitivity = (*body)->sensitivity;
  }

  void note_share() {
    of_subject_.what = SubjectRecord::What::shared;
    of_subject_.case_open = is_case_open();
  }

  void note_retrieval() {
    of_subject_.what = SubjectRecord::What::retrieved;
    const auto facts = facts_of<RetrieveFacts>(entry_);
    if (facts) of_subject_.described = facts->described.value_or(0);
  }

  void check_serve() {
    of_subject_.what = SubjectRecord::What::served;
    of_subject_.taken = true;
    if (act_ != nullptr) {
      const auto place = place_in_act(entry_, *act_);
      const ActRecord served{seq_, ActRecord::What::served, act_->hash, place.value_or(0)};
      if (place)
        append_record(out_.records, key_of_act(records_, act_->payload), packed(served));
      else
        wrong("served what no retrieval was granted");
    } else if (!entry_.act) {
      const auto* const reader = entry_.actor ? roster_.find(*entry_.actor) : nullptr;
      if (reader == nullptr || !may_read_ciphertext(*reader))
        wrong("served somebody who is no archivist without a retrieval");
    }
    const auto facts = facts_of<ServeFacts>(entry_);
    if (facts && facts->to < facts->from) wrong("served a range that ends before it begins");
    note_serving({seq_, false, serving_of(entry_), facts && facts->to > facts->from ? facts->to - facts->from : 0},
                 seq_);
  }

  void check_served() {
    const auto facts = facts_of<ServedFacts>(entry_);
    if (!facts) return wrong("closes a serving that was not open");
    note_serving({seq_, true, serving_of(entry_), facts->bytes}, facts->serve);
  }
  void note_serving(const ServingRecord& record, std::uint64_t serve) {
    append_record(out_.records, key_of_serving(records_, serve), packed(record));
  }

  std::uint64_t seq_;
  const Entry& entry_;
  const Act* act_;
  const Roster& roster_;
  const KeyedRecords& records_;
  CheckedEntry out_;
  SubjectRecord of_subject_;
};

}  // namespace

ReadEntry read_entry(std::string_view bytes) { return {crypto::log::leaf_hash(view(bytes)), parse_entry(view(bytes))}; }

std::vector<ReadEntry> read_entries(std::span<const std::string> bundle) {
  std::vector<ReadEntry> out;
  out.reserve(bundle.size());
  for (const auto& bytes : bundle) out.push_back(read_entry(bytes));
  return out;
}

CheckedEntry check_entry(std::uint64_t seq, const Entry& entry, const Act* act, const Roster& roster,
                         const KeyedRecords& records) {
  return Check(seq, entry, act, roster, records).run();
}

RecordKey key_of_act(const KeyedRecords& records, const ActPayload& act) {
  Bytes name = to_bytes(act.actor.span());
  name.insert(name.end(), act.id.bytes.begin(), act.id.bytes.end());
  return records.key_of('a', name);
}
RecordKey key_of_subject(const KeyedRecords& records, std::string_view subject) {
  return records.key_of('s', view(subject));
}
RecordKey key_of_serving(const KeyedRecords& records, std::uint64_t seq) {
  return records.key_of('v', view(std::to_string(seq)));
}

}  // namespace depone::policy
