#include "daemon/service/archive.h"

#include "protocol/api/bodies.h"
#include "protocol/api/problem.h"

namespace depone::daemon::service {

namespace api = protocol::api;
namespace asio = boost::asio;

Awaitable<Result<ledger::Recorded>> record(ledger::Ledger& ledger, ledger::Command command) {
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Result<ledger::Recorded>)>(
      [](auto handler, ledger::Ledger* to, ledger::Command what) {
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        to->write(std::move(what), [shared](Result<ledger::Recorded> recorded) {
          auto executor = asio::get_associated_executor(*shared);
          asio::post(executor, [shared, recorded = std::move(recorded)]() mutable { (*shared)(std::move(recorded)); });
        });
      },
      asio::use_awaitable, &ledger, std::move(command));
}

namespace {

// The results of commands that were written together, until the last is there.
template <class Handler>
struct Gathering {
  Gathering(Handler to_resume, std::size_t count)
      : handler(std::move(to_resume)),
        left(count),
        results(count, fail(ErrorCode::io, "")) {}

  // Each by one thread; the last resumes who waits.
  void take(std::size_t place, Result<ledger::Recorded> result) {
    results[place] = std::move(result);
    if (left.fetch_sub(1) > 1) return;
    auto executor = asio::get_associated_executor(handler);
    asio::post(executor, [resume = std::move(handler), all = std::move(results)]() mutable { resume(std::move(all)); });
  }

  Handler handler;
  std::atomic<std::size_t> left;
  std::vector<Result<ledger::Recorded>> results;
};

}  // namespace

Awaitable<std::vector<Result<ledger::Recorded>>> record_all(ledger::Ledger& ledger,
                                                            std::vector<ledger::Command> commands) {
  using Results = std::vector<Result<ledger::Recorded>>;
  if (commands.empty()) co_return Results{};
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Results)>(
      [](auto handler, ledger::Ledger* to, std::vector<ledger::Command> all) {
        auto gathering = std::make_shared<Gathering<decltype(handler)>>(std::move(handler), all.size());
        for (std::size_t i = 0; i < all.size(); ++i) {
          to->write(std::move(all[i]),
                    [gathering, i](Result<ledger::Recorded> result) { gathering->take(i, std::move(result)); });
        }
      },
      asio::use_awaitable, &ledger, std::move(commands));
}

namespace {

// How long it takes, as a rule, until what stood in the way is gone.
std::optional<std::chrono::seconds> usual_wait(Reason reason) {
  if (reason == Reason::busy || reason == Reason::too_many_connections) return std::chrono::seconds(2);
  if (reason == Reason::storage_full) return std::chrono::seconds(600);
  return std::nullopt;
}

Awaitable<> answer_with(Exchange& exchange, api::Problem problem, std::optional<std::chrono::seconds> wait) {
  const auto json = api::write_json(problem);
  std::vector<protocol::transport::Field> fields;
  if (wait) fields.push_back({"Retry-After", std::to_string(wait->count())});
  (void)co_await protocol::transport::respond(exchange, static_cast<unsigned>(problem.status), api::kProblemType,
                                              view(json), std::move(fields));
}

}  // namespace

Awaitable<> answer_problem(Exchange& exchange, Reason reason, std::optional<std::uint64_t> entry,
                           std::string_view detail) {
  auto problem = api::problem_of(reason, entry, std::string(detail));
  const auto wait = usual_wait(reason);
  co_await answer_with(exchange, std::move(problem), wait);
}

Awaitable<> answer_later(Exchange& exchange, Reason reason, std::chrono::seconds wait) {
  auto problem = api::problem_of(reason);
  const std::optional<std::chrono::seconds> then = wait;
  co_await answer_with(exchange, std::move(problem), then);
}

Awaitable<> answer_json(Exchange& exchange, std::string json) {
  (void)co_await protocol::transport::respond(exchange, 200, api::kJsonType, view(json));
}

Awaitable<bool> read_body(Exchange& exchange, std::size_t bytes_max, Body& into) {
  const protocol::transport::MayHold may_hold = [&into](std::size_t bytes) { return into.held.grow_to(bytes); };
  auto body = co_await protocol::transport::read_all(exchange, bytes_max, &may_hold);
  if (body) {
    into.bytes = std::move(*body);
    co_return true;
  }
  const auto code = body.error().code;
  const auto reason = code == ErrorCode::too_large  ? Reason::request_too_large
                      : code == ErrorCode::no_space ? Reason::busy
                                                    : Reason::request_malformed;
  co_await answer_problem(exchange, reason);
  co_return false;
}

Awaitable<bool> has_room(const Archive& archive, Exchange& exchange, std::uint64_t bytes) {
  if (archive.capacity.disk.has_room_for(bytes)) co_return true;
  co_await answer_problem(exchange, Reason::storage_full);
  co_return false;
}

Reason reason_of(const Error& error) {
  if (error.code == ErrorCode::too_large) return Reason::busy;
  return error.code == ErrorCode::no_space ? Reason::storage_full : Reason::internal;
}

Awaitable<> answer_refused(Exchange& exchange, const Result<ledger::Recorded>& recorded) {
  if (!recorded) {
    co_await answer_problem(exchange, reason_of(recorded.error()));
    co_return;
  }
  const auto* const first = recorded->entries.empty() ? nullptr : &recorded->entries.front();
  const auto reason = first == nullptr ? recorded->reason : first->reason;
  const auto entry = first == nullptr ? std::nullopt : std::optional(first->seq);
  co_await answer_problem(exchange, reason, entry);
}

Awaitable<> answer_recorded(Exchange& exchange, const Result<ledger::Recorded>& recorded, std::string_view envelope) {
  if (!recorded || recorded->entries.empty() ||
      recorded->entries.front().outcome == protocol::record::Outcome::refused) {
    co_await answer_refused(exchange, recorded);
    co_return;
  }
  api::ActAnswer answer;
  for (const auto& entry : recorded->entries) {
    protocol::record::Receipt receipt;
    receipt.proof = entry.proof;
    receipt.act.json = envelope;
    answer.receipts.push_back(std::move(receipt));
  }
  co_await answer_json(exchange, api::write_json(answer));
}

}  // namespace depone::daemon::service
