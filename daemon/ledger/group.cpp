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

// How an act that was taken was answered: its latest entry on each subject, in order. Refusals of earlier tries, and
// the entries of serving it later, are not the answer.
Recorded Group::answer_of(Row act, std::string_view type) {
  Recorded answer;
  answer.repeated = true;
  std::vector<std::string> subjects;
  const auto entries = store::entries_of_act(db_, act);
  for (auto seq = entries.rbegin(); seq != entries.rend(); ++seq) {
    auto bytes = store::entry_bytes(db_, *seq).value();
    const Entry entry = parse_entry(view(bytes)).value();
    const bool known = std::ranges::find(subjects, entry.subject) != subjects.end();
    if (entry.type != type || entry.subject.empty() || known) continue;
    subjects.push_back(entry.subject);
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
      Recorded repeated = answer_of(known->row, act.payload.type);
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
Recorded Group::refused_as_before(Row act, const Decision& decision, std::string_view subject) {
  Recorded recorded;
  for (const auto seq : store::entries_of_act(db_, act)) {
    auto bytes = store::entry_bytes(db_, seq).value();
    const Entry entry = parse_entry(view(bytes)).value();
    if (entry.outcome != Outcome::refused || entry.reason != code(decision.reason) || entry.subject != subject)
      continue;
    recorded.repeated = true;
    recorded.entries = {{seq, std::move(bytes), entry.outcome, decision.reason, {}}};
  }
  return recorded;
}

template <class Decide, class Facts, class Accept>
Recorded Group::record_act(const ActIn& in, Decide decide, Facts facts, Accept accept) {
  const auto before = consider(in.act, in.act.payload.type != EvidenceSubmit::kType);
  if (before.repeated) return *before.repeated;
  if (before.actor == nullptr) return {{}, false, before.reason, 0};  // nobody else can grow the log
  const Decision decision = before.reason == Reason::none ? decide(*before.actor) : policy::refuse(before.reason);
  if (decision.outcome == Outcome::refused && before.row) {
    auto same = refused_as_before(*before.row, decision, in.about.subject);
    if (same.repeated) return same;
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
          const auto found = store::find_item(db_, original.item);
          originals.push_back(found ? std::optional(policy::OriginalItem{found->case_id, found->sensitivity})
                                    : std::nullopt);
        }
        const auto decision = policy::decide(tip_.roster, actor, body, originals);
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

// One act on many subjects: an entry, an outcome and a reason for each, in one transaction.
Recorded Group::run(const RetrieveCommand& command) {
  const auto& act = command.act;
  const auto before = consider(act, true);
  if (before.repeated) return *before.repeated;
  if (before.actor == nullptr) return {{}, false, before.reason, 0};

  std::vector<Decision> decisions;
  std::vector<std::optional<store::Item>> items;
  bool any_granted = false;
  for (const auto& id : command.body.items) {
    items.push_back(store::find_item(db_, id));
    decisions.push_back(before.reason == Reason::none ? decide_retrieval(*before.actor, command, items.back())
                                                      : policy::refuse(before.reason));
    any_granted = any_granted || decisions.back().accepted();
  }
  Recorded recorded;
  std::optional<Row> row = before.row;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto about = about_item(command.body.case_id, command.body.items[i]);
    if (!any_granted && before.row) {
      if (auto same = refused_as_before(*before.row, decisions[i], about.subject); same.repeated) {
        recorded.entries.push_back(std::move(same.entries.front()));
        continue;
      }
    }
    if (i == 0 || !row) row = act_row(before, act, command.parts, any_granted);
    const bool granted = decisions[i].accepted();
    RetrieveFacts facts{skew(act), std::nullopt, ""};
    if (granted) {
      facts.until = now_ + options_.grant_life;
      facts.content = command.body.scope == Scope::manifest ? "none" : command.inline_content[i] ? "inline" : "get";
    }
    recorded.entries.push_back(append({act.payload.type, decisions[i].outcome, decisions[i].reason, act.payload.actor,
                                       about, act.hash, *row, raw_facts(facts)}));
    if (granted) {
      store::insert_release(db_, *row, {recorded.entries.back().seq, command.body.scope, *facts.until}, items[i]->seq,
                            act.payload.actor);
    }
  }
  return recorded;
}

Decision Group::decide_retrieval(const policy::Member& actor, const RetrieveCommand& command,
                                 const std::optional<store::Item>& item) {
  std::optional<policy::ItemFacts> facts;
  Consent consent;
  if (item && !item->ref.empty()) {
    facts = policy::ItemFacts{item->case_id, item->epoch, item->submitter};
    const auto submit = store::act_of_entry(db_, item->seq);
    const auto part = submit ? store::part_of(db_, submit->row, "private") : std::nullopt;
    auto parsed = part ? parse_form<SubmitPrivate>(*part, "the private part")
                       : Result<SubmitPrivate>(fail(ErrorCode::not_found, ""));
    if (!parsed)
      throw std::runtime_error(fmt::format("the private part of entry {} cannot be read from the database", item->seq));
    consent = std::move(parsed->consent);
  }
  return policy::decide(tip_.roster, actor, command.body, command.statement, facts, consent, now_);
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

Recorded Group::run(const ServeCommand& command) {
  Recorded recorded;
  recorded.entries.push_back(append({kEvidenceServe, Outcome::accepted, Reason::none, command.reader,
                                     about_item(command.case_id, command.item), command.retrieve_act,
                                     act_row_of(command.retrieve_act), raw_facts(command.facts)}));
  store::begin_serving(db_, recorded.entries.back().seq);
  return recorded;
}

Recorded Group::run(const ServedCommand& command) {
  Recorded recorded;
  recorded.entries.push_back(append({kEvidenceServed, Outcome::accepted, Reason::none, command.reader,
                                     about_item(command.case_id, command.item), command.retrieve_act,
                                     act_row_of(command.retrieve_act), raw_facts(command.facts)}));
  store::end_serving(db_, command.facts.serve);
  return recorded;
}

std::optional<Group::Row> Group::act_row_of(const std::optional<crypto::Digest>& act) {
  const auto known = act ? store::find_act(db_, *act) : std::nullopt;
  return known ? std::optional(known->row) : std::nullopt;
}

}  // namespace depone::daemon::ledger
