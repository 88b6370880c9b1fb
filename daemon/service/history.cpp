#include "daemon/service/history.h"

#include <algorithm>

#include "daemon/service/catalogue.h"
#include "daemon/service/item_pieces.h"
#include "daemon/service/seen_item.h"
#include "daemon/store/catalogue_tables.h"
#include "protocol/record/frame.h"
#include "protocol/record/receipt.h"

namespace depone::daemon::service {

using namespace protocol::record;
namespace transport = protocol::transport;

namespace {

constexpr std::size_t kWalkTurn = 1024;       // entries walked back in one piece of work
constexpr std::size_t kSendTurn = 16;         // receipts, and parts beside them, in memory at a time
constexpr std::size_t kPageBytes = 16 << 20;  // a page that has as much ends there; a part is at most 1 MiB

struct Looked {
  bool found = false;
  crypto::EvidenceId item;
  crypto::CaseId case_id;
  bool all_acts = false;              // sees all entries
  bool said = false;                  // sees what was said of it
  bool manifests = false;             // and asks for what is sealed of that too
  std::vector<crypto::CaseId> reads;  // cases that it is in: what was done in others names items of those
};

// Runs on the pool.
Looked look(store::Connection& db, const policy::Roster& roster, const policy::Member& reader,
            const std::string& name) {
  Looked out;
  const auto seen = find_seen_item(db, roster, reader, name);
  if (!seen) return out;
  out.found = true;
  out.all_acts = policy::sees_all_entries(reader);
  out.item = seen->item.id;
  out.said = seen->own_or_read;
  out.case_id = seen->through;
  for (const auto& placement : seen->item.facts.placements) {
    const auto* const of = roster.find(placement.case_id);
    if (of != nullptr && policy::sees_catalogue(reader, *of)) out.reads.push_back(placement.case_id);
  }
  return out;
}

// Whether an act names items beside this one.
bool names_others(const std::string& envelope, const crypto::EvidenceId& item) {
  const auto act = parse_act(view(envelope));
  if (!act || act->payload.type != EvidenceRetrieve::kType) return !act;
  const auto body = body_of<EvidenceRetrieve>(*act);
  return !body || std::ranges::any_of(body->items, [&](const auto& one) { return one != item; });
}

// One entry as its asker may see it. Runs on the pool.
void add_entry(FrameWriter& frame, store::Connection& db, ledger::Prover& prover, const Looked& looked,
               std::uint64_t seq) {
  const auto bytes = store::entry_bytes(db, seq).value();
  const auto entry = parse_entry(view(bytes)).value();
  const auto act = store::act_of_entry(db, seq);
  Receipt receipt;
  receipt.proof = prover.prove(seq, bytes);
  const bool reads = entry.case_id && std::ranges::find(looked.reads, *entry.case_id) != looked.reads.end();
  const bool withheld = act && !looked.all_acts && !reads && names_others(act->envelope, looked.item);
  if (act && !withheld) receipt.act.json = act->envelope;
  frame.add("receipt", view(write_receipt(receipt)));
  const bool shown = (reads && entry.type == EvidenceRetrieve::kType) ||
                     (looked.said && (entry.type == EvidenceSubmit::kType || entry.type == EvidenceDescribe::kType));
  if (shown) add_part(frame, db, "private", seq);
  const bool taken = entry.outcome != Outcome::refused && entry.type != EvidenceRetrieve::kType;
  if (shown && taken && looked.manifests) add_part(frame, db, "manifest", seq);
}

// The entries on the item that are later than `after`, oldest first.
Awaitable<std::vector<std::uint64_t>> entries_after(const Archive& archive, const Looked& looked,
                                                    std::optional<std::uint64_t> after) {
  const auto subject = subject_of(looked.item);
  auto find_end = [subject](store::Connection& db) {
    const auto known = store::find_subject(db, subject);
    return known ? known->last_seq : std::nullopt;
  };
  auto next = co_await archive.pool.run(std::move(find_end));
  std::vector<std::uint64_t> out;
  struct Walked {
    std::vector<std::uint64_t> seqs;
    std::optional<std::uint64_t> next;
  };
  while (next) {
    auto walk = [after, from = next](store::Connection& db) {
      Walked walked{{}, from};
      walked.seqs = store::walk_back(db, walked.next, after, kWalkTurn);
      return walked;
    };
    const auto walked = co_await archive.pool.run(std::move(walk));
    out.insert(out.end(), walked.seqs.begin(), walked.seqs.end());
    next = walked.next;
  }
  std::ranges::reverse(out);
  co_return out;
}

}  // namespace

Awaitable<> item_history(const Archive& archive, const Caller& caller, Exchange& exchange,
                         const protocol::api::Target& target, std::string item) {
  const auto after_text = target.find("after");
  const auto after = number_in(after_text);
  if (!after) {
    co_await answer_problem(exchange, Reason::request_malformed);
    co_return;
  }
  const auto roster = caller.roster;
  const auto* const reader = caller.member;
  auto look_up = [roster, reader, item](store::Connection& db) { return look(db, *roster, *reader, item); };
  auto looked = co_await archive.pool.run(std::move(look_up));
  looked.manifests = looked.said && target.find("manifests").has_value();
  const SearchFacts facts{looked.found ? "item" : "unknown", 1, looked.found ? 1u : 0u};
  const auto of_case = looked.found ? std::optional(looked.case_id) : std::nullopt;
  const bool logged = co_await log_search(archive, caller, exchange, facts, of_case);
  if (!logged) co_return;
  if (!looked.found) {
    co_await answer_problem(exchange, Reason::not_found);
    co_return;
  }
  auto seqs = co_await entries_after(archive, looked, after_text ? after : std::nullopt);
  const auto all = seqs.size();
  seqs.resize(std::min(all, archive.limits.history_entries_max));

  transport::ResponseHead head;
  head.fields.push_back({"Content-Type", std::string(kFrameType)});
  if (!co_await exchange.begin(std::move(head))) co_return;
  std::size_t at = 0;  // entries sent
  for (std::size_t bytes = 0; at < seqs.size() && bytes < kPageBytes;) {
    const std::vector<std::uint64_t> turn(
        seqs.begin() + static_cast<std::ptrdiff_t>(at),
        seqs.begin() + static_cast<std::ptrdiff_t>(std::min(at + kSendTurn, seqs.size())));
    auto read_some = [turn, looked](store::Connection& db) {
      FrameWriter frame;
      ledger::Prover prover(db);
      for (const auto seq : turn) add_entry(frame, db, prover, looked, seq);
      return frame.take();
    };
    const Bytes some = co_await archive.pool.run(std::move(read_some));
    if (!co_await exchange.write(some)) co_return;
    at += turn.size();
    bytes += some.size();
  }
  FrameWriter end;
  const std::string next = at < all ? std::to_string(seqs[at - 1]) : "";
  end.add("end", view(next));
  const auto written = co_await exchange.write(end.bytes());
  if (written) (void)co_await exchange.finish();
}

}  // namespace depone::daemon::service
