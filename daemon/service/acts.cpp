#include "daemon/service/acts.h"

#include "crypto/object.h"
#include "daemon/service/intake.h"
#include "daemon/service/retrieval.h"
#include "daemon/store/catalogue_tables.h"
#include "protocol/record/entry_of_act.h"
#include "protocol/record/ids.h"

namespace depone::daemon::service {

using namespace protocol::record;

namespace {

// A refusal before the writer: recorded if an enrolled member signed the act, answered in any case.
Awaitable<> answer_not_taken(const Archive& archive, Exchange& exchange, NotTaken not_taken) {
  // What was sent on somebody else's connection, or of a type whose entries have no form here, is not written down.
  const bool recordable = not_taken.act && act_type_is_known(not_taken.act->payload.type);
  if (!recordable) {
    co_await answer_problem(exchange, not_taken.reason, std::nullopt, not_taken.detail);
    co_return;
  }
  ledger::Command refusal = ledger::RefuseCommand{std::move(*not_taken.act), not_taken.reason};
  const auto recorded = co_await record(archive.ledger, std::move(refusal));
  const auto entry =
      recorded && !recorded->entries.empty() ? std::optional(recorded->entries.front().seq) : std::nullopt;
  co_await answer_problem(exchange, not_taken.reason, entry, not_taken.detail);
}

// Nothing new is taken. That somebody tried is written down while there is room for what need not be; who sends again
// what was taken earlier gets its receipt.
Awaitable<> answer_no_room(const Archive& archive, Exchange& exchange, Act act) {
  if (!archive.capacity.disk.has_reserve()) {
    co_await answer_problem(exchange, Reason::storage_full);
    co_return;
  }
  const std::string envelope = act.bytes;
  ledger::Command refusal = ledger::RefuseCommand{std::move(act), Reason::storage_full};
  const auto recorded = co_await record(archive.ledger, std::move(refusal));
  co_await answer_recorded(exchange, recorded, envelope);
}

// The act of a command that is an act.
Act act_of(ledger::Command command) {
  return std::visit(
      [](auto& one) -> Act {
        if constexpr (requires { one.act.bytes; })
          return std::move(one.act);
        else
          throw std::logic_error("a command without an act");
      },
      command);
}

struct Adopted {
  Reason reason = Reason::none;
  bool is_new = false;  // this request brought the file: a refusal takes it away again
};

// What the archive can tell of an object that it cannot open: that its header is of the one version.
bool begins_as_object(const std::filesystem::path& path) {
  const auto file = system::File::open(path);
  crypto::ObjectHeader header;
  const auto n = file ? file->read_at(0, header.bytes) : Result<std::size_t>(file.error());
  return n && *n == header.bytes.size() && crypto::parse_object_header(header.span()).has_value();
}

// Makes a complete upload the object that the act names. Runs on the pool.
Adopted adopt_upload(const Archive& archive, const ObjectRef& named, const std::string& upload,
                     const crypto::KeyId& owner) {
  const auto bytes = from_base32(upload);
  const auto id = bytes ? store::UploadId::from(*bytes) : std::nullopt;
  const auto complete = id ? archive.uploads.complete(*id, owner) : std::nullopt;
  if (!complete) return {archive.objects.has(named.sha256) ? Reason::none : Reason::object_missing, false};
  if (!is_the_object(named, complete->sha256, complete->size)) return {Reason::object_mismatch, false};
  if (!begins_as_object(complete->file)) return {Reason::object_format, false};
  const auto adopted = archive.objects.adopt(complete->file, complete->sha256);
  // There already: the writer knows whether by this very act. Anything else, and the object is not there.
  if (!adopted && adopted.error().code == ErrorCode::exists) return {Reason::none, false};
  if (!adopted) return {adopted.error().code == ErrorCode::no_space ? Reason::storage_full : Reason::internal, false};
  archive.uploads.forget(*id);
  return {Reason::none, true};
}

}  // namespace

Awaitable<> take_submission(const Archive& archive, const Caller& caller, Exchange& exchange,
                            std::optional<std::string> upload) {
  Body body(archive.capacity, caller->id);
  if (!co_await read_body(exchange, archive.limits.submission_bytes_max, body)) co_return;
  auto read = open_submission(body.bytes, archive.intake, *caller.roster, caller->id);
  if (auto* const not_taken = std::get_if<NotTaken>(&read)) {
    co_await answer_not_taken(archive, exchange, std::move(*not_taken));
    co_return;
  }
  auto& submission = std::get<ReadSubmission>(read);
  if (!archive.capacity.disk.has_room_for(body.bytes.size())) {
    co_await answer_no_room(archive, exchange, std::move(submission.command.act));
    co_return;
  }
  const std::string envelope = submission.command.act.bytes;
  const crypto::Digest object = submission.command.body.object.sha256;
  Adopted adopted;
  if (!submission.has_object) {
    const auto named = submission.command.body.object;
    const auto owner = caller->id;
    const auto name = upload.value_or("");
    auto adopt = [&archive, named, name, owner](store::Connection&) {
      return adopt_upload(archive, named, name, owner);
    };
    adopted = co_await archive.pool.run(std::move(adopt));
    if (adopted.reason != Reason::none) {
      NotTaken not_taken;
      not_taken.reason = adopted.reason;
      not_taken.act = std::move(submission.command.act);
      co_await answer_not_taken(archive, exchange, std::move(not_taken));
      co_return;
    }
  }
  ledger::Command submit = std::move(submission.command);
  const auto recorded = co_await record(archive.ledger, std::move(submit));
  const bool refused = !recorded || recorded->entries.empty() || recorded->entries.front().outcome == Outcome::refused;
  if (refused && adopted.is_new) {
    auto take_away = [&archive, object](store::Connection& db) {
      // Unless another act that names it was accepted meanwhile.
      return store::object_is_known(db, object) || archive.objects.remove(object).has_value();
    };
    co_await archive.pool.run(std::move(take_away));
  }
  co_await answer_recorded(exchange, recorded, envelope);
}

Awaitable<> take_act(const Archive& archive, const Caller& caller, Exchange& exchange) {
  Body body(archive.capacity, caller->id);
  if (!co_await read_body(exchange, archive.limits.act_bytes_max, body)) co_return;
  auto read = read_act(body.bytes, *caller.roster, caller->id);
  if (auto* const not_taken = std::get_if<NotTaken>(&read)) {
    co_await answer_not_taken(archive, exchange, std::move(*not_taken));
    co_return;
  }
  auto& command = std::get<ledger::Command>(read);
  if (auto* const retrieve = std::get_if<ledger::RetrieveCommand>(&command)) {
    archive.capacity.wrote_more(caller->id, retrieve->body.items.size() - 1, Capacity::Clock::now());
    co_await retrieve_items(archive, caller, exchange, std::move(*retrieve));
    co_return;
  }
  // A revocation is never put off.
  const bool needs_room = !std::holds_alternative<ledger::RevokeCommand>(command);
  if (needs_room && !archive.capacity.disk.has_room_for(body.bytes.size())) {
    co_await answer_no_room(archive, exchange, act_of(std::move(command)));
    co_return;
  }
  const std::string envelope = std::visit(
      [](const auto& one) -> std::string {
        if constexpr (requires { one.act.bytes; })
          return one.act.bytes;
        else
          return {};
      },
      command);
  const auto recorded = co_await record(archive.ledger, std::move(command));
  co_await answer_recorded(exchange, recorded, envelope);
}

}  // namespace depone::daemon::service
