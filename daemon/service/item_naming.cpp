#include "daemon/service/item_naming.h"

#include <algorithm>
#include <map>

#include "daemon/service/item_pieces.h"
#include "daemon/service/seen_item.h"
#include "protocol/api/problem.h"

namespace depone::daemon::service {

using namespace protocol::record;
namespace api = protocol::api;
namespace transport = protocol::transport;

namespace {

constexpr std::size_t kRequestBytesMax = kNamesMax * (1 + 4 + 4 + kItemNameBytesMax);  // docs/FORMAT.md "Frames"

using Found = std::vector<std::optional<SeenItem>>;  // one a name, in order

// What was looked at in each case, and how many names were of nothing that the asker may see.
std::vector<ledger::Command> looks_at(const Found& found, const crypto::KeyId& reader) {
  std::map<crypto::CaseId, std::uint64_t> seen;
  std::uint64_t unknown = 0;
  for (const auto& one : found) ++(one ? seen[one->through] : unknown);
  std::vector<ledger::Command> out;
  for (const auto& [case_id, number] : seen)
    out.emplace_back(ledger::SearchCommand{reader, {"item", number, number}, case_id});
  if (unknown > 0) out.emplace_back(ledger::SearchCommand{reader, {"unknown", unknown, 0}, std::nullopt});
  return out;
}

// What the names from `next` on are of, until it is much; `next` moves on. Runs on the pool.
Bytes named(store::Connection& db, const Found& found, std::size_t& next) {
  ledger::Prover prover(db);
  FrameWriter frame;
  for (; next < found.size() && frame.bytes().size() < kAnswerWriteBytes; ++next) {
    const auto& one = found[next];
    if (!one) {
      frame.add("refusal", view(api::write_json(api::problem_of(Reason::not_found))));
      continue;
    }
    frame.add("item", view(to_text(one->item.id)));
    add_receipt(frame, prover, "submit", one->item.seq);
    add_share(frame, db, prover, one->item.seq, one->through);
  }
  if (next == found.size()) frame.add("end", {});
  return frame.take();
}

}  // namespace

Awaitable<> name_items(const Archive& archive, const Caller& caller, Exchange& exchange) {
  Body body(archive.capacity, caller->id);
  if (!co_await read_body(exchange, kRequestBytesMax, body)) co_return;
  const auto names = parse_list(body.bytes, "name", kNamesMax);
  if (!names) {
    co_await answer_problem(exchange, Reason::request_malformed);
    co_return;
  }
  const auto roster = caller.roster;
  const auto* const reader = caller.member;
  auto look = [roster, reader, names = *names](store::Connection& db) {
    Found out;
    for (const auto& name : names) out.push_back(find_seen_item(db, *roster, *reader, std::string(text_view(name))));
    return out;
  };
  const Found found = co_await archive.pool.run(std::move(look));
  auto looks = looks_at(found, caller->id);
  const auto recorded = co_await record_all(archive.ledger, std::move(looks));
  for (const auto& one : recorded) {
    if (one) continue;
    co_await answer_problem(exchange, reason_of(one.error()));
    co_return;
  }
  transport::ResponseHead head;
  head.fields.push_back({"Content-Type", std::string(kFrameType)});
  Result<> written = co_await exchange.begin(std::move(head));
  for (std::size_t next = 0; written && next < found.size();) {
    auto some = [&found, &next](store::Connection& db) { return named(db, found, next); };
    const Bytes pieces = co_await archive.pool.run(std::move(some));
    written = co_await exchange.write(pieces);
  }
  if (written) (void)co_await exchange.finish();
}

}  // namespace depone::daemon::service
