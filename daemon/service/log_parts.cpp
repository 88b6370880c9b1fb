#include "daemon/service/log_parts.h"

#include <algorithm>

#include "crypto/log/tile.h"
#include "daemon/service/catalogue.h"
#include "daemon/store/log_tables.h"
#include "protocol/record/entry_of_act.h"
#include "protocol/record/frame.h"

namespace depone::daemon::service {

using namespace protocol::record;
namespace transport = protocol::transport;

namespace {

constexpr std::size_t kTurnBytes = 256 * 1024;  // in memory at a time, and the parts of one entry

// An act that was taken, with what it commits to.
struct TakenAct {
  Entry entry;
  store::Row row = 0;
  crypto::KeyId actor;
  PartList parts;
};

bool takes(const Entry& entry) { return entry.act && entry.outcome != Outcome::refused && !is_serving(entry); }

// The entry, where it can be read: what cannot, the auditor finds in the entry itself.
std::optional<Entry> entry_at(store::Connection& db, std::uint64_t seq) {
  const auto bytes = store::entry_bytes(db, seq);
  auto entry = bytes ? parse_entry(view(*bytes)) : Result<Entry>(fail(ErrorCode::not_found, ""));
  return entry ? std::optional(std::move(*entry)) : std::nullopt;
}

PartList parts_of_card(store::Connection& db, std::uint64_t enrolled) {
  auto query = db.prepare("SELECT card FROM members WHERE member = ?");
  if (!query.bind(enrolled).step()) return {};
  const auto card = parse_card(query.bytes(0));
  return card ? card->body().parts : PartList{};
}

// The act of an entry that is the first to take it.
std::optional<TakenAct> act_taken_by(store::Connection& db, std::uint64_t seq) {
  auto entry = entry_at(db, seq);
  if (!entry || !takes(*entry)) return std::nullopt;
  const auto stored = store::act_of_entry(db, seq);
  const auto act = stored ? parse_act(view(stored->envelope)) : Result<Act>(fail(ErrorCode::not_found, ""));
  if (!act || act->hash != *entry->act) return std::nullopt;
  for (const auto other : store::entries_of_act(db, stored->row)) {
    if (other >= seq) break;
    const auto earlier = entry_at(db, other);
    if (earlier && takes(*earlier)) return std::nullopt;
  }
  auto parts = entry->type == MemberEnrol::kType ? parts_of_card(db, seq) : parts_in(act->payload.body);
  return TakenAct{std::move(*entry), stored->row, act->payload.actor, std::move(parts)};
}

void add_parts(FrameWriter& frame, store::Connection& db, const policy::Roster& roster, const policy::Member& asker,
               std::uint64_t seq) {
  const auto taken = act_taken_by(db, seq);
  if (!taken || taken->parts.empty()) return;
  const auto* const of = taken->entry.case_id ? roster.find(*taken->entry.case_id) : nullptr;
  frame.add("parts", view(std::to_string(seq)));
  for (const auto& [name, commitment] : taken->parts.entries) {
    const auto bytes = store::part_of(db, taken->row, name);
    // What no frame can hold is not the part that was taken in one.
    if (!bytes || bytes->size() > piece_bytes_max(name).value_or(0))
      frame.add("missing", view(name));
    else if (policy::sees_part(asker, taken->entry.type, name, of, taken->actor))
      frame.add(name, *bytes);
    else
      frame.add("withheld", view(name));
  }
}

struct Turn {
  Bytes frame;
  std::uint64_t next = 0;
};
// As many entries as fill a turn. Runs on the pool.
Turn read_turn(store::Connection& db, const policy::Roster& roster, const policy::Member& asker, std::uint64_t from,
               std::uint64_t to) {
  FrameWriter frame;
  auto at = from;
  for (; at < to && frame.bytes().size() < kTurnBytes; ++at) add_parts(frame, db, roster, asker, at);
  return {frame.take(), at};
}

}  // namespace

Awaitable<> log_parts(const Archive& archive, const Caller& caller, Exchange& exchange,
                      const protocol::api::Target& target) {
  if (!policy::sees_all_entries(*caller.member)) {
    co_await answer_problem(exchange, Reason::not_found);
    co_return;
  }
  const auto from = number_in(target.find("from")), to = number_in(target.find("to"));
  if (!from || !to || *from >= *to || *to - *from > crypto::log::kTileWidth || *to > archive.ledger.snapshot().size) {
    co_await answer_problem(exchange, Reason::request_malformed);
    co_return;
  }
  const SearchFacts facts{"parts", 0, *to - *from};
  const bool logged = co_await log_search(archive, caller, exchange, facts);
  if (!logged) co_return;

  transport::ResponseHead head;
  head.fields.push_back({"Content-Type", std::string(kFrameType)});
  if (!co_await exchange.begin(std::move(head))) co_return;
  const auto roster = caller.roster;
  const auto* const asker = caller.member;
  for (std::uint64_t at = *from; at < *to;) {
    auto read_some = [roster, asker, at, to = *to](store::Connection& db) {
      return read_turn(db, *roster, *asker, at, to);
    };
    const Turn turn = co_await archive.pool.run(std::move(read_some));
    at = turn.next;
    if (turn.frame.empty()) continue;
    if (!co_await exchange.write(turn.frame)) co_return;
  }
  FrameWriter end;
  end.add("end", {});
  const auto written = co_await exchange.write(end.bytes());
  if (written) (void)co_await exchange.finish();
}

}  // namespace depone::daemon::service
