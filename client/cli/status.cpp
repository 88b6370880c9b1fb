// depone status: how the archive is, and whether this identity reaches it.
#include <fmt/format.h>

#include "client/cli/cli.h"
#include "client/cli/output.h"
#include "protocol/api/bodies.h"

namespace depone::client::cli {
namespace {

Result<int> status(Context& context) {
  DEPONE_ASSIGN(const auto archive, context.archive());
  DEPONE_ASSIGN(const auto identity, context.identity());
  DEPONE_ASSIGN(auto session, Session::open(archive, identity, context.address));
  DEPONE_ASSIGN(const auto body, session.get("/v1/status", 1 << 20));
  DEPONE_ASSIGN(const auto answer, protocol::api::read_json<protocol::api::Status>(body, "the archive's status"));
  const auto log_size = session.seen().size;  // what was verified, not what is said here
  const bool post_quantum = answer.suite != "x25519";
  if (context.json) {
    print_json({{"archive", archive.name()},
                {"origin", archive.card().facts.origin},
                {"version", answer.version},
                {"log_size", log_size},
                {"items", answer.items},
                {"cases", answer.cases},
                {"members", answer.members},
                {"suite", answer.suite},
                {"handshake", answer.handshake},
                {"post_quantum", post_quantum ? "yes" : "no"},
                {"started", protocol::record::to_text(answer.started)}});
    return kDone;
  }
  fmt::print(
      "{} ({}), deponed {}, up since {}\n  log        {} entries, consistent with what was seen before\n  archive    "
      "{} items, {} cases, {} members\n  seals      {}{}\n  this line  {}\n  you        {}\n",
      archive.name(), safe(archive.card().facts.origin), safe(answer.version),
      protocol::record::to_text(answer.started), log_size, answer.items, answer.cases, answer.members,
      safe(answer.suite), post_quantum ? "" : " (not post-quantum)", safe(answer.handshake),
      safe(identity.card().body().handle));
  return kDone;
}

}  // namespace

void add_status(Table& table) {
  table.add(&table.app, "status", "Ask the archive how it is", "depone status --json",
            [](Context& context) { return status(context); });
}

}  // namespace depone::client::cli
