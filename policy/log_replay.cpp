#include "policy/log_replay.h"

#include <algorithm>

#include <fmt/format.h>

#include "crypto/hash.h"
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

crypto::Digest act_key(const ActPayload& payload) { return crypto::sha256({payload.actor.span(), payload.id.span()}); }

crypto::Digest serving_of(const Entry& entry) {
  const auto act = entry.act ? *entry.act : crypto::Digest{};
  const auto actor = entry.actor ? *entry.actor : crypto::KeyId{};
  const auto case_id = entry.case_id ? *entry.case_id : crypto::CaseId{};
  return crypto::sha256({act.span(), actor.span(), case_id.span(), view(entry.subject)});
}

}  // namespace

// --- one entry -----------------------------------------------------------------------------------------------------

class LogReplay::Step {
 public:
  Step(LogReplay& replay, const Entry& entry, const crypto::Digest& leaf, const Act* act, const Roster& roster)
      : so_far_(replay),
        entry_(entry),
        leaf_(leaf),
        act_(act),
        roster_(roster) {}

  std::vector<std::string> run() {
    check_place();
    check_before();
    check_roster();
    if (act_ != nullptr || !entry_.act) {
      for (auto& sentence : contradictions(entry_, act_, so_far_.genesis_)) wrong_.push_back(std::move(sentence));
    }
    check_signer();
    if (act_ != nullptr && !is_serving(entry_) && entry_.outcome != Outcome::refused) check_taken();
    if (entry_.type == kEvidenceServe && entry_.outcome == Outcome::accepted) check_serve();
    if (entry_.type == kEvidenceServed) check_served();
    if (entry_type_is_known(entry_.type) && entry_.actor && !entry_.act && !enrolled(roster_.find(*entry_.actor)))
      wrong("is of somebody who was not enrolled then");
    return std::move(wrong_);
  }

 private:
  template <class... Args>
  void wrong(fmt::format_string<Args...> text, Args&&... args) {
    wrong_.push_back(fmt::format(text, std::forward<Args>(args)...));
  }
  bool enrolled(const Member* member) const {
    return member != nullptr && (member->enrolled_seq == 0 || member->enrolled_seq < entry_.seq);
  }
  const Subject* subject() const {
    const auto known = so_far_.subjects_.find(entry_.subject);
    return known == so_far_.subjects_.end() ? nullptr : &known->second;
  }

  void check_place() {
    const auto seq = so_far_.size_;
    if (entry_.seq != seq) wrong("calls itself {}", entry_.seq);
    if (seq == 0 && (leaf_ != so_far_.genesis_ || entry_.type != kArchiveInit))
      wrong("is not the beginning that the archive is named by");
    if (entry_.prev != (seq == 0 ? crypto::Digest{} : so_far_.last_leaf_))
      wrong("does not follow the entry before it: the chain is broken here");
    if (entry_.at < so_far_.last_at_) wrong("is older than the entry before it");
  }

  void check_before() {
    if (entry_.subject.empty()) {
      if (entry_.before) wrong("points at an entry before it, and has no subject");
      return;
    }
    const auto* const known = subject();
    if (entry_.before != (known == nullptr ? std::nullopt : std::optional(known->last)))
      wrong("does not point at the entry before it on its subject: custody was hidden");
  }

  void check_roster() {
    const auto latest = so_far_.size_ == 0 ? std::nullopt : std::optional(so_far_.last_change_);
    if (entry_.roster != latest) wrong("does not point at the latest change of the roster");
    if (changes_roster(entry_) && act_ != nullptr && !shows(roster_, entry_, *act_))
      wrong("changes the roster, and the roster that the archive proves does not show it");
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

  // What was taken, once and for all: an act, an id of an act, an item, a citable number.
  void check_taken() {
    const auto first = entry_.seq - place_in_act(entry_, *act_).value_or(0);
    const auto [known, is_new] = so_far_.taken_.try_emplace(act_key(act_->payload), Taken{act_->hash, first});
    if (known->second.act != act_->hash)
      wrong("took another act of the same id as the one that entry {} took", known->second.first);
    else if (!is_new && known->second.first != first)
      wrong("took the same act as entry {}", known->second.first);
    if (entry_.type == EvidenceSubmit::kType) check_submission();
    if (entry_.type == EvidenceDescribe::kType) check_description();
    if (entry_.type == EvidenceShare::kType) check_share();
    if (entry_.type == EvidenceRetrieve::kType) check_retrieval();
  }

  void check_submission() {
    const auto* const known = subject();
    if (known != nullptr && known->submitted != Subject::Submitted::no) wrong("took an item that was taken before");
    const auto* const of = entry_.case_id ? roster_.find(*entry_.case_id) : nullptr;
    if (of == nullptr || of->opened_seq >= entry_.seq) return wrong("took an item into a case that was not open");
    if (entry_.outcome != Outcome::accepted) return;
    const auto facts = facts_of<SubmitFacts>(entry_);
    const auto number = ++so_far_.numbers_[*entry_.case_id];
    if (facts && facts->ref != item_ref(of->prefix, number))
      wrong("gave the number {}, and the case's next is {}", facts->ref, item_ref(of->prefix, number));
  }

  // The item that the entry is about, where the log accepted it before.
  const Subject* accepted_item() const {
    const auto* const item = subject();
    return item != nullptr && item->submitted == Subject::Submitted::accepted ? item : nullptr;
  }
  bool is_in(const Subject& item, const std::optional<crypto::CaseId>& case_id) const {
    if (!case_id) return false;
    const auto shared = so_far_.shared_.find(entry_.subject);
    return *case_id == item.case_id ||
           (shared != so_far_.shared_.end() && std::ranges::find(shared->second, *case_id) != shared->second.end());
  }

  void check_description() {
    const auto body = body_of<EvidenceDescribe>(*act_);
    const auto facts = facts_of<DescribeFacts>(entry_);
    const auto* const item = accepted_item();
    if (item == nullptr || entry_.case_id.value != item->case_id)
      return wrong("described what was never accepted into its case");
    if (!body || !facts || !facts->holds) return;  // said of the act
    if (body->supersedes != item->described_by) wrong("took a description of what was not said last of the item");
    if (*facts->holds != held_after(*body, item->holds, entry_.seq))
      wrong("says that something else holds of the item than what was signed");
    if (body->sensitivity && *body->sensitivity < item->holds.sensitivity) wrong("lowered an item's sensitivity");
  }

  void check_share() {
    const auto* const item = accepted_item();
    if (item == nullptr) return wrong("shared what was never accepted");
    const auto* const into = entry_.case_id ? roster_.find(*entry_.case_id) : nullptr;
    if (into == nullptr || into->opened_seq >= entry_.seq) return wrong("shared an item into a case that was not open");
    if (is_in(*item, entry_.case_id.value)) wrong("shared an item into a case that it was in");
  }

  void check_retrieval() {
    const auto* const item = accepted_item();
    if (item == nullptr || !is_in(*item, entry_.case_id.value)) wrong("granted what was never accepted into its case");
    const auto facts = facts_of<RetrieveFacts>(entry_);
    if (item != nullptr && facts && facts->described.value_or(0) != item->described)
      wrong("names another description of the item than the latest");
    so_far_.granted_.push_back(entry_.seq);
  }

  void check_serve() {
    const auto* const item = subject();
    if (item == nullptr || item->submitted == Subject::Submitted::no || !is_in(*item, entry_.case_id.value))
      wrong("served what was never submitted to its case");
    if (act_ != nullptr) {
      if (!was_granted()) wrong("served what no retrieval was granted");
    } else if (!entry_.act) {
      const auto* const reader = entry_.actor ? roster_.find(*entry_.actor) : nullptr;
      if (reader == nullptr || !may_read_ciphertext(*reader))
        wrong("served somebody who is no archivist without a retrieval");
    }
    const auto facts = facts_of<ServeFacts>(entry_);
    if (facts && facts->to < facts->from) wrong("served a range that ends before it begins");
    so_far_.serving_[entry_.seq] = {serving_of(entry_), facts && facts->to > facts->from ? facts->to - facts->from : 0};
  }
  bool was_granted() const {
    const auto place = place_in_act(entry_, *act_);
    const auto taken = so_far_.taken_.find(act_key(act_->payload));
    return place && taken != so_far_.taken_.end() && taken->second.act == act_->hash &&
           std::ranges::binary_search(so_far_.granted_, taken->second.first + *place);
  }

  void check_served() {
    const auto facts = facts_of<ServedFacts>(entry_);
    const auto serving = facts ? so_far_.serving_.find(facts->serve) : so_far_.serving_.end();
    if (serving == so_far_.serving_.end()) return wrong("closes a serving that was not open");
    if (serving->second.what != serving_of(entry_)) wrong("closes a serving to somebody else, or of something else");
    if (facts->bytes > serving->second.bytes) wrong("says that more was served than was asked for");
    so_far_.serving_.erase(serving);
  }

  LogReplay& so_far_;
  const Entry& entry_;
  const crypto::Digest& leaf_;
  const Act* act_;
  const Roster& roster_;
  std::vector<std::string> wrong_;
};

std::vector<std::string> LogReplay::take(const Entry& entry, const crypto::Digest& leaf, const Act* act,
                                         const Roster& roster) {
  auto wrong = Step(*this, entry, leaf, act, roster).run();
  if (!entry.subject.empty()) note_subject(entry, act);
  if (changes_roster(entry)) {
    last_change_ = size_;
    changes_ += entry_type_is_known(entry.type) ? 1 : 0;
  }
  last_at_ = std::max(last_at_, entry.at);
  take_unreadable(leaf);
  return wrong;
}

// What the entry changes of its subject, right or wrong: what follows is compared with what the log says.
void LogReplay::note_subject(const Entry& entry, const Act* act) {
  auto& subject = subjects_[entry.subject];
  subject.last = size_;
  if (entry.outcome == Outcome::refused || !entry.case_id) return;
  if (entry.type == EvidenceSubmit::kType) {
    const bool accepted = entry.outcome == Outcome::accepted;
    subject.submitted = accepted ? Subject::Submitted::accepted : Subject::Submitted::pending;
    subject.case_id = *entry.case_id;
    subject.described_by = entry.act.value.value_or(crypto::Digest{});
    const auto body = act == nullptr ? std::nullopt : std::optional(body_of<EvidenceSubmit>(*act));
    subject.holds = {size_, size_, body && *body ? (*body)->sensitivity : Sensitivity::open};
  }
  if (entry.type == EvidenceDescribe::kType) {
    subject.described = size_;
    subject.described_by = entry.act.value.value_or(crypto::Digest{});
    const auto facts = facts_of<DescribeFacts>(entry);
    if (facts && facts->holds) subject.holds = *facts->holds;
  }
  if (entry.type == EvidenceShare::kType) shared_[entry.subject].push_back(*entry.case_id);
}

void LogReplay::take_unreadable(const crypto::Digest& leaf) {
  last_leaf_ = leaf;
  ++size_;
}

std::vector<std::string> LogReplay::finish(const Roster& roster) const {
  const auto proved = changes_before(roster, size_);
  if (proved == changes_) return {};
  return {
      fmt::format("shows {} changes of the roster, and the roster that the archive proves has {}", changes_, proved)};
}

bool LogReplay::took(const ActPayload& act) const { return taken_.contains(act_key(act)); }

std::optional<std::uint64_t> LogReplay::last_on(const std::string& subject) const {
  const auto known = subjects_.find(subject);
  return known == subjects_.end() ? std::nullopt : std::optional(known->second.last);
}
std::uint64_t LogReplay::described(const std::string& item) const {
  const auto known = subjects_.find(item);
  return known == subjects_.end() ? 0 : known->second.described;
}
std::uint64_t LogReplay::numbers_of(const crypto::CaseId& case_id) const {
  const auto known = numbers_.find(case_id);
  return known == numbers_.end() ? 0 : known->second;
}

}  // namespace depone::policy
