// Rows: uploads. Everybody in standing may begin one, and nobody else may touch it.
#include "protocol/record/ids.h"
#include "tests/hostile_member/table.h"

namespace depone::hostile {

void add_uploads(Table& table, World& world) {
  const std::vector<protocol::transport::Field> tus{{"Tus-Resumable", "1.0.0"}};
  const auto absent = protocol::record::to_base32(random_bytes(16));
  const auto each = [&](const std::string& call, const std::function<Heard(Who&, const std::string&)>& ask) {
    table.add(call, "own", [&](Who& who) -> std::optional<Heard> {
      if (who.upload.empty()) return std::nullopt;
      return ask(who, who.upload);
    });
    table.add(call, "another's", [&](Who& who) { return ask(who, world.keepers_upload); });
    table.add(call, "absent", [&](Who& who) { return ask(who, absent); });
    table.add(call, "ill-formed", [&](Who& who) { return ask(who, "x"); });
  };
  table.add("OPTIONS uploads", "", [&](Who& who) { return who.peer.ask("OPTIONS", "/v1/uploads"); });
  table.add("POST uploads", "", [&](Who& who) {
    auto fields = tus;
    fields.push_back({"Upload-Length", "48"});
    return who.peer.ask("POST", "/v1/uploads", std::move(fields));
  });
  each("HEAD uploads/{id}",
       [&](Who& who, const std::string& id) { return who.peer.ask("HEAD", "/v1/uploads/" + id, tus); });
  each("PATCH uploads/{id}", [&](Who& who, const std::string& id) {
    auto fields = tus;
    fields.push_back({"Upload-Offset", "0"});
    fields.push_back({"Content-Type", "application/offset+octet-stream"});
    return who.peer.ask("PATCH", "/v1/uploads/" + id, std::move(fields), random_bytes(100));
  });
  each("DELETE uploads/{id}",
       [&](Who& who, const std::string& id) { return who.peer.ask("DELETE", "/v1/uploads/" + id, tus); });
}

}  // namespace depone::hostile
