#include "daemon/service/serving.h"

#include <exception>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "daemon/ledger/deposited.h"
#include "protocol/api/bodies.h"
#include "protocol/api/target.h"

namespace depone::daemon::service {

using namespace protocol::record;
namespace transport = protocol::transport;

namespace {

// An object that is ready to leave, or why it does not.
struct Servable {
  Reason refused = Reason::not_found;
  store::Item item;
  Bytes small;                               // the object, where it is in the database
  std::shared_ptr<const system::File> file;  // else open
};

// Whether and what may be served, as far as this snapshot of the roster says: the writer decides. Runs on the pool.
Servable find_servable(store::Connection& db, const Archive& archive, const policy::Roster& roster,
                       const policy::Member& reader, const crypto::EvidenceId& id,
                       const std::optional<crypto::Digest>& grant, TimePoint now) {
  Servable out;
  const auto item = store::look_up_item(db, id);
  // Of an item that the reader may not see nothing more is read: it would take time that an absent one does not.
  const bool sees = item && policy::sees_item(roster, reader, item->facts);
  const auto release = sees && grant ? ledger::read_release(db, *grant, *item, reader.id) : std::nullopt;
  out.refused = policy::decide_serving(roster, reader, ledger::facts_of_item(item), policy::Serving::object,
                                       grant.has_value(), release, now)
                    .reason;
  if (out.refused != Reason::none) return out;
  out.item = *item;
  if (auto small = store::small_object(db, item->seq)) {
    out.small = std::move(*small);
    if (out.small.size() == item->bytes) return out;
  } else if (auto file = archive.objects.read(item->object)) {
    const auto size = file->size();
    out.file = std::make_shared<const system::File>(std::move(*file));
    if (size && *size == item->bytes) return out;
  }
  spdlog::error("the object of entry {} is missing or was cut; run `deponed verify`", item->seq);
  out.refused = Reason::item_damaged;
  return out;
}

// Sends [range) of the object; says how many bytes left, and whether all.
Awaitable<> send_object(const Archive& archive, Exchange& exchange, const Servable& what,
                        protocol::api::ByteRange range, std::uint64_t& sent, bool& completed) {
  constexpr std::size_t kPiece = 256 * 1024;
  Bytes piece(kPiece);
  for (std::uint64_t at = range.from; at < range.to;) {
    const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, range.to - at));
    ByteView bytes;
    if (what.file) {
      const auto source = what.file;
      const auto into = std::span(piece).first(want);
      auto read_piece = [source, at, into](store::Connection&) {
        const auto got = source->read_at(at, into);
        return got ? *got : std::size_t{0};
      };
      const auto n = co_await archive.pool.run(std::move(read_piece));
      if (n != want) co_return;  // the file is shorter than the act says: the peer sees a cut
      bytes = into;
    } else {
      bytes = ByteView(what.small).subspan(at, want);
    }
    if (!co_await exchange.write(bytes)) co_return;
    at += want;
    sent += want;
  }
  const auto finished = co_await exchange.finish();
  completed = finished.has_value();
}

// The range that is asked for, or the whole; nothing where the object has no such range.
std::optional<protocol::api::ByteRange> asked_range(const Exchange& exchange, std::uint64_t size) {
  const auto field = exchange.request().find("Range");
  return field ? protocol::api::parse_range(*field, size) : protocol::api::ByteRange{0, size};
}

Awaitable<bool> begin_answer(Exchange& exchange, protocol::api::ByteRange range, std::uint64_t size) {
  const bool partial = exchange.request().find("Range").has_value();
  transport::ResponseHead head;
  head.status = partial ? 206 : 200;
  head.content_length = range.to - range.from;
  head.fields.push_back({"Content-Type", std::string(protocol::api::kBytesType)});
  if (partial) head.fields.push_back({"Content-Range", fmt::format("bytes {}-{}/{}", range.from, range.to - 1, size)});
  const auto begun = co_await exchange.begin(std::move(head));
  co_return begun.has_value();
}

}  // namespace

Awaitable<> serve_object(const Archive& archive, const Caller& caller, Exchange& exchange, const std::string& item_text,
                         std::optional<std::string> grant_text) {
  // What is no id is an id that does not exist: answered and written down alike.
  const auto id = from_text<crypto::EvidenceId>(item_text).value_or(crypto::EvidenceId{});
  auto grant = grant_text ? crypto::fixed_from_hex<crypto::Digest>(*grant_text) : std::nullopt;
  if (grant_text && !grant) grant.emplace();
  const auto roster = caller.roster;
  const auto* const reader = caller.member;
  const auto now = archive.clock.now();
  auto find = [&archive, roster, reader, id, grant, now](store::Connection& db) {
    return find_servable(db, archive, *roster, *reader, id, grant, now);
  };
  const auto found = co_await archive.pool.run(std::move(find));
  protocol::api::ByteRange range{0, 0};
  Reason refused = found.refused;
  if (refused == Reason::none) {
    const auto asked = asked_range(exchange, found.item.bytes);
    if (asked)
      range = *asked;
    else
      refused = Reason::range_unsatisfiable;
  }
  const ServeFacts facts{"object", range.from, range.to};
  ledger::Command serving = ledger::ServeCommand{caller->id, id, grant, facts, refused};
  const auto recorded = co_await record(archive.ledger, std::move(serving));
  // What cannot be written down is not released.
  if (!recorded || recorded->entries.empty() || recorded->entries.front().outcome != Outcome::accepted) {
    co_await answer_refused(exchange, recorded);
    co_return;
  }
  bool completed = false;
  std::uint64_t sent = 0;
  std::exception_ptr broken;  // told after the serve is closed
  try {
    const bool begun = co_await begin_answer(exchange, range, found.item.bytes);
    if (begun) co_await send_object(archive, exchange, found, range, sent, completed);
  } catch (...) {
    broken = std::current_exception();
  }
  const ServedFacts end{recorded->entries.front().seq, sent, completed ? "completed" : "cut"};
  ledger::Command served = ledger::ServedCommand{end};
  (void)co_await record(archive.ledger, std::move(served));
  if (broken) std::rethrow_exception(broken);
}

}  // namespace depone::daemon::service
