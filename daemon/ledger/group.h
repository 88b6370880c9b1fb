// One group of commands inside one transaction: decides each on the state so far, and writes what comes of it. The
// writer throws a group away whole when it cannot be committed.
#pragma once

#include "crypto/log/tile.h"
#include "daemon/ledger/commands.h"
#include "daemon/ledger/ledger.h"
#include "daemon/store/catalogue_tables.h"
#include "daemon/store/roster_tables.h"
#include "protocol/record/entry_of_act.h"

namespace depone::daemon::ledger {

// The state that the next entry follows from. A value.
struct Tip {
  crypto::log::TreeEdge edge;
  crypto::Digest last_leaf;
  protocol::record::TimePoint last_at;
  policy::Roster roster;
};

// What is kept of an item is not what was signed: nothing may be decided on it.
void tell_damage(const store::Item& item, const Error& error);

class Group {
 public:
  Group(store::Connection& db, Tip& tip, const LedgerOptions& options, protocol::record::TimePoint now)
      : db_(db),
        tip_(tip),
        options_(options),
        now_(now) {}

  Recorded execute(const Command& command);

 private:
  using Row = store::Row;
  struct Draft {
    std::string_view type;
    protocol::record::Outcome outcome = protocol::record::Outcome::accepted;
    protocol::record::Reason reason = protocol::record::Reason::none;
    std::optional<crypto::KeyId> actor;
    protocol::record::About about;
    std::optional<crypto::Digest> act;
    std::optional<Row> act_row;
    protocol::record::RawObject facts;
  };
  RecordedEntry append(const Draft& draft);

  Recorded run(const SubmitCommand& command);
  Recorded run(const DescribeCommand& command);
  Recorded run(const ShareCommand& command);
  Recorded run(const EnrolCommand& command);
  Recorded run(const RevokeCommand& command);
  Recorded run(const OpenCaseCommand& command);
  Recorded run(const GrantCommand& command);
  Recorded run(const RetrieveCommand& command);
  Recorded run(const RefuseCommand& command);
  Recorded run(const SearchCommand& command);
  Recorded run(const ServeCommand& command);
  Recorded run(const ServedCommand& command);

  // What is decided of every act before its own rules: an answer that was given before, or a reason to refuse.
  struct Before {
    std::optional<Recorded> repeated;
    std::optional<Row> row;  // of an act that was refused before
    protocol::record::Reason reason = protocol::record::Reason::none;
    const policy::Member* actor = nullptr;
  };
  Before consider(const protocol::record::Act& act, bool must_be_fresh);
  Recorded answer_of(Row row, const protocol::record::Act& act);
  protocol::record::Reason check_seen(const protocol::record::Act& act, bool must_be_fresh);
  struct ActIn {
    const protocol::record::Act& act;
    const std::vector<Part>& parts;
    protocol::record::About about;
  };
  // Records one act with one subject: what is decided, the entry's facts, and what an act that is taken changes.
  template <class Decide, class Facts, class Accept>
  Recorded record_act(const ActIn& in, Decide decide, Facts facts, Accept accept);
  bool sees(const policy::Member& actor, const std::optional<store::Item>& item) const;
  policy::OriginalItem original_of(const store::Item& item);
  // The consents that bind what comes from these items: theirs, and those of all that they come from. damaged: one
  // cannot be believed. too_large: there are more than `most`.
  Result<std::vector<protocol::record::Consent>> consents_of(std::vector<crypto::EvidenceId> items, std::size_t most);
  policy::Decision decide_retrieval(const policy::Member& actor, const RetrieveCommand& command,
                                    const std::optional<store::Item>& item);
  std::vector<std::string> contents_of(const RetrieveCommand& command, std::span<const policy::Decision> decisions,
                                       std::span<const std::optional<store::Item>> items);
  std::string chain_of(const policy::Member& actor, const std::optional<store::Item>& item);
  // What an entry on this item is about, to its actor: nothing, where they may not see it.
  protocol::record::About about_seen(const protocol::record::Act& act, const crypto::CaseId& case_id,
                                     const std::optional<store::Item>& item);
  std::optional<crypto::Digest> own_retrieval(const ServeCommand& command);
  // The refusal of the same bytes for the same reason, if there was one: the `nth` of them, from 0.
  std::optional<RecordedEntry> refused_as_before(Row act, const policy::Decision& decision, std::string_view subject,
                                                 std::size_t nth = 0);
  Row act_row(const Before& before, const protocol::record::Act& act, const std::vector<Part>& parts, bool taken);
  std::optional<Row> act_row_of(const std::optional<crypto::Digest>& act);
  std::int64_t skew(const protocol::record::Act& act) const;

  store::Connection& db_;
  Tip& tip_;
  const LedgerOptions& options_;
  protocol::record::TimePoint now_;
};

constexpr std::size_t kOriginalsMax = 64;  // items that one comes from, directly or through others

template <class Decide, class Facts, class Accept>
Recorded Group::record_act(const ActIn& in, Decide decide, Facts facts, Accept accept) {
  const auto before = consider(in.act, in.act.payload.type != protocol::record::EvidenceSubmit::kType);
  if (before.repeated) return *before.repeated;
  if (before.actor == nullptr) return {{}, false, before.reason, 0};  // nobody else can grow the log
  const policy::Decision decision =
      before.reason == protocol::record::Reason::none ? decide(*before.actor) : policy::refuse(before.reason);
  if (decision.outcome == protocol::record::Outcome::refused && before.row) {
    if (auto same = refused_as_before(*before.row, decision, in.about.subject)) {
      Recorded repeated;
      repeated.repeated = true;
      repeated.entries.push_back(std::move(*same));
      return repeated;
    }
  }
  const bool taken = decision.outcome != protocol::record::Outcome::refused;
  const Row row = act_row(before, in.act, in.parts, taken);
  Recorded recorded;
  recorded.entries.push_back(append({in.act.payload.type, decision.outcome, decision.reason, in.act.payload.actor,
                                     in.about, in.act.hash, row, facts(decision)}));
  if (taken) accept(row, recorded.entries.back().seq, decision);
  return recorded;
}

}  // namespace depone::daemon::ledger
