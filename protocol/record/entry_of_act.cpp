#include "protocol/record/entry_of_act.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "crypto/item_keys.h"
#include "protocol/record/reason.h"

namespace depone::protocol::record {

About about_member(const crypto::KeyId& member) { return {std::nullopt, subject_of(member)}; }
About about_case(const crypto::CaseId& case_id) { return {case_id, subject_of(case_id)}; }
About about_item(const crypto::CaseId& case_id, const crypto::EvidenceId& item) { return {case_id, subject_of(item)}; }

bool act_type_is_known(std::string_view type) {
  static constexpr auto kKnown = std::to_array<std::string_view>(
      {MemberEnrol::kType, MemberRevoke::kType, CaseOpen::kType, CaseGrant::kType, EvidenceSubmit::kType,
       EvidenceDescribe::kType, EvidenceShare::kType, EvidenceRetrieve::kType});
  return std::ranges::find(kKnown, type) != kKnown.end();
}

bool is_serving(const Entry& entry) { return entry.type == kEvidenceServe || entry.type == kEvidenceServed; }

Described held_after(const EvidenceDescribe& body, Described before, std::uint64_t seq) {
  if (body.parts.find("private") != nullptr) before.private_part = seq;
  if (body.parts.find("manifest") != nullptr) before.manifest = seq;
  if (body.sensitivity) before.sensitivity = *body.sensitivity;
  return before;
}

std::optional<std::size_t> place_in_act(const Entry& entry, const EvidenceRetrieve& body) {
  const auto item = from_text<crypto::EvidenceId>(entry.subject);
  const auto place = item ? std::ranges::find(body.items, *item) : body.items.end();
  if (place == body.items.end()) return std::nullopt;
  return static_cast<std::size_t>(place - body.items.begin());
}
std::optional<std::size_t> place_in_act(const Entry& entry, const Act& act) {
  if (act.payload.type != EvidenceRetrieve::kType) return 0;
  const auto body = body_of<EvidenceRetrieve>(act);
  return body ? place_in_act(entry, *body) : std::nullopt;
}

namespace {

class Comparison {
 public:
  Comparison(const Entry& entry, const Act* act, const crypto::Digest& genesis)
      : entry_(entry),
        act_(act),
        genesis_(genesis) {}

  std::vector<std::string> run() {
    if (entry_.type == kArchiveInit || entry_.type == kCatalogueSearch)
      compare_own();
    else if (is_serving(entry_))
      compare_serving();
    else if (act_ == nullptr)
      unless(!act_type_is_known(entry_.type), "names no act, and there is none of this type without");
    else
      compare_act();
    return std::move(wrong_);
  }

 private:
  void unless(bool right, std::string_view sentence) {
    if (!right) wrong_.emplace_back(sentence);
  }
  About said() const { return {entry_.case_id.value, entry_.subject}; }
  bool taken() const { return entry_.outcome != Outcome::refused; }

  // What the archive writes of itself.
  void compare_own() {
    unless(act_ == nullptr, "names an act, and nobody signs acts of this type");
    unless(entry_.outcome == Outcome::accepted && entry_.reason.empty(), "has another outcome than accepted");
    unless(entry_.subject.empty(), "has a subject, and there is none in entries of this type");
    if (entry_.type == kArchiveInit) {
      unless(entry_.seq == 0, "founds the archive a second time");
      unless(!entry_.actor && !entry_.case_id, "founds the archive for an actor or a case");
    } else {
      unless(bool(entry_.actor), "does not say who searched");
    }
  }

  // A refusal to serve says whom, and what only where the asker may see it; nothing left.
  void compare_refused_serving() {
    unless(entry_.outcome == Outcome::refused && !entry_.reason.empty(), "is refused without a reason");
    unless(entry_.actor && bool(entry_.case_id) == !entry_.subject.empty(),
           "does not say whom it refused, or says half of what");
    if (act_ == nullptr) return;
    unless(act_->payload.type == EvidenceRetrieve::kType && entry_.actor.value == act_->payload.actor,
           "refuses to serve on an act that is not the asker's retrieval");
  }

  void compare_serving() {
    if (entry_.type == kEvidenceServe && entry_.outcome != Outcome::accepted) return compare_refused_serving();
    unless(entry_.outcome == Outcome::accepted && entry_.reason.empty(), "has another outcome than accepted");
    unless(entry_.actor && entry_.case_id && from_text<crypto::EvidenceId>(entry_.subject),
           "does not say whom it served with which item of which case");
    if (act_ == nullptr) return;
    const auto body = body_of<EvidenceRetrieve>(*act_);
    unless(body.has_value(), "serves what was not asked for: its act is no retrieval");
    if (!body) return;
    unless(entry_.actor.value == act_->payload.actor, "serves another member than the one who retrieved");
    unless(entry_.case_id.value == body->case_id && place_in_act(entry_, *body).has_value(),
           "serves another item or case than its act retrieved");
    if (entry_.type != kEvidenceServe || body->scope == Scope::content) return;
    const auto facts = facts_of<ServeFacts>(entry_);
    unless(facts && facts->what != "object", "serves the content of an item whose manifest alone was retrieved");
  }

  void compare_act() {
    const auto& payload = act_->payload;
    unless(payload.type == entry_.type && entry_.actor.value == payload.actor,
           "says another type or actor than its act");
    if (payload.type != entry_.type || !act_type_is_known(entry_.type)) return;
    compare_outcome();
    if (entry_.type == MemberEnrol::kType) compare_enrolment();
    if (entry_.type == MemberRevoke::kType)
      compare_body<MemberRevoke>([](const auto& body) { return about_member(body.member); });
    if (entry_.type == CaseOpen::kType)
      compare_body<CaseOpen>([](const auto& body) { return about_case(body.case_id); });
    if (entry_.type == CaseGrant::kType)
      compare_body<CaseGrant>([](const auto& body) { return about_case(body.case_id); });
    if (entry_.type == EvidenceSubmit::kType) compare_submission();
    if (entry_.type == EvidenceDescribe::kType) compare_description();
    if (entry_.type == EvidenceShare::kType)
      compare_body<EvidenceShare>([](const auto& body) { return about_item(body.case_id, body.item); });
    if (entry_.type == EvidenceRetrieve::kType) compare_retrieval();
  }

  void compare_outcome() {
    const auto& payload = act_->payload;
    if (taken()) {
      unless(payload.archive == genesis_, "took an act that was signed for another archive");
      unless(payload.seen.size >= 1 && payload.seen.size <= entry_.seq,
             "took an act whose signer had seen more of the log than there was");
    }
    switch (entry_.outcome) {
      case Outcome::accepted:
        unless(entry_.reason.empty(), "is accepted and has a reason to refuse");
        break;
      case Outcome::refused:
        unless(!entry_.reason.empty(), "is refused without a reason");
        break;
      case Outcome::pending:
        unless(entry_.type == EvidenceSubmit::kType && entry_.reason == code(Reason::actor_revoked),
               "is pending, and only what somebody sealed before being revoked can be");
        break;
    }
  }

  void compare_skew(std::int64_t skew_ms) {
    unless(skew_ms == (entry_.at - act_->payload.issued_at).count(), "says another skew than between it and its act");
  }
  void compare_skew() {
    if (const auto facts = facts_of<ActFacts>(entry_)) compare_skew(facts->skew_ms);
  }

  // A refusal before the act reached its rules is about nothing.
  void compare_about(const std::optional<About>& right) {
    if (!taken() && said() == About{}) return;
    unless(right && said() == *right, fmt::format("is about another {} than its act", what()));
  }
  std::string_view what() const {
    if (entry_.type.starts_with("member.")) return "member";
    return entry_.type.starts_with("case.") ? "case" : "item or case";
  }
  template <class Body, class About_>
  void compare_body(About_ about) {
    const auto body = body_of<Body>(*act_);
    unless(body || !taken(), "took an act whose body is not of its form");
    compare_about(body ? std::optional(about(*body)) : std::nullopt);
    compare_skew();
  }

  void compare_enrolment() {
    unless(body_of<MemberEnrol>(*act_) || !taken(), "took an act whose body is not of its form");
    if (taken() || said() != About{}) {
      unless(!entry_.case_id && crypto::fixed_from_hex<crypto::KeyId>(entry_.subject), "enrols what is not a member");
    }
    compare_skew();
  }

  void compare_submission() {
    const auto body = body_of<EvidenceSubmit>(*act_);
    unless(body || !taken(), "took an act whose body is not of its form");
    const auto& actor = act_->payload.actor;
    compare_about(body ? std::optional(about_item(body->case_id, crypto::item_id(genesis_, actor, body->nonce)))
                       : std::nullopt);
    const auto facts = facts_of<SubmitFacts>(entry_);
    if (!facts) return;
    compare_skew(facts->skew_ms);
    const bool accepted = entry_.outcome == Outcome::accepted;
    unless(accepted != facts->ref.empty() && accepted != facts->epoch.empty(),
           "has a citable number and epoch without being accepted, or lacks them");
    unless(!facts->courier || *facts->courier != actor, "names its actor as courier");
  }

  // The case is the item's own, which the act does not name.
  void compare_description() {
    const auto body = body_of<EvidenceDescribe>(*act_);
    unless((body && parts_fit(*body)) || !taken(), "took an act whose body is not of its form");
    if (taken() || said() != About{})
      unless(body && entry_.case_id && entry_.subject == subject_of(body->item), "is about another item than its act");
    const auto facts = facts_of<DescribeFacts>(entry_);
    if (!facts) return;
    compare_skew(facts->skew_ms);
    unless(taken() == facts->holds.has_value(),
           "says what holds of the item without being accepted, or does not say it");
    if (!facts->holds || !body) return;
    const auto stands_here = [&](std::uint64_t seq, std::string_view part) {
      return body->parts.find(part) != nullptr ? seq == entry_.seq : seq < entry_.seq;
    };
    unless(stands_here(facts->holds->private_part, "private") && stands_here(facts->holds->manifest, "manifest") &&
               (!body->sensitivity || *body->sensitivity == facts->holds->sensitivity),
           "says that something else holds of the item than what its act says");
  }

  void compare_retrieval() {
    const auto body = body_of<EvidenceRetrieve>(*act_);
    unless(body || !taken(), "took an act whose body is not of its form");
    const auto place = body ? place_in_act(entry_, *body) : std::nullopt;
    // To somebody who may not see the item, a refusal is about none, as if there were none.
    const bool of_none = body && !taken() && said() == About{body->case_id, ""};
    if (!of_none) compare_about(place ? std::optional(about_item(body->case_id, body->items[*place])) : std::nullopt);
    const auto facts = facts_of<RetrieveFacts>(entry_);
    if (!facts) return;
    compare_skew(facts->skew_ms);
    const bool granted = entry_.outcome == Outcome::accepted;
    unless(granted == facts->until.has_value() && granted != facts->content.empty() && (granted || !facts->described),
           "grants without saying until when and what, or says so without granting");
    if (granted && body)
      unless((facts->content == "none") == (body->scope == Scope::manifest), "grants another scope than its act asks");
  }

  const Entry& entry_;
  const Act* act_;
  const crypto::Digest& genesis_;
  std::vector<std::string> wrong_;
};

}  // namespace

std::vector<std::string> contradictions(const Entry& entry, const Act* act, const crypto::Digest& genesis) {
  return Comparison(entry, act, genesis).run();
}

}  // namespace depone::protocol::record
