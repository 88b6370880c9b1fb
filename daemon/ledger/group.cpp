#include "daemon/ledger/group.h"

#include <algorithm>

#include <fmt/format.h>

namespace depone::daemon::ledger {

using namespace protocol::record;
using policy::Decision;

Recorded Group::execute(const Command& command) {
  return std::visit([this](const auto& one) { return run(one); }, command);
}

RecordedEntry Group::append(const Draft& draft) {
  Entry entry;
  entry.seq = tip_.edge.size();
  entry.at = std::max(now_, tip_.last_at);  // never decreases, whatever the clock does
  entry.prev = tip_.last_leaf;
  entry.type = draft.type;
  entry.outcome = draft.outcome;
  entry.reason = code(draft.reason);
  entry.actor = draft.actor;
  entry.case_id = draft.about.case_id;
  entry.subject = draft.about.subject;
  std::optional<Row> subject_row;
  if (!draft.about.subject.empty()) {
    if (const auto known = store::find_subject(db_, draft.about.subject)) entry.before = known->last_seq;
    subject_row = store::touch_subject(db_, draft.about.subject, entry.seq);
  }
  entry.roster = tip_.roster.head();
  entry.act = draft.act;
  entry.salt = crypto::random_fixed<crypto::Salt16>();
  entry.facts = draft.facts;

  RecordedEntry recorded{entry.seq, write_form(entry), draft.outcome, draft.reason, {}};
  tip_.last_leaf = crypto::log::leaf_hash(view(recorded.bytes));
  tip_.last_at = entry.at;
  tip_.edge.append(tip_.last_leaf);
  store::insert_entry(db_, entry.seq, draft.act_row, subject_row, recorded.bytes);
  return recorded;
}

std::int64_t Group::skew(const Act& act) const {
  return (std::max(now_, tip_.last_at) - act.payload.issued_at).count();
}

// Whether what the actor had seen is part of this log's history and, where it must be, recent.
Reason Group::check_seen(const Act& act, bool must_be_fresh) {
  const auto& seen = act.payload.seen;
  if (seen.size > tip_.edge.size()) return Reason::act_seen_ahead;
  const auto checkpoint = store::checkpoint_of_size(db_, seen.size);
  if (!checkpoint || checkpoint->root != seen.root) return Reason::act_seen_unknown;
  if (!must_be_fresh) return Reason::none;
  // It was the head until the next checkpoint came.
  const auto next = store::first_checkpoint_over(db_, seen.size);
  return next && now_ - next->at > options_.seen_fresh ? Reason::act_stale : Reason::none;
}

// How an act that was taken was answered: by the last entries of its type, one for each subject. Refusals of earlier
// tries come before them, and the entries of serving it later are of another type.
Recorded Group::answer_of(Row row, const Act& act) {
  std::size_t subjects = 1;
  if (act.payload.type == EvidenceRetrieve::kType) subjects = body_of<EvidenceRetrieve>(act).value().items.size();
  Recorded answer;
  answer.repeated = true;
  const auto entries = store::entries_of_act(db_, row);
  for (auto seq = entries.rbegin(); seq != entries.rend() && answer.entries.size() < subjects; ++seq) {
    auto bytes = store::entry_bytes(db_, *seq).value();
    const Entry entry = parse_entry(view(bytes)).value();
    if (entry.type != act.payload.type) continue;
    const auto reason = reason_from_code(entry.reason).value_or(Reason::none);
    answer.entries.push_back({*seq, std::move(bytes), entry.outcome, reason, {}});
  }
  std::ranges::reverse(answer.entries);
  return answer;
}

Group::Before Group::consider(const Act& act, bool must_be_fresh) {
  Before before;
  before.actor = tip_.roster.find(act.payload.actor);
  if (const auto known = store::find_act(db_, act.hash)) {
    before.row = known->row;
    if (known->taken) {
      Recorded repeated = answer_of(known->row, act);
      before.repeated = std::move(repeated);
      return before;
    }
  }
  if (before.actor == nullptr)
    before.reason = Reason::act_actor_unknown;
  else if (act.payload.archive != tip_.roster.genesis())
    before.reason = Reason::act_wrong_archive;
  else if (store::act_id_taken(db_, act.payload.actor, act.payload.id, act.hash))
    before.reason = Reason::act_id_reused;
  else
    before.reason = check_seen(act, must_be_fresh);
  return before;
}

Group::Row Group::act_row(const Before& before, const Act& act, const std::vector<Part>& parts, bool taken) {
  Row row = 0;
  if (before.row) {
    row = *before.row;
    if (taken) store::mark_taken(db_, row);
  } else {
    row = store::insert_act(db_, act, taken);
  }
  if (taken) {
    for (const auto& part : parts) store::insert_part(db_, row, part.name, part.bytes);
  }
  return row;
}

// The same bytes refused for the same reason get the same entry: a refused member cannot grow the log by repeating.
std::optional<RecordedEntry> Group::refused_as_before(Row act, const Decision& decision, std::string_view subject,
                                                      std::size_t nth) {
  std::vector<RecordedEntry> same;
  for (const auto seq : store::entries_of_act(db_, act)) {
    auto bytes = store::entry_bytes(db_, seq).value();
    const Entry entry = parse_entry(view(bytes)).value();
    if (entry.outcome == Outcome::refused && entry.reason == code(decision.reason) && entry.subject == subject)
      same.push_back({seq, std::move(bytes), entry.outcome, decision.reason, {}});
  }
  if (nth >= same.size()) return std::nullopt;
  return std::move(same[nth]);
}

template <class Decide, class Facts, class Accept>
Recorded Group::record_act(const ActIn& in, Decide decide, Facts facts, Accept accept) {
  const auto before = consider(in.act, in.act.payload.type != EvidenceSubmit::kType);
  if (before.repeated) return *before.repeated;
  if (before.actor == nullptr) return {{}, false, before.reason, 0};  // nobody else can grow the log
  const Decision decision = before.reason == Reason::none ? decide(*before.actor) : policy::refuse(before.reason);
  if (decision.outcome == Outcome::refused && before.row) {
    if (auto same = refused_as_before(*before.row, decision, in.about.subject)) {
      Recorded repeated;
      repeated.repeated = true;
      repeated.entries.push_back(std::move(*same));
      return repeated;
    }
  }
  const bool taken = decision.outcome != Outcome::refused;
  const Row row = act_row(before, in.act, in.parts, taken);
  Recorded recorded;
  recorded.entries.push_back(append({in.act.payload.type, decision.outcome, decision.reason, in.act.payload.actor,
                                     in.about, in.act.hash, row, facts(decision)}));
  if (taken) accept(row, recorded.entries.back().seq, decision);
  return recorded;
}

Recorded Group::run(const EnrolCommand& command) {
  return record_act(
      {command.act, command.parts, about_member(command.card.id())},
      [&](const policy::Member& actor) { return policy::decide(tip_.roster, actor, command.body, command.card); },
      [&](const Decision&) { return raw_facts(ActFacts{skew(command.act)}); },
      [&](Row, std::uint64_t seq, const Decision&) {
        tip_.roster.enrol(command.card, command.body, seq);
        store::insert_member(db_, *tip_.roster.find(command.card.id()), command.card.envelope);
      });
}

Recorded Group::run(const RevokeCommand& command) {
  return record_act(
      {command.act, {}, about_member(command.body.member)},
      [&](const policy::Member& actor) { return policy::decide(tip_.roster, actor, command.body); },
      [&](const Decision&) { return raw_facts(ActFacts{skew(command.act)}); },
      [&](Row, std::uint64_t seq, const Decision&) {
        tip_.roster.revoke(command.body, seq);
        store::mark_revoked(db_, command.body.member, seq);
      });
}

Recorded Group::run(const OpenCaseCommand& command) {
  return record_act(
      {command.act, command.parts, about_case(command.body.case_id)},
      [&](const policy::Member& actor) { return policy::decide(tip_.roster, actor, command.body); },
      [&](const Decision&) { return raw_facts(ActFacts{skew(command.act)}); },
      [&](Row, std::uint64_t seq, const Decision&) {
        tip_.roster.open(command.body, command.act.payload.actor, seq);
        const auto& opened = *tip_.roster.find(command.body.case_id);
        store::insert_case(db_, opened);
        for (const auto& grant : opened.grants) store::insert_grant(db_, opened.id, grant);
      });
}

Recorded Group::run(const GrantCommand& command) {
  return record_act(
      {command.act, {}, about_case(command.body.case_id)},
      [&](const policy::Member& actor) { return policy::decide(tip_.roster, actor, command.body); },
      [&](const Decision&) { return raw_facts(ActFacts{skew(command.act)}); },
      [&](Row, std::uint64_t seq, const Decision&) {
        tip_.roster.grant(command.body, seq);
        store::insert_grant(db_, command.body.case_id, tip_.roster.find(command.body.case_id)->grants.back());
      });
}

Recorded Group::run(const SubmitCommand& command) {
  const auto& body = command.body;
  const auto item = crypto::item_id(tip_.roster.genesis(), command.act.payload.actor, body.nonce);
  std::optional<std::uint64_t> number;
  return record_act(
      {command.act, command.parts, about_item(body.case_id, item)},
      [&](const policy::Member& actor) {
        std::vector<std::optional<policy::OriginalItem>> originals;
        for (const auto& original : body.derived_from) {
          const auto found = store::look_up_item(db_, original.item);
          originals.push_back(sees(actor, found) ? std::optional(original_of(*found)) : std::nullopt);
        }
        const auto decision = policy::decide(tip_.roster, actor, body, command.private_part.consent, originals);
        if (decision.outcome == Outcome::refused) return decision;
        if (store::find_item(db_, item)) return policy::refuse(Reason::item_exists);
        if (store::object_is_known(db_, body.object.sha256)) return policy::refuse(Reason::object_exists);
        return decision;
      },
      [&](const Decision& decision) {
        SubmitFacts facts;
        facts.skew_ms = skew(command.act);
        if (decision.accepted()) {
          const auto& of = *tip_.roster.find(body.case_id);
          number = store::take_item_number(db_, body.case_id);
          facts.ref = item_ref(of.prefix, *number);
          facts.epoch = body.epoch == of.current_epoch() ? "current" : "superseded";
        }
        if (command.courier != command.act.payload.actor) facts.courier = command.courier;
        return raw_facts(facts);
      },
      [&](Row, std::uint64_t seq, const Decision&) {
        store::insert_item(db_, {seq, item, body, command.private_part, command.act.payload.actor, number});
        store::insert_release_share(db_, seq, command.release_share);
        if (!command.small_object.empty()) store::insert_object(db_, seq, command.small_object);
      });
}

Recorded Group::run(const RefuseCommand& command) {
  const auto& act = command.act;
  // The archive's own types have facts of their own: a refusal of that name could not be read back.
  if (!act_type_is_known(act.payload.type)) return {{}, false, command.reason, 0};
  return record_act(
      {act, {}, {}}, [&](const policy::Member&) { return policy::refuse(command.reason); },
      [&](const Decision&) {
        if (act.payload.type == EvidenceSubmit::kType) return raw_facts(SubmitFacts{skew(act), "", "", std::nullopt});
        if (act.payload.type == EvidenceRetrieve::kType) return raw_facts(RetrieveFacts{skew(act), std::nullopt, ""});
        return raw_facts(ActFacts{skew(act)});
      },
      [](Row, std::uint64_t, const Decision&) {});
}

}  // namespace depone::daemon::ledger
