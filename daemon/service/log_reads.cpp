#include "daemon/service/log_reads.h"

#include <spdlog/spdlog.h>

#include "daemon/service/version.h"
#include "daemon/store/catalogue_tables.h"
#include "protocol/api/bodies.h"

namespace depone::daemon::service {

using namespace protocol::record;
namespace api = protocol::api;
namespace log = crypto::log;
namespace transport = protocol::transport;

namespace {

constexpr std::size_t kTurnBytes = 256 * 1024;  // of envelopes that are read and sent at a time, and one more

// `text`, behind its length in so many bytes.
void append_with_length(Bytes& out, int length_bytes, std::string_view text) {
  for (int shift = 8 * (length_bytes - 1); shift >= 0; shift -= 8)
    out.push_back(static_cast<std::uint8_t>(text.size() >> shift));
  out.insert(out.end(), text.begin(), text.end());
}

}  // namespace

Awaitable<> latest_checkpoint(const Archive& archive, Exchange& exchange) {
  const auto snapshot = archive.ledger.snapshot();
  if (const auto field = exchange.request().find("Depone-Seen")) {
    // A larger checkpoint that our own key signed: the only thing that may raise this alarm.
    const auto seen_note = crypto::from_base64(*field);
    const auto seen = seen_note ? log::open_checkpoint(text_view(*seen_note), archive.ledger.log_key())
                                : Result<log::Checkpoint>(fail(ErrorCode::malformed, ""));
    if (seen && seen->size > snapshot.size) {
      spdlog::critical(
          "ROLLBACK: a member holds a signed checkpoint of {} entries, and this log has {}: it was put back "
          "to an earlier state",
          seen->size, snapshot.size);
    }
  }
  const auto& note = snapshot.checkpoint;
  (void)co_await transport::respond(exchange, 200, api::kTextType, view(note));
}

Awaitable<> consistency(const Archive& archive, Exchange& exchange, const api::Target& target) {
  const auto from_text = target.find("from"), to_text = target.find("to");
  const auto from = from_text ? log::parse_decimal(*from_text) : std::nullopt;
  const auto to = to_text ? log::parse_decimal(*to_text) : std::nullopt;
  if (!from || !to || *from > *to || *to > archive.ledger.snapshot().size) {
    co_await answer_problem(exchange, Reason::request_malformed);
    co_return;
  }
  auto prove = [from = *from, to = *to](store::Connection& db) {
    store::DatabaseTiles tiles(db);
    log::TileHashReader hashes(tiles, to);
    auto path = log::consistency_path(hashes, from, to);
    if (!path) throw std::runtime_error(path.error().detail);
    return api::ConsistencyProof{std::move(*path)};
  };
  const auto proof = co_await archive.pool.run(std::move(prove));
  co_await answer_json(exchange, api::write_json(proof));
}

namespace {

// A tile's bytes, or nothing where the log has no such tile. Runs on the pool.
std::optional<Bytes> tile_bytes(store::Connection& db, unsigned level, const log::TileName& name, std::uint64_t size) {
  const std::uint64_t width_of_level = level * log::kTileHeight < 64 ? size >> (level * log::kTileHeight) : 0;
  if (name.number * log::kTileWidth + name.width > width_of_level) return std::nullopt;
  store::DatabaseTiles tiles(db);
  const auto hashes = tiles.tile(level, name.number, name.width);
  if (!hashes) throw std::runtime_error(hashes.error().detail);
  Bytes out;
  for (std::size_t i = 0; i < name.width; ++i)
    out.insert(out.end(), (*hashes)[i].bytes.begin(), (*hashes)[i].bytes.end());
  return out;
}

std::optional<Bytes> entry_bundle(store::Connection& db, const log::TileName& name, std::uint64_t size) {
  const std::uint64_t first = name.number * log::kTileWidth;
  if (first + name.width > size) return std::nullopt;
  const auto entries = store::entries_between(db, first, first + name.width);
  if (entries.size() != name.width) throw std::runtime_error("an entry is missing from the database");
  Bytes out;
  for (const auto& entry : entries) append_with_length(out, 2, entry);
  return out;
}

Awaitable<> answer_bytes(Exchange& exchange, const std::optional<Bytes>& bytes) {
  if (bytes)
    (void)co_await transport::respond(exchange, 200, api::kBytesType, *bytes);
  else
    co_await answer_problem(exchange, Reason::not_found);
}

}  // namespace

Awaitable<> log_tile(const Archive& archive, const Caller& caller, Exchange& exchange, std::string rest) {
  const auto slash = rest.find('/');
  const auto level_text = rest.substr(0, slash);
  const auto name =
      slash == std::string::npos ? std::nullopt : log::parse_tile_name(std::string_view(rest).substr(slash + 1));
  const bool entries = level_text == "entries";
  const auto level = entries ? std::optional<std::uint64_t>(0) : log::parse_decimal(level_text);
  if (!name || !level || *level > 6 || (entries && !policy::sees_all_entries(*caller.member))) {
    co_await answer_problem(exchange, Reason::not_found);
    co_return;
  }
  const auto size = archive.ledger.snapshot().size;
  auto read_tile = [entries, level = static_cast<unsigned>(*level), name = *name, size](store::Connection& db) {
    return entries ? entry_bundle(db, name, size) : tile_bytes(db, level, name, size);
  };
  const auto bytes = co_await archive.pool.run(std::move(read_tile));
  co_await answer_bytes(exchange, bytes);
}

Awaitable<> act_bundle(const Archive& archive, const Caller& caller, Exchange& exchange, std::string number) {
  const auto name = log::parse_tile_name(number);
  const auto size = archive.ledger.snapshot().size;
  const std::uint64_t first = name ? name->number * log::kTileWidth : 0;
  if (!name || !policy::sees_all_entries(*caller.member) || first + name->width > size) {
    co_await answer_problem(exchange, Reason::not_found);
    co_return;
  }
  transport::ResponseHead head;
  head.fields.push_back({"Content-Type", std::string(api::kBytesType)});
  if (!co_await exchange.begin(std::move(head))) co_return;
  struct Turn {
    Bytes bytes;
    std::uint64_t next = 0;
  };
  const auto end = first + name->width;
  for (std::uint64_t at = first; at < end;) {
    auto read_some = [at, end](store::Connection& db) {
      const auto envelopes = store::envelopes_between(db, at, end, kTurnBytes);
      if (envelopes.empty()) throw std::runtime_error("an entry is missing from the database");
      Turn out{{}, at + envelopes.size()};
      for (const auto& envelope : envelopes) append_with_length(out.bytes, 4, envelope);
      return out;
    };
    const Turn turn = co_await archive.pool.run(std::move(read_some));
    at = turn.next;
    if (!co_await exchange.write(turn.bytes)) co_return;
  }
  (void)co_await exchange.finish();
}

Awaitable<> archive_status(const Archive& archive, const Caller& caller, Exchange& exchange) {
  const auto& roster = *caller.roster;
  api::Status status;
  status.version = kVersion;
  status.origin = roster.facts().origin;
  status.archive = roster.genesis();
  status.suite = crypto::to_string(roster.facts().intake.suite);
  status.handshake = exchange.key_exchange();
  status.log_size = archive.ledger.snapshot().size;
  auto count = [](store::Connection& db) { return store::count_items(db); };
  status.items = co_await archive.pool.run(std::move(count));
  status.cases = roster.cases().size();
  status.members = roster.members().size();
  status.started = archive.started;
  co_await answer_json(exchange, api::write_json(status));
}

}  // namespace depone::daemon::service
