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

Awaitable<> answer_problem(Exchange& exchange, Reason reason, std::optional<std::uint64_t> entry,
                           std::string_view detail) {
  const auto problem = api::problem_of(reason, entry, std::string(detail));
  const auto json = api::write_json(problem);
  (void)co_await protocol::transport::respond(exchange, static_cast<unsigned>(problem.status), api::kProblemType,
                                              view(json));
}

Awaitable<> answer_json(Exchange& exchange, std::string json) {
  (void)co_await protocol::transport::respond(exchange, 200, api::kJsonType, view(json));
}

Awaitable<std::optional<Bytes>> read_body(Exchange& exchange, std::size_t bytes_max) {
  auto body = co_await protocol::transport::read_all(exchange, bytes_max);
  if (body) co_return std::move(*body);
  if (body.error().code == ErrorCode::too_large)
    co_await answer_problem(exchange, Reason::request_too_large);
  else
    co_await answer_problem(exchange, Reason::request_malformed);
  co_return std::nullopt;
}

Reason reason_of(const Error& error) { return error.code == ErrorCode::too_large ? Reason::busy : Reason::internal; }

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
