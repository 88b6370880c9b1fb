#include "daemon/service/retrieval.h"

#include <algorithm>

#include <fmt/format.h>

#include "crypto/item_keys.h"
#include "daemon/ledger/prover.h"
#include "daemon/store/catalogue_tables.h"
#include "protocol/api/problem.h"
#include "protocol/api/target.h"
#include "protocol/record/frame.h"

namespace depone::daemon::service {

using namespace protocol::record;
namespace transport = protocol::transport;

namespace {

// Which of these items have an object in the database that fits into the answer. Runs on the pool.
std::vector<bool> choose_inline(store::Connection& db, const EvidenceRetrieve& body, std::uint64_t budget) {
  std::vector<bool> out;
  for (const auto& id : body.items) {
    const auto item = body.scope == Scope::content ? store::find_item(db, id) : std::nullopt;
    const bool fits =
        item && item->bytes <= kInlineObjectBytesMax && item->bytes <= budget && store::small_object(db, item->seq);
    if (fits) budget -= item->bytes;
    out.push_back(fits);
  }
  return out;
}

// What a granted item's reader gets, as pieces of a frame. Runs on the pool.
Bytes granted_pieces(store::Connection& db, const policy::Roster& roster, const policy::Member& reader,
                     const EvidenceRetrieve& body, const crypto::Digest& act_hash, const crypto::EvidenceId& id,
                     bool with_object) {
  const auto item = store::find_item(db, id).value();
  const auto submit = store::act_of_entry(db, item.seq).value();
  const auto* const of = roster.find(item.case_id);
  const auto* const held = of == nullptr ? nullptr : of->grant_of(reader.id, item.epoch);
  if (held == nullptr) throw std::runtime_error("a granted item without a grant of its case");
  ledger::Prover prover(db);
  FrameWriter frame;
  frame.add("submit", view(write_receipt(prover.receipt(item.seq).value())));
  frame.add("grant", view(write_receipt(prover.receipt(held->seq).value())));
  for (const char* const part : {"secret", "manifest", "private"}) {
    if (const auto bytes = store::part_of(db, submit.row, part)) frame.add(part, *bytes);
  }
  const auto context = crypto::item_context(roster.genesis(), item.id, item.case_id, item.submitter);
  const auto share = store::release_share_of(db, item.seq);
  if (!share) throw std::runtime_error("the release share of an item is missing");
  const auto info = crypto::share_info(context, act_hash, body.scope);
  const auto sealed = body.scope == Scope::content
                          ? crypto::seal(reader.seal, info, share->expose())
                          : crypto::seal(reader.seal, info, crypto::manifest_share(*share, context).expose());
  if (!sealed) throw std::runtime_error(sealed.error().detail);
  frame.add("share", *sealed);
  if (with_object) frame.add("object", store::small_object(db, item.seq).value());
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

// An answer that is given again is logged as a serve, as long as its grants live. False: none does.
Awaitable<bool> serve_again(const Archive& archive, const Caller& caller, const ledger::RetrieveCommand& command,
                            std::vector<std::uint64_t>& serves) {
  bool any = false;
  for (const auto& id : command.body.items) {
    const auto act = command.act.hash;
    const auto reader = caller->id;
    const auto now = archive.clock.now();
    auto still_lives = [id, act, reader, now](store::Connection& db) {
      const auto item = store::find_item(db, id);
      const auto release = item ? store::find_release(db, act, item->seq, reader) : std::nullopt;
      return release && release->until > now;
    };
    const bool lives = co_await archive.pool.run(std::move(still_lives));
    serves.push_back(0);
    if (!lives) continue;
    const ServeFacts facts{"answer", 0, 0};
    ledger::Command serving = ledger::ServeCommand{reader, id, command.body.case_id, act, facts};
    const auto recorded = co_await record(archive.ledger, std::move(serving));
    if (!recorded) co_return false;
    serves.back() = recorded->entries.front().seq;
    any = true;
  }
  co_return any;
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
  const bool with_object = command.inline_content[index];
  auto gather = [roster, reader, body, act, id, with_object](store::Connection& db) {
    return granted_pieces(db, *roster, *reader, *body, act, id, with_object);
  };
  const Bytes pieces = co_await archive.pool.run(std::move(gather));
  co_return co_await exchange.write(pieces);
}

}  // namespace

Awaitable<> retrieve_items(const Archive& archive, const Caller& caller, Exchange& exchange,
                           ledger::RetrieveCommand command) {
  const auto budget = archive.limits.answer_inline_bytes_max;
  {
    const auto* const body = &command.body;
    auto choose = [body, budget](store::Connection& db) { return choose_inline(db, *body, budget); };
    command.inline_content = co_await archive.pool.run(std::move(choose));
  }
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
  if (recorded->repeated) {  // not `&& !co_await`: GCC 12 miscompiles that
    const bool lives = co_await serve_again(archive, caller, command, serves);
    if (!lives) {
      co_await answer_problem(exchange, Reason::grant_ended);
      co_return;
    }
  }
  transport::ResponseHead head;
  head.fields.push_back({"Content-Type", std::string(kFrameType)});
  Result<> written = co_await exchange.begin(std::move(head));
  for (std::size_t i = 0; written && i < recorded->entries.size(); ++i) {
    const bool serve = !recorded->repeated || serves[i] != 0;
    written = co_await write_item(archive, now, exchange, command, recorded->entries[i], i, serve);
  }
  if (written) {
    FrameWriter end;
    end.add("end", {});
    written = co_await exchange.write(end.bytes());
  }
  if (written) written = co_await exchange.finish();
  for (std::size_t i = 0; i < serves.size(); ++i) {
    if (serves[i] == 0) continue;
    const ServedFacts facts{serves[i], 0, written ? "completed" : "cut"};
    ledger::Command served_command =
        ledger::ServedCommand{caller->id, command.body.items[i], command.body.case_id, command.act.hash, facts};
    (void)co_await record(archive.ledger, std::move(served_command));
  }
}

namespace {

struct Servable {
  Reason reason = Reason::not_found;
  store::Item item;
  Bytes small;  // the object, where it is in the database
};

// Whether and what may be served. Runs on the pool.
Servable find_servable(store::Connection& db, const policy::Roster& roster, const policy::Member& reader,
                       const crypto::EvidenceId& id, const std::optional<crypto::Digest>& grant, TimePoint now) {
  Servable out;
  const auto item = store::find_item(db, id);
  if (!item) return out;
  const auto* const of = roster.find(item->case_id);
  if (grant) {
    if (of == nullptr || !policy::sees_item(reader, *of, item->submitter)) return out;
    const auto release = store::find_release(db, *grant, item->seq, reader.id);
    out.reason = !release || release->until <= now  ? Reason::grant_ended
                 : release->scope != Scope::content ? Reason::grant_scope
                                                    : Reason::none;
  } else {
    const bool sees = of != nullptr && policy::sees_item(reader, *of, item->submitter);
    out.reason = policy::may_read_ciphertext(reader) ? Reason::none : sees ? Reason::grant_ended : Reason::not_found;
  }
  if (out.reason != Reason::none) return out;
  out.item = *item;
  if (auto small = store::small_object(db, item->seq)) out.small = std::move(*small);
  return out;
}

// Sends [range) of the object; returns how many bytes left.
Awaitable<std::uint64_t> send_object(const Archive& archive, Exchange& exchange, const Servable& what,
                                     protocol::api::ByteRange range, bool& completed) {
  constexpr std::size_t kPiece = 256 * 1024;
  std::uint64_t sent = 0;
  std::optional<system::File> file;
  if (what.small.empty()) {
    auto opened = archive.objects.read(what.item.object);
    if (!opened) throw std::runtime_error(opened.error().detail);
    file.emplace(std::move(*opened));
  }
  Bytes piece(kPiece);
  for (std::uint64_t at = range.from; at < range.to;) {
    const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, range.to - at));
    ByteView bytes;
    if (file) {
      const auto* const source = &*file;
      const auto into = std::span(piece).first(want);
      auto read_piece = [source, at, into](store::Connection&) {
        const auto got = source->read_at(at, into);
        return got ? *got : std::size_t{0};
      };
      const auto n = co_await archive.pool.run(std::move(read_piece));
      if (n != want) co_return sent;  // the file is shorter than the act says: the peer sees a cut
      bytes = into;
    } else {
      bytes = ByteView(what.small).subspan(at, want);
    }
    if (!co_await exchange.write(bytes)) co_return sent;
    at += want;
    sent += want;
  }
  completed = co_await exchange.finish() ? true : false;
  co_return sent;
}

}  // namespace

Awaitable<> serve_object(const Archive& archive, const Caller& caller, Exchange& exchange, const std::string& item_text,
                         std::optional<std::string> grant_text) {
  const auto id = from_text<crypto::EvidenceId>(item_text);
  const auto grant = grant_text ? crypto::fixed_from_hex<crypto::Digest>(*grant_text) : std::nullopt;
  if (!id || (grant_text && !grant)) {
    co_await answer_problem(exchange, Reason::not_found);
    co_return;
  }
  const auto roster = caller.roster;
  const auto* const reader = caller.member;
  const auto now = archive.clock.now();
  auto find = [roster, reader, id, grant, now](store::Connection& db) {
    return find_servable(db, *roster, *reader, *id, grant, now);
  };
  const auto found = co_await archive.pool.run(std::move(find));
  if (found.reason != Reason::none) {
    co_await answer_problem(exchange, found.reason);
    co_return;
  }
  protocol::api::ByteRange range{0, found.item.bytes};
  const auto field = exchange.request().find("Range");
  if (field) {
    const auto asked = protocol::api::parse_range(*field, found.item.bytes);
    if (!asked) {
      co_await answer_problem(exchange, Reason::range_unsatisfiable);
      co_return;
    }
    range = *asked;
  }
  const ServeFacts facts{"object", range.from, range.to};
  ledger::Command serving = ledger::ServeCommand{caller->id, *id, found.item.case_id, grant, facts};
  const auto served = co_await record(archive.ledger, std::move(serving));
  if (!served) {  // what cannot be written down is not released
    co_await answer_problem(exchange, Reason::internal);
    co_return;
  }
  transport::ResponseHead head;
  head.status = field ? 206 : 200;
  head.content_length = range.to - range.from;
  head.fields.push_back({"Content-Type", std::string(protocol::api::kBytesType)});
  if (field)
    head.fields.push_back({"Content-Range", fmt::format("bytes {}-{}/{}", range.from, range.to - 1, found.item.bytes)});
  bool completed = false;
  std::uint64_t sent = 0;
  if (co_await exchange.begin(std::move(head))) sent = co_await send_object(archive, exchange, found, range, completed);
  const ServedFacts end{served->entries.front().seq, sent, completed ? "completed" : "cut"};
  ledger::Command served_command = ledger::ServedCommand{caller->id, *id, found.item.case_id, grant, end};
  (void)co_await record(archive.ledger, std::move(served_command));
}

}  // namespace depone::daemon::service
