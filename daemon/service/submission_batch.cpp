#include "daemon/service/submission_batch.h"

#include "daemon/service/intake.h"
#include "protocol/api/problem.h"
#include "protocol/record/entry_of_act.h"
#include "protocol/record/frame.h"
#include "protocol/record/receipt.h"

namespace depone::daemon::service {

using namespace protocol::record;
namespace api = protocol::api;

namespace {

// A submission of the batch, as far as it came.
struct Opened {
  Reason reason = Reason::none;  // why it is not taken, as far as its own bytes tell
  std::string detail, envelope;
  std::optional<ledger::Command> command;  // to submit it, or to write its refusal down
};

Opened open_one(const Archive& archive, const policy::Roster& roster, const crypto::KeyId& courier, ByteView sealed) {
  Opened out;
  auto read = open_submission(sealed, archive.intake, roster, courier);
  if (auto* const submission = std::get_if<ReadSubmission>(&read)) {
    if (submission->has_object) {
      out.envelope = submission->command.act.bytes;
      out.command = std::move(submission->command);
      return out;
    }
    read = NotTaken{Reason::object_missing, "", std::move(submission->command.act)};
  }
  auto& not_taken = std::get<NotTaken>(read);
  out.reason = not_taken.reason;
  out.detail = std::move(not_taken.detail);
  if (not_taken.act && act_type_is_known(not_taken.act->payload.type))
    out.command = ledger::RefuseCommand{std::move(*not_taken.act), out.reason};
  return out;
}

// Each submission of the frame, in order; nothing where it is no such frame. Runs on the pool.
std::optional<std::vector<Opened>> open_batch(const Archive& archive, const policy::Roster& roster,
                                              const crypto::KeyId& courier, ByteView frame) {
  const auto submissions = parse_list(frame, "submission", kBatchMax);
  if (!submissions) return std::nullopt;
  std::vector<Opened> out;
  for (const auto sealed : *submissions) out.push_back(open_one(archive, roster, courier, sealed));
  return out;
}

void add_refusal(FrameWriter& frame, Reason reason, std::optional<std::uint64_t> entry, const std::string& detail) {
  frame.add("refusal", view(api::write_json(api::problem_of(reason, entry, detail))));
}

void add_answer(FrameWriter& frame, const Opened& opened, const Result<ledger::Recorded>& recorded) {
  if (!recorded) return add_refusal(frame, reason_of(recorded.error()), std::nullopt, "");
  if (recorded->entries.empty()) return add_refusal(frame, recorded->reason, std::nullopt, opened.detail);
  const auto& entry = recorded->entries.front();
  if (entry.outcome == Outcome::refused) return add_refusal(frame, entry.reason, entry.seq, opened.detail);
  Receipt receipt;
  receipt.proof = entry.proof;
  receipt.act.json = opened.envelope;
  frame.add("receipt", view(write_receipt(receipt)));
}

}  // namespace

Awaitable<> take_submission_batch(const Archive& archive, const Caller& caller, Exchange& exchange) {
  // Who sends many at once is told before they are read; who sends one, as an entry.
  if (!co_await has_room(archive, exchange, exchange.request().content_length)) co_return;
  Body body(archive.capacity, caller->id);
  if (!co_await read_body(exchange, archive.limits.batch_bytes_max, body)) co_return;
  const auto roster = caller.roster;
  const auto courier = caller->id;
  const Bytes* const frame = &body.bytes;
  auto open = [&archive, roster, courier, frame](store::Connection&) {
    return open_batch(archive, *roster, courier, *frame);
  };
  auto opened = co_await archive.pool.run(std::move(open));
  if (!opened) {
    co_await answer_problem(exchange, Reason::request_malformed);
    co_return;
  }
  std::vector<ledger::Command> commands;
  for (auto& one : *opened) {
    if (one.command) commands.push_back(std::move(*one.command));
  }
  if (commands.size() > 1) archive.capacity.wrote_more(caller->id, commands.size() - 1, Capacity::Clock::now());
  const auto recorded = co_await record_all(archive.ledger, std::move(commands));
  FrameWriter answer;
  auto next = recorded.begin();
  for (const auto& one : *opened) {
    if (one.command)
      add_answer(answer, one, *next++);
    else
      add_refusal(answer, one.reason, std::nullopt, one.detail);
  }
  answer.add("end", {});
  (void)co_await protocol::transport::respond(exchange, 200, kFrameType, answer.bytes());
}

}  // namespace depone::daemon::service
