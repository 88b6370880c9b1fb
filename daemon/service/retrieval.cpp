#include "daemon/service/retrieval.h"

#include <algorithm>
#include <exception>

#include "crypto/item_keys.h"
#include "daemon/ledger/deposited.h"
#include "daemon/service/item_pieces.h"
#include "daemon/store/catalogue_tables.h"
#include "protocol/api/problem.h"
#include "protocol/record/frame.h"

namespace depone::daemon::service {

using namespace protocol::record;
namespace transport = protocol::transport;

namespace {

// What holds of the item by the entry of its retrieval. What was described since is no part of the answer, which would
// contradict its own receipt.
void put_back_to(store::Connection& db, const RetrieveFacts& facts, store::Item& item) {
  item.described = facts.described.value_or(item.seq);
  item.holds = {item.seq, item.seq, item.sensitivity};
  if (!item.described_again()) return;
  const auto bytes = store::entry_bytes(db, item.described);
  item.holds = facts_of<DescribeFacts>(parse_entry(view(bytes.value())).value()).value().holds.value();
}

// An answer, as far as it is decided.
struct Told {
  std::shared_ptr<const policy::Roster> roster;
  const policy::Member* reader;
  const ledger::RetrieveCommand& command;
  const ledger::Recorded& recorded;
  std::span<const std::uint64_t> serves;

  // Whether what was granted of the nth item leaves with this answer.
  bool leaves(std::size_t n) const {
    return recorded.entries[n].outcome == Outcome::accepted && (!recorded.repeated || serves[n] != 0);
  }
};

// Writes what the reader of a retrieval gets, item by item, as pieces of a frame. Runs on the pool.
class AnswerFrame {
 public:
  AnswerFrame(store::Connection& db, const Told& told) : db_(db), told_(told), prover_(db) {}

  void add(std::size_t n) {
    const auto& entry = told_.recorded.entries[n];
    const auto& id = told_.command.body.items[n];
    add_outcome(entry, id);
    if (told_.leaves(n)) add_granted(id, facts_of<RetrieveFacts>(parse_entry(view(entry.bytes)).value()).value());
  }
  void end() { frame_.add("end", {}); }
  std::size_t size() const { return frame_.bytes().size(); }
  Bytes take() { return frame_.take(); }

 private:
  // What is said of an item: its own receipt where the reader may see it, else no more than that nothing is there.
  void add_outcome(const ledger::RecordedEntry& entry, const crypto::EvidenceId& id) {
    frame_.add("item", view(to_text(id)));
    if (entry.reason == Reason::not_found) {
      frame_.add("refusal", view(protocol::api::write_json(protocol::api::problem_of(entry.reason, entry.seq))));
      return;
    }
    Receipt receipt;
    receipt.proof = entry.proof;
    receipt.act.json = told_.command.act.bytes;
    frame_.add("receipt", view(write_receipt(receipt)));
  }

  void add_granted(const crypto::EvidenceId& id, const RetrieveFacts& granted) {
    const auto& body = told_.command.body;
    auto item = store::find_item(db_, id).value();
    put_back_to(db_, granted, item);
    add_said(frame_, prover_, item);
    add_grant(item);
    const auto share_act = add_share(frame_, db_, prover_, item.seq, body.case_id);
    add_part(frame_, db_, "secret", share_act.value_or(item.seq));
    add_part(frame_, db_, "manifest", item.holds.manifest);
    add_part(frame_, db_, "private", item.holds.private_part);
    add_release_share(item);
    if (granted.content == "inline") frame_.add("object", store::small_object(db_, item.seq).value());
  }

  // Most items of an answer are sealed for one epoch, and need the same grant.
  void add_grant(const store::Item& item) {
    const auto* const of = told_.roster->find(told_.command.body.case_id);
    const auto* const placement = item.facts.in(told_.command.body.case_id);
    const auto* const held =
        of == nullptr || placement == nullptr ? nullptr : of->grant_of(told_.reader->id, placement->epoch);
    if (held == nullptr) throw std::runtime_error("a granted item without a grant of its case");
    if (grant_seq_ != held->seq) {
      grant_ = write_receipt(prover_.receipt(held->seq).value());
      grant_seq_ = held->seq;
    }
    frame_.add("grant", view(grant_));
  }

  void add_release_share(const store::Item& item) {
    const auto& body = told_.command.body;
    const auto context = crypto::item_context(told_.roster->genesis(), item.id, item.case_id, item.facts.submitter);
    const auto share = store::release_share_of(db_, item.seq);
    if (!share) throw std::runtime_error("the release share of an item is missing");
    const auto info = crypto::share_info(context, told_.command.act.hash, body.scope);
    const auto& to = told_.reader->seal;
    const auto sealed = body.scope == Scope::content
                            ? crypto::seal(to, info, share->expose())
                            : crypto::seal(to, info, crypto::manifest_share(*share, context).expose());
    if (!sealed) throw std::runtime_error(sealed.error().detail);
    frame_.add("share", *sealed);
  }

  store::Connection& db_;
  const Told& told_;
  ledger::Prover prover_;
  FrameWriter frame_;
  std::optional<std::uint64_t> grant_seq_;
  std::string grant_;
};

// Of the items from `next` on, until it is much; `next` moves on. Runs on the pool.
Bytes some_of_answer(store::Connection& db, const Told& told, std::size_t& next) {
  AnswerFrame frame(db, told);
  const auto items = told.recorded.entries.size();
  for (; next < items && frame.size() < kAnswerWriteBytes; ++next) frame.add(next);
  if (next == items) frame.end();
  return frame.take();
}

// An answer that is given again is logged as a serve for each item whose grant lives: `serves` has the seq of each, or
// 0. A reason where none does, or the archive cannot write it down; what is in `serves` then is to be closed all the
// same.
Awaitable<Reason> serve_again(const Archive& archive, const Caller& caller, const ledger::RetrieveCommand& command,
                              std::vector<std::uint64_t>& serves) {
  Reason reason = Reason::grant_ended;
  for (const auto& id : command.body.items) {
    const auto act = command.act.hash;
    const auto reader = caller->id;
    const auto now = archive.clock.now();
    // The writer decides; this keeps who repeats an act whose grants ended from making it write.
    auto still_lives = [id, act, reader, now](store::Connection& db) {
      const auto item = store::find_item(db, id);
      const auto release = item ? ledger::read_release(db, act, *item, reader) : std::nullopt;
      return release && release->until > now;
    };
    const bool lives = co_await archive.pool.run(std::move(still_lives));
    serves.push_back(0);
    if (!lives) continue;
    ledger::Command serving = ledger::ServeCommand{reader, id, act, ServeFacts{"answer", 0, 0}};
    const auto recorded = co_await record(archive.ledger, std::move(serving));
    if (!recorded) co_return reason_of(recorded.error());
    if (recorded->entries.empty() || recorded->entries.front().outcome != Outcome::accepted) continue;
    serves.back() = recorded->entries.front().seq;
    reason = Reason::none;
  }
  co_return reason;
}

Awaitable<> close_serves(const Archive& archive, std::span<const std::uint64_t> serves, bool completed) {
  for (const auto serve : serves) {
    if (serve == 0) continue;
    const ServedFacts facts{serve, 0, completed ? "completed" : "cut"};
    ledger::Command served = ledger::ServedCommand{facts};
    (void)co_await record(archive.ledger, std::move(served));
  }
}

// False: it was cut.
Awaitable<bool> write_answer(const Archive& archive, Exchange& exchange, const Told& told) {
  transport::ResponseHead head;
  head.fields.push_back({"Content-Type", std::string(kFrameType)});
  Result<> written = co_await exchange.begin(std::move(head));
  for (std::size_t next = 0; written && next < told.recorded.entries.size();) {
    auto some = [&told, &next](store::Connection& db) { return some_of_answer(db, told, next); };
    const Bytes pieces = co_await archive.pool.run(std::move(some));
    written = co_await exchange.write(pieces);
  }
  if (written) written = co_await exchange.finish();
  co_return written.has_value();
}

}  // namespace

Awaitable<> retrieve_items(const Archive& archive, const Caller& caller, Exchange& exchange,
                           ledger::RetrieveCommand command) {
  command.inline_bytes_max = archive.limits.answer_inline_bytes_max;
  ledger::Command asked = command;
  const auto recorded = co_await record(archive.ledger, std::move(asked));
  const bool all_refused =
      !recorded || recorded->entries.empty() ||
      std::ranges::all_of(recorded->entries, [](const auto& entry) { return entry.outcome == Outcome::refused; });
  if (all_refused) {
    co_await answer_recorded(exchange, recorded, command.act.bytes);
    co_return;
  }
  // The writer decided on the roster as it is now, which may know more than the one of when the request began.
  Caller now{archive.ledger.snapshot().roster, nullptr};
  now.member = now.roster->find(caller->id);
  if (now.member == nullptr || !now.member->in_standing()) {
    co_await answer_problem(exchange, Reason::actor_revoked);
    co_return;
  }
  std::vector<std::uint64_t> serves;
  Reason reason = Reason::none;
  if (recorded->repeated) reason = co_await serve_again(archive, now, command, serves);
  bool completed = false;
  std::exception_ptr broken;  // told after the serves are closed
  if (reason == Reason::none) {
    try {
      const Told told{now.roster, now.member, command, *recorded, serves};
      completed = co_await write_answer(archive, exchange, told);
    } catch (...) {
      broken = std::current_exception();
    }
  }
  co_await close_serves(archive, serves, completed);
  if (broken) std::rethrow_exception(broken);
  if (reason != Reason::none) co_await answer_problem(exchange, reason);
}

}  // namespace depone::daemon::service
