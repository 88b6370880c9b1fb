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

// What a granted item's reader gets, as pieces of a frame. Runs on the pool.
Bytes granted_pieces(store::Connection& db, const policy::Roster& roster, const policy::Member& reader,
                     const EvidenceRetrieve& body, const crypto::Digest& act_hash, const crypto::EvidenceId& id,
                     const RetrieveFacts& granted) {
  auto item = store::find_item(db, id).value();
  put_back_to(db, granted, item);
  const auto* const of = roster.find(body.case_id);
  const auto* const placement = item.facts.in(body.case_id);
  const auto* const held = of == nullptr || placement == nullptr ? nullptr : of->grant_of(reader.id, placement->epoch);
  if (held == nullptr) throw std::runtime_error("a granted item without a grant of its case");
  ledger::Prover prover(db);
  FrameWriter frame;
  add_said(frame, prover, item);
  frame.add("grant", view(write_receipt(prover.receipt(held->seq).value())));
  const auto share_act = store::share_of(db, item.seq, body.case_id);
  if (share_act) frame.add("shared", view(write_receipt(prover.receipt(*share_act).value())));
  add_part(frame, db, "secret", share_act.value_or(item.seq));
  add_part(frame, db, "manifest", item.holds.manifest);
  add_part(frame, db, "private", item.holds.private_part);
  const auto context = crypto::item_context(roster.genesis(), item.id, item.case_id, item.facts.submitter);
  const auto share = store::release_share_of(db, item.seq);
  if (!share) throw std::runtime_error("the release share of an item is missing");
  const auto info = crypto::share_info(context, act_hash, body.scope);
  const auto sealed = body.scope == Scope::content
                          ? crypto::seal(reader.seal, info, share->expose())
                          : crypto::seal(reader.seal, info, crypto::manifest_share(*share, context).expose());
  if (!sealed) throw std::runtime_error(sealed.error().detail);
  frame.add("share", *sealed);
  if (granted.content == "inline") frame.add("object", store::small_object(db, item.seq).value());
  return frame.take();
}

// What is said of an item: its own receipt where the reader may see it, else no more than that nothing is there.
void add_outcome(FrameWriter& frame, const ledger::RecordedEntry& entry, const crypto::EvidenceId& id,
                 std::string_view envelope) {
  frame.add("item", view(to_text(id)));
  if (entry.reason == Reason::not_found) {
    frame.add("refusal", view(protocol::api::write_json(protocol::api::problem_of(entry.reason, entry.seq))));
    return;
  }
  Receipt receipt;
  receipt.proof = entry.proof;
  receipt.act.json = envelope;
  frame.add("receipt", view(write_receipt(receipt)));
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

Awaitable<Result<>> write_item(const Archive& archive, const Caller& caller, Exchange& exchange,
                               const ledger::RetrieveCommand& command, const ledger::RecordedEntry& entry,
                               std::size_t index, bool serve) {
  const auto id = command.body.items[index];
  FrameWriter head;
  add_outcome(head, entry, id, command.act.bytes);
  if (auto written = co_await exchange.write(head.bytes()); !written) co_return written;
  if (!serve || entry.outcome != Outcome::accepted) co_return Result<>();
  const auto roster = caller.roster;
  const auto* const reader = caller.member;
  const auto* const body = &command.body;
  const auto act = command.act.hash;
  const auto granted = facts_of<RetrieveFacts>(parse_entry(view(entry.bytes)).value()).value();
  auto gather = [roster, reader, body, act, id, granted](store::Connection& db) {
    return granted_pieces(db, *roster, *reader, *body, act, id, granted);
  };
  const Bytes pieces = co_await archive.pool.run(std::move(gather));
  co_return co_await exchange.write(pieces);
}

}  // namespace

namespace {

// False: it was cut.
Awaitable<bool> write_answer(const Archive& archive, const Caller& caller, Exchange& exchange,
                             const ledger::RetrieveCommand& command, const ledger::Recorded& recorded,
                             std::span<const std::uint64_t> serves) {
  transport::ResponseHead head;
  head.fields.push_back({"Content-Type", std::string(kFrameType)});
  Result<> written = co_await exchange.begin(std::move(head));
  for (std::size_t i = 0; written && i < recorded.entries.size(); ++i) {
    const bool serve = !recorded.repeated || serves[i] != 0;
    written = co_await write_item(archive, caller, exchange, command, recorded.entries[i], i, serve);
  }
  if (written) {
    FrameWriter end;
    end.add("end", {});
    written = co_await exchange.write(end.bytes());
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
      completed = co_await write_answer(archive, now, exchange, command, *recorded, serves);
    } catch (...) {
      broken = std::current_exception();
    }
  }
  co_await close_serves(archive, serves, completed);
  if (broken) std::rethrow_exception(broken);
  if (reason != Reason::none) co_await answer_problem(exchange, reason);
}

}  // namespace depone::daemon::service
