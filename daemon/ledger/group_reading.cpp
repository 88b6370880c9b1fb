// The part of a group that is about reading: what is asked for, what may leave, and what was looked at.
#include <algorithm>

#include <spdlog/spdlog.h>

#include "daemon/ledger/deposited.h"
#include "daemon/ledger/group.h"
#include "protocol/record/frame.h"

namespace depone::daemon::ledger {

using namespace protocol::record;
using policy::Decision;

void tell_damage(const store::Item& item, const Error& error) {
  spdlog::error("the item of entry {} cannot be believed: {}; run `deponed verify`", item.seq, error.detail);
}

// Of an item that the actor may not see nothing more is read: by the time that this takes they could tell it from one
// that does not exist.
bool Group::sees(const policy::Member& actor, const std::optional<store::Item>& item) const {
  return item && policy::sees_item(tip_.roster, actor, item->facts);
}

policy::OriginalItem Group::original_of(const store::Item& item) {
  policy::OriginalItem original{item.facts, std::nullopt};
  auto deposited = read_deposited(db_, tip_.roster, item);
  if (deposited)
    original.limits = {item.holds.sensitivity, std::move(deposited->private_part.consent)};
  else
    tell_damage(item, deposited.error());
  return original;
}

Result<std::vector<Consent>> Group::consents_of(std::vector<crypto::EvidenceId> items, std::size_t most) {
  std::vector<Consent> out;
  for (std::size_t i = 0; i < items.size(); ++i) {  // grows while it is walked
    if (i == most) return fail(ErrorCode::too_large, "");
    const auto item = store::find_item(db_, items[i]);
    if (!item) return fail(ErrorCode::damaged, "");
    auto deposited = read_deposited(db_, tip_.roster, *item);
    if (!deposited) {
      tell_damage(*item, deposited.error());
      return fail(ErrorCode::damaged, "");
    }
    out.push_back(std::move(deposited->private_part.consent));
    for (const auto& original : deposited->body.derived_from) {
      if (std::ranges::find(items, original.item) == items.end()) items.push_back(original.item);
    }
  }
  return out;
}

// The subject of an entry about an item: nothing for somebody who may not see it, or there is none.
std::string Group::chain_of(const policy::Member& actor, const std::optional<store::Item>& item) {
  return item && policy::may_touch_item(tip_.roster, actor, item->facts) ? subject_of(item->id) : "";
}

About Group::about_seen(const Act& act, const crypto::CaseId& case_id, const std::optional<store::Item>& item) {
  const auto* const actor = tip_.roster.find(act.payload.actor);
  if (actor == nullptr || chain_of(*actor, item).empty()) return {};
  return about_item(case_id, item->id);
}

Decision Group::decide_retrieval(const policy::Member& actor, const RetrieveCommand& command,
                                 const std::optional<store::Item>& item) {
  const bool there = sees(actor, item) && !item->ref.empty();
  const auto facts = there ? std::optional(item->facts) : std::nullopt;
  const auto consents =
      there ? consents_of({item->id}, 1 + kOriginalsMax) : Result<std::vector<Consent>>(std::vector<Consent>());
  return policy::decide(tip_.roster, actor, command.body, command.statement, facts,
                        consents ? std::span<const Consent>(*consents) : std::span<const Consent>(), now_);
}

// Of each item: nothing where it is refused; else whether its object rides in the answer, as far as there is room.
std::vector<std::string> Group::contents_of(const RetrieveCommand& command, std::span<const Decision> decisions,
                                            std::span<const std::optional<store::Item>> items) {
  std::vector<std::string> out(items.size());
  auto room = command.inline_bytes_max;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!decisions[i].accepted()) continue;
    if (command.body.scope == Scope::manifest) {
      out[i] = "none";
      continue;
    }
    const auto bytes = items[i]->bytes;
    const bool fits = bytes <= kInlineObjectBytesMax && bytes <= room && store::has_small_object(db_, items[i]->seq);
    if (fits) room -= bytes;
    out[i] = fits ? "inline" : "get";
  }
  return out;
}

// One act on many subjects: an entry, an outcome and a reason for each, in one transaction.
Recorded Group::run(const RetrieveCommand& command) {
  const auto& act = command.act;
  const auto before = consider(act, true);
  if (before.repeated) return *before.repeated;
  if (before.actor == nullptr) return {{}, false, before.reason, 0};

  std::vector<Decision> decisions;
  std::vector<std::optional<store::Item>> items;
  for (const auto& id : command.body.items) {
    items.push_back(store::look_up_item(db_, id));
    decisions.push_back(before.reason == Reason::none ? decide_retrieval(*before.actor, command, items.back())
                                                      : policy::refuse(before.reason));
  }
  const bool any_granted = std::ranges::any_of(decisions, &Decision::accepted);
  const auto contents = contents_of(command, decisions, items);
  Recorded recorded;
  std::optional<Row> row = before.row;
  std::map<Reason, std::size_t> without_subject;  // how many refusals for a reason stand in no item's chain so far
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto subject = chain_of(*before.actor, items[i]);
    const std::size_t nth = subject.empty() ? without_subject[decisions[i].reason]++ : 0;
    if (!any_granted && before.row) {
      if (auto same = refused_as_before(*before.row, decisions[i], subject, nth)) {
        recorded.entries.push_back(std::move(*same));
        continue;
      }
    }
    if (i == 0 || !row) row = act_row(before, act, command.parts, any_granted);
    const bool granted = decisions[i].accepted();
    RetrieveFacts facts{skew(act), std::nullopt, contents[i]};
    if (granted) facts.until = now_ + options_.grant_life;
    if (granted && items[i]->described_again()) facts.described = items[i]->described;
    recorded.entries.push_back(append({act.payload.type,
                                       decisions[i].outcome,
                                       decisions[i].reason,
                                       act.payload.actor,
                                       {command.body.case_id, subject},
                                       act.hash,
                                       *row,
                                       raw_facts(facts)}));
    if (granted) {
      store::insert_release(db_, *row, {recorded.entries.back().seq, command.body.scope, *facts.until}, items[i]->seq,
                            act.payload.actor);
    }
  }
  return recorded;
}

Recorded Group::run(const SearchCommand& command) {
  Recorded recorded;
  recorded.entries.push_back(append({kCatalogueSearch,
                                     Outcome::accepted,
                                     Reason::none,
                                     command.reader,
                                     {command.case_id, ""},
                                     std::nullopt,
                                     std::nullopt,
                                     raw_facts(command.facts)}));
  return recorded;
}

// The retrieve act that a refused request named, if it is the reader's own: another's is nobody's business.
std::optional<crypto::Digest> Group::own_retrieval(const ServeCommand& command) {
  const auto known = command.retrieve_act ? store::find_act(db_, *command.retrieve_act) : std::nullopt;
  const auto act = known ? parse_act(view(known->envelope)) : Result<Act>(fail(ErrorCode::not_found, ""));
  const bool own = act && act->payload.actor == command.reader && act->payload.type == EvidenceRetrieve::kType;
  return own ? command.retrieve_act : std::nullopt;
}

Recorded Group::run(const ServeCommand& command) {
  const auto* const reader = tip_.roster.find(command.reader);
  if (reader == nullptr) return {{}, false, Reason::act_actor_unknown, 0};
  const auto item = store::look_up_item(db_, command.item);
  auto release = sees(*reader, item) && command.retrieve_act
                     ? read_release(db_, *command.retrieve_act, *item, command.reader)
                     : std::nullopt;
  // Given while the clock was ahead: it would live for as long as the clock had jumped.
  if (release && release->until - now_ > options_.grant_life) release.reset();
  const auto what = command.facts.what == "object" ? policy::Serving::object : policy::Serving::answer;
  auto decision = policy::decide_serving(tip_.roster, *reader, facts_of_item(item), what,
                                         command.retrieve_act.has_value(), release, now_);
  if (decision.accepted() && command.refused != Reason::none) decision = policy::refuse(command.refused);
  // An answer that is asked for again was refused or granted before, and that is written down.
  if (!decision.accepted() && what == policy::Serving::answer) return {{}, false, decision.reason, 0};

  const auto subject = chain_of(*reader, item);
  const auto case_id = subject.empty() ? std::nullopt : std::optional(release ? release->case_id : item->case_id);
  const auto act = decision.accepted() ? command.retrieve_act : own_retrieval(command);
  Recorded recorded;
  recorded.entries.push_back(append({kEvidenceServe,
                                     decision.outcome,
                                     decision.reason,
                                     command.reader,
                                     {case_id, subject},
                                     act,
                                     act_row_of(act),
                                     raw_facts(command.facts)}));
  if (decision.accepted()) store::begin_serving(db_, recorded.entries.back().seq);
  return recorded;
}

Recorded Group::run(const ServedCommand& command) {
  const auto bytes = store::entry_bytes(db_, command.facts.serve);
  const auto serve = bytes ? parse_entry(view(*bytes)) : Result<Entry>(fail(ErrorCode::not_found, ""));
  if (!serve || serve->type != kEvidenceServe) return {{}, false, Reason::internal, 0};
  Recorded recorded;
  recorded.entries.push_back(append({kEvidenceServed,
                                     Outcome::accepted,
                                     Reason::none,
                                     serve->actor.value,
                                     {serve->case_id.value, serve->subject},
                                     serve->act.value,
                                     act_row_of(serve->act.value),
                                     raw_facts(command.facts)}));
  store::end_serving(db_, command.facts.serve);
  return recorded;
}

std::optional<Group::Row> Group::act_row_of(const std::optional<crypto::Digest>& act) {
  const auto known = act ? store::find_act(db_, *act) : std::nullopt;
  return known ? std::optional(known->row) : std::nullopt;
}

}  // namespace depone::daemon::ledger
