#include "daemon/net/routes.h"

#include <spdlog/spdlog.h>

#include "daemon/service/acts.h"
#include "daemon/service/catalogue.h"
#include "daemon/service/history.h"
#include "daemon/service/item_naming.h"
#include "daemon/service/log_parts.h"
#include "daemon/service/log_reads.h"
#include "daemon/service/serving.h"
#include "daemon/service/submission_batch.h"
#include "daemon/service/upload_calls.h"
#include "protocol/api/target.h"

namespace depone::daemon::net {

using protocol::api::Target;
using protocol::transport::Exchange;
using service::Archive;
using service::Awaitable;
using service::Caller;
using service::Reason;

namespace {

// A call: its name in the table, and what stood where the table has a star (the rest of the path, for a last `**`).
struct Call {
  const Archive& archive;
  const Caller& caller;
  Exchange& exchange;
  const Target& target;
  std::string argument;
};

// Whether a call makes the log grow: then it counts against what its caller may write.
enum class Writes { nothing, an_entry, an_entry_if_attested };

struct Route {
  std::string_view method;
  std::string_view path;  // segments; `*` is any one, `**` any rest
  Writes writes;
  Awaitable<> (*serve)(Call);
};

// What a Call refers to lives until the exchange is over.
constexpr Route kRoutes[] = {
    {"OPTIONS", "v1/uploads", Writes::nothing, [](Call c) { return service::upload_options(c.archive, c.exchange); }},
    {"POST", "v1/uploads", Writes::nothing,
     [](Call c) { return service::create_upload(c.archive, c.caller, c.exchange); }},
    {"HEAD", "v1/uploads/*", Writes::nothing,
     [](Call c) { return service::upload_standing(c.archive, c.caller, c.exchange, c.argument); }},
    {"PATCH", "v1/uploads/*", Writes::nothing,
     [](Call c) { return service::append_upload(c.archive, c.caller, c.exchange, c.argument); }},
    {"DELETE", "v1/uploads/*", Writes::nothing,
     [](Call c) { return service::remove_upload(c.archive, c.caller, c.exchange, c.argument); }},
    {"POST", "v1/submissions", Writes::an_entry,
     [](Call c) { return service::take_submission(c.archive, c.caller, c.exchange, c.target.find("upload")); }},
    {"POST", "v1/submissions/batch", Writes::an_entry,
     [](Call c) { return service::take_submission_batch(c.archive, c.caller, c.exchange); }},
    {"POST", "v1/acts", Writes::an_entry, [](Call c) { return service::take_act(c.archive, c.caller, c.exchange); }},
    {"GET", "v1/items", Writes::an_entry,
     [](Call c) { return service::find_items(c.archive, c.caller, c.exchange, c.target); }},
    {"POST", "v1/items/batch", Writes::an_entry,
     [](Call c) { return service::name_items(c.archive, c.caller, c.exchange); }},
    {"GET", "v1/items/*", Writes::an_entry,
     [](Call c) { return service::show_item(c.archive, c.caller, c.exchange, c.argument); }},
    {"GET", "v1/items/*/history", Writes::an_entry,
     [](Call c) { return service::item_history(c.archive, c.caller, c.exchange, c.target, c.argument); }},
    {"GET", "v1/cases", Writes::an_entry, [](Call c) { return service::list_cases(c.archive, c.caller, c.exchange); }},
    {"GET", "v1/cases/*", Writes::nothing,
     [](Call c) { return service::case_card(c.archive, c.caller, c.exchange, c.argument); }},
    {"GET", "v1/roster", Writes::an_entry_if_attested,
     [](Call c) { return service::roster_chain(c.archive, c.caller, c.exchange, c.target); }},
    {"GET", "v1/objects/*", Writes::an_entry,
     [](Call c) { return service::serve_object(c.archive, c.caller, c.exchange, c.argument, c.target.find("grant")); }},
    {"GET", "v1/log/checkpoint", Writes::nothing,
     [](Call c) { return service::latest_checkpoint(c.archive, c.exchange); }},
    {"GET", "v1/log/proof", Writes::nothing,
     [](Call c) { return service::consistency(c.archive, c.exchange, c.target); }},
    {"GET", "v1/log/tile/**", Writes::nothing,
     [](Call c) { return service::log_tile(c.archive, c.caller, c.exchange, c.argument); }},
    {"GET", "v1/log/acts/**", Writes::nothing,
     [](Call c) { return service::act_bundle(c.archive, c.caller, c.exchange, c.argument); }},
    {"GET", "v1/log/parts", Writes::an_entry,
     [](Call c) { return service::log_parts(c.archive, c.caller, c.exchange, c.target); }},
    {"GET", "v1/status", Writes::nothing,
     [](Call c) { return service::archive_status(c.archive, c.caller, c.exchange); }},
};

// Whether the path is the route's; gives what stands for its star.
bool matches(std::string_view pattern, const std::vector<std::string>& path, std::string& argument) {
  std::size_t at = 0;
  while (!pattern.empty()) {
    const auto end = std::min(pattern.find('/'), pattern.size());
    const auto segment = pattern.substr(0, end);
    pattern.remove_prefix(std::min(end + 1, pattern.size()));
    if (at == path.size()) return false;
    if (segment == "**") {
      argument = path[at++];
      while (at < path.size()) argument += '/' + path[at++];
    } else if (segment == "*") {
      argument = path[at++];
    } else if (segment != path[at++]) {
      return false;
    }
  }
  return at == path.size();
}

bool writes(const Route& route, const Target& target) {
  return route.writes == Writes::an_entry ||
         (route.writes == Writes::an_entry_if_attested && target.find("attest").has_value());
}

// Who asks too much is told so, and nothing is written down: else the refusals would be what grows.
Awaitable<bool> may_go_on(const Archive& archive, const Caller& caller, Exchange& exchange, bool writes) {
  using protocol::transport::Welcome;
  if (exchange.welcome() != Welcome::yes) {
    const bool own = exchange.welcome() == Welcome::too_many_of_peer;
    co_await service::answer_problem(exchange, own ? Reason::too_many_connections : Reason::busy);
    co_return false;
  }
  const auto wait = writes ? archive.capacity.begin_entry(caller->id, service::Capacity::Clock::now()) : std::nullopt;
  if (!wait) co_return true;
  co_await service::answer_later(exchange, Reason::too_often, *wait);
  co_return false;
}

}  // namespace

boost::asio::awaitable<void> handle(const Archive& archive, Exchange& exchange) {
  const auto target = protocol::api::parse_target(exchange.request().target);
  if (!target) {
    co_await service::answer_problem(exchange, Reason::request_malformed);
    co_return;
  }
  Caller caller{archive.ledger.snapshot().roster, nullptr};
  caller.member = caller.roster->find_channel(exchange.peer());
  if (caller.member == nullptr || !caller.member->in_standing()) {
    co_await service::answer_problem(exchange, Reason::actor_revoked);
    co_return;
  }
  std::string argument;
  for (const auto& route : kRoutes) {
    if (route.method != exchange.request().method || !matches(route.path, target->path, argument)) continue;
    spdlog::debug("{} {}", route.method, route.path);
    if (!co_await may_go_on(archive, caller, exchange, writes(route, *target))) co_return;
    Call call{archive, caller, exchange, *target, argument};
    co_await route.serve(std::move(call));
    co_return;
  }
  co_await service::answer_problem(exchange, Reason::request_unknown);
}

}  // namespace depone::daemon::net
