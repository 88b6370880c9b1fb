#include "daemon/service/upload_calls.h"

#include <ctime>

#include <fmt/chrono.h>

#include "crypto/hash.h"
#include "crypto/log/checkpoint.h"
#include "protocol/api/upload.h"
#include "protocol/record/ids.h"

namespace depone::daemon::service {

namespace transport = protocol::transport;
using transport::Field;

namespace {

constexpr std::string_view kTusVersion = "1.0.0";
constexpr std::size_t kPieceBytes = 256 * 1024;

std::optional<store::UploadId> id_of(const std::string& text) {
  const auto bytes = protocol::record::from_base32(text);
  return bytes ? store::UploadId::from(*bytes) : std::nullopt;
}

Awaitable<> answer_empty(Exchange& exchange, unsigned status, std::vector<Field> fields) {
  fields.push_back({"Tus-Resumable", std::string(kTusVersion)});
  (void)co_await transport::respond(exchange, status, "", {}, std::move(fields));
}

Awaitable<bool> speaks_tus(Exchange& exchange) {
  if (exchange.request().find("Tus-Resumable") == kTusVersion) co_return true;
  co_await answer_problem(exchange, Reason::tus_version);
  co_return false;
}

std::optional<std::uint64_t> number_in(const Exchange& exchange, std::string_view field) {
  const auto text = exchange.request().find(field);
  return text ? crypto::log::parse_decimal(*text) : std::nullopt;
}

// When an upload that stands still is given up, as HTTP writes dates.
Field expires_field(const Archive& archive, protocol::record::TimePoint now) {
  const auto end = std::chrono::floor<std::chrono::seconds>(now + archive.uploads.limits().kept);
  const std::time_t seconds = std::chrono::system_clock::to_time_t(end);
  return {"Upload-Expires", fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(seconds))};
}

// "sha256 <base64>", if the request says one.
struct Checksum {
  bool given = false;
  std::optional<crypto::Digest> digest;
};
Checksum checksum_of(const Exchange& exchange) {
  const auto text = exchange.request().find("Upload-Checksum");
  if (!text) return {};
  return {true, protocol::api::parse_upload_checksum(*text)};
}

}  // namespace

Awaitable<> upload_options(const Archive& archive, Exchange& exchange) {
  std::vector<Field> fields;
  fields.push_back({"Tus-Version", std::string(kTusVersion)});
  fields.push_back({"Tus-Extension", "creation,checksum,expiration,termination"});
  fields.push_back({"Tus-Checksum-Algorithm", "sha256"});
  fields.push_back({"Tus-Max-Size", std::to_string(archive.uploads.limits().bytes_max)});
  co_await answer_empty(exchange, 204, std::move(fields));
}

Awaitable<> create_upload(const Archive& archive, const Caller& caller, Exchange& exchange) {
  if (!co_await speaks_tus(exchange)) co_return;
  const auto length = number_in(exchange, "Upload-Length");
  if (!length) {
    constexpr std::string_view kDetail = "an upload says its length beforehand (Upload-Length)";
    co_await answer_problem(exchange, Reason::request_malformed, std::nullopt, kDetail);
    co_return;
  }
  if (*length > archive.uploads.limits().bytes_max) {
    co_await answer_problem(exchange, Reason::request_too_large);
    co_return;
  }
  if (!co_await has_room(archive, exchange, *length)) co_return;
  const auto owner = caller->id;
  const auto now = archive.clock.now();
  struct Made {
    std::optional<Reason> refusal;
    store::UploadId id;
  };
  auto make = [&archive, owner, now, length = *length](store::Connection&) {
    Made out;
    out.refusal = archive.uploads.create(owner, length, now, out.id);
    return out;
  };
  const auto made = co_await archive.pool.run(std::move(make));
  if (made.refusal) {
    co_await answer_problem(exchange, *made.refusal);
    co_return;
  }
  std::vector<Field> fields;
  fields.push_back({"Location", "/v1/uploads/" + protocol::record::to_base32(made.id.span())});
  fields.push_back(expires_field(archive, now));
  co_await answer_empty(exchange, 201, std::move(fields));
}

Awaitable<> upload_standing(const Archive& archive, const Caller& caller, Exchange& exchange, std::string id_text) {
  const auto id = id_of(id_text);
  const auto standing = id ? archive.uploads.standing(*id, caller->id) : std::nullopt;
  if (!standing) {
    co_await answer_problem(exchange, Reason::upload_unknown);
    co_return;
  }
  std::vector<Field> fields;
  fields.push_back({"Upload-Offset", std::to_string(standing->offset)});
  fields.push_back({"Upload-Length", std::to_string(standing->length)});
  fields.push_back({"Cache-Control", "no-store"});
  co_await answer_empty(exchange, 200, std::move(fields));
}

namespace {

// Receives a body into an upload. Writing and syncing happen on the pool; the writer is shared so that it outlives
// both.
Awaitable<Reason> receive_into(const Archive& archive, Exchange& exchange,
                               std::shared_ptr<store::Uploads::Writer> writer, const Checksum& checksum) {
  Bytes piece(kPieceBytes);
  crypto::Sha256 sum;
  Reason reason = Reason::none;
  for (;;) {
    std::size_t have = 0;
    bool ended = false, cut = false;
    while (have < piece.size() && !ended && !cut) {  // whole pieces: fewer trips to the pool
      const auto n = co_await exchange.read(std::span(piece).subspan(have));
      cut = !n;
      ended = n && *n == 0;
      if (n) have += *n;
    }
    const auto bytes = ByteView(piece).first(have);
    if (checksum.given) sum.update(bytes);
    if (have > 0) {
      auto write = [writer, bytes, disk = &archive.capacity.disk](store::Connection&) {
        if (!disk->has_room_for(bytes.size())) return Result<>(fail(ErrorCode::no_space, "the disk is nearly full"));
        return writer->write(bytes);
      };
      const auto written = co_await archive.pool.run(std::move(write));
      if (!written)
        reason = written.error().code == ErrorCode::no_space    ? Reason::storage_full
                 : written.error().code == ErrorCode::refused   ? Reason::upload_superseded
                 : written.error().code == ErrorCode::too_large ? Reason::request_malformed
                                                                : Reason::internal;
    }
    if (cut || ended || reason != Reason::none) break;
  }
  if (reason == Reason::none && checksum.given && (!checksum.digest || sum.finish() != *checksum.digest))
    co_return Reason::upload_checksum;
  co_return reason;
}

}  // namespace

Awaitable<> append_upload(const Archive& archive, const Caller& caller, Exchange& exchange, std::string id_text) {
  if (!co_await speaks_tus(exchange)) co_return;
  const auto id = id_of(id_text);
  const auto offset = number_in(exchange, "Upload-Offset");
  if (!id || !offset || exchange.request().find("Content-Type") != "application/offset+octet-stream") {
    co_await answer_problem(exchange, id ? Reason::request_malformed : Reason::upload_unknown);
    co_return;
  }
  Capacity::Held held(archive.capacity, caller->id);
  if (!held.grow_to(kPieceBytes)) {
    co_await answer_problem(exchange, Reason::busy);
    co_return;
  }
  const auto owner = caller->id;
  const auto now = archive.clock.now();
  struct Turn {
    std::optional<Reason> refusal;
    std::shared_ptr<store::Uploads::Writer> writer;
  };
  auto begin = [&archive, id = *id, owner, offset = *offset, now](store::Connection&) {
    Turn out;
    std::unique_ptr<store::Uploads::Writer> writer;
    out.refusal = archive.uploads.append(id, owner, offset, now, writer);
    out.writer = std::move(writer);
    return out;
  };
  auto turn = co_await archive.pool.run(std::move(begin));
  if (turn.refusal) {
    co_await answer_problem(exchange, *turn.refusal);
    co_return;
  }
  const Checksum checksum = checksum_of(exchange);
  const Reason reason = co_await receive_into(archive, exchange, turn.writer, checksum);
  const std::uint64_t keep = reason == Reason::upload_checksum ? *offset : UINT64_MAX;
  auto end = [writer = std::move(turn.writer), keep](store::Connection&) {
    return keep == UINT64_MAX ? writer->finish() : writer->take_back(keep);
  };
  const auto reached = co_await archive.pool.run(std::move(end));
  if (reason != Reason::none) {
    co_await answer_problem(exchange, reason);
    co_return;
  }
  std::vector<Field> fields;
  fields.push_back({"Upload-Offset", std::to_string(reached)});
  if (reached > *offset) fields.push_back(expires_field(archive, now));
  co_await answer_empty(exchange, 204, std::move(fields));
}

Awaitable<> remove_upload(const Archive& archive, const Caller& caller, Exchange& exchange, std::string id_text) {
  if (!co_await speaks_tus(exchange)) co_return;
  const auto id = id_of(id_text);
  if (!id || !archive.uploads.remove(*id, caller->id)) {
    co_await answer_problem(exchange, Reason::upload_unknown);
    co_return;
  }
  std::vector<Field> fields;
  co_await answer_empty(exchange, 204, std::move(fields));
}

}  // namespace depone::daemon::service
