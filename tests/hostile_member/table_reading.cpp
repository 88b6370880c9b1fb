// Rows: what is read without naming an item.
#include "tests/hostile_member/table.h"

namespace depone::hostile {

using protocol::record::to_text;

void add_reading(Table& table, World& world) {
  const auto get = [&](std::string call, std::string state, std::string target) {
    table.add(std::move(call), std::move(state), [&](Who& who) { return who.peer.get(target); });
  };
  const auto unknown = to_text(crypto::random_fixed<crypto::CaseId>());
  get("GET cases", "", "/v1/cases");
  get("GET cases/{case}", "open, by id", "/v1/cases/" + to_text(world.alpha));
  get("GET cases/{case}", "open, by prefix", "/v1/cases/BETA");
  get("GET cases/{case}", "unknown", "/v1/cases/" + unknown);
  get("GET cases/{case}", "ill-formed", "/v1/cases/case_x");
  get("GET items", "", "/v1/items");
  get("GET items", "case ALPHA", "/v1/items?case=" + to_text(world.alpha));
  get("GET items", "case BETA", "/v1/items?case=" + to_text(world.beta));
  get("GET items", "case unknown", "/v1/items?case=" + unknown);
  get("GET items", "case ill-formed", "/v1/items?case=ALPHA");
  get("GET items", "criterion unknown", "/v1/items?submitter=anybody");
  get("GET roster", "", "/v1/roster");
  get("GET roster", "attested", "/v1/roster?attest=1");
  get("GET log/checkpoint", "", "/v1/log/checkpoint");
  get("GET log/proof", "", "/v1/log/proof?from=1&to=2");
  get("GET log/proof", "beyond the log", "/v1/log/proof?from=1&to=1000000");
  get("GET log/tile/{L}", "", "/v1/log/tile/0/000.p/2");
  get("GET log/tile/{L}", "beyond the log", "/v1/log/tile/0/x001/000");
  get("GET log/tile/entries", "", "/v1/log/tile/entries/000.p/1");
  get("GET log/tile/entries", "beyond the log", "/v1/log/tile/entries/x001/000");
  get("GET log/acts", "", "/v1/log/acts/000.p/1");
  get("GET log/acts", "beyond the log", "/v1/log/acts/x001/000");
  get("GET status", "", "/v1/status");
  get("no such call", "", "/v1/members");
}

}  // namespace depone::hostile
