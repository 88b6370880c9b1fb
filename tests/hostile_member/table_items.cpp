// Rows: an item, its history and its object, by whatever name.
#include "tests/hostile_member/table.h"

namespace depone::hostile {

using protocol::record::to_text;

namespace {

constexpr std::size_t kBeginning = 3 + 16;  // "ev_", and enough that no two items of the test begin alike

struct Named {
  std::string state;
  std::function<std::optional<std::string>(const Who&)> name;
};

std::vector<Named> names_of_items(World& world) {
  std::vector<Named> out;
  const auto add = [&out](const std::string& state, std::function<std::optional<Item>(const Who&)> item) {
    out.push_back({state + ", by id", [item](const Who& who) {
                     const auto found = item(who);
                     return found ? std::optional(to_text(found->id)) : std::nullopt;
                   }});
    out.push_back({state + ", by number", [item](const Who& who) {
                     const auto found = item(who);
                     return found && !found->ref.empty() ? std::optional(found->ref) : std::nullopt;
                   }});
    out.push_back({state + ", by beginning", [item](const Who& who) {
                     const auto found = item(who);
                     return found ? std::optional(to_text(found->id).substr(0, kBeginning)) : std::nullopt;
                   }});
  };
  add("own", [](const Who& who) { return who.own; });
  add("of the case", [&world](const Who&) { return std::optional(world.shared); });
  add("of another case", [&world](const Who&) { return std::optional(world.foreign); });
  add("pending", [&world](const Who&) { return std::optional(world.pending); });
  const Item absent{crypto::random_fixed<crypto::EvidenceId>(), "ALPHA-000999", {}, {}};
  add("absent", [absent](const Who&) { return std::optional(absent); });
  for (const char* const text : {"ill-formed, ev_a", "ill-formed, GAMMA-000001", "ill-formed, .."}) {
    const std::string name = std::string(text).substr(std::string_view("ill-formed, ").size());
    out.push_back({text, [name](const Who&) { return std::optional(name); }});
  }
  return out;
}

}  // namespace

void add_items(Table& table, World& world) {
  for (const auto& [call, behind] :
       {std::pair{"GET items/{item}", ""}, std::pair{"GET items/{item}/history", "/history"}}) {
    for (const auto& named : names_of_items(world)) {
      table.add(call, named.state, [&](Who& who) -> std::optional<Heard> {
        const auto name = named.name(who);
        if (!name) return std::nullopt;
        return who.peer.get("/v1/items/" + *name + behind);
      });
    }
  }
}

void add_names(Table& table, World& world) {
  const auto add = [&](std::string state, const std::function<std::vector<std::string>(const Who&)>& names,
                       std::string_view also = "") {
    table.add("POST items/batch", std::move(state), [&](Who& who) {
      protocol::record::FrameWriter frame;
      for (const auto& name : names(who)) frame.add("name", view(name));
      if (!also.empty()) frame.add(also, view(world.shared.ref));
      return who.peer.ask("POST", "/v1/items/batch", {}, frame.take());
    });
  };
  using Names = std::vector<std::string>;
  for (const auto& named : names_of_items(world))
    add(named.state, [&](const Who& who) { return Names{named.name(who).value_or("ALPHA-000999")}; });
  add("of the case, of another case, absent", [&](const Who&) {
    return Names{world.shared.ref, world.foreign.ref, "ALPHA-000999"};
  });
  add("none", [](const Who&) { return Names(); });
  add("257", [&](const Who&) { return Names(257, world.shared.ref); });
  add(
      "an item among them", [&](const Who&) { return Names{world.shared.ref}; }, "item");
}

void add_objects(Table& table, World& world) {
  const std::string call = "GET objects/{item}";
  using Text = std::function<std::string(const Who&)>;  // empty: this person has none
  const auto add = [&](std::string state, const Text& item, const Text& grant, std::string range = "") {
    table.add(call, std::move(state), [&](Who& who) -> std::optional<Heard> {
      const auto id = item(who), by = grant ? grant(who) : "";
      if (id.empty() || (grant && by.empty())) return std::nullopt;
      std::vector<protocol::transport::Field> fields;
      if (!range.empty()) fields.push_back({"Range", range});
      return who.peer.ask("GET", "/v1/objects/" + id + (grant ? "?grant=" + by : ""), std::move(fields));
    });
  };
  const Text own = [](const Who& who) { return who.own ? to_text(who.own->id) : ""; };
  const Text shared = [&](const Who&) { return to_text(world.shared.id); };
  const Text foreign = [&](const Who&) { return to_text(world.foreign.id); };
  const Text pending = [&](const Who&) { return to_text(world.pending.id); };
  const auto nothing = to_text(crypto::random_fixed<crypto::EvidenceId>());
  const Text absent = [&](const Who&) { return nothing; };
  const Text ill_formed = [](const Who&) { return "ev_x"; };
  const Text by_number = [&](const Who&) { return world.shared.ref; };
  const Text none;
  const Text unknown = [](const Who&) { return hex(crypto::random_fixed<crypto::Digest>()); };
  const Text keepers = [&](const Who&) { return world.keepers_grant; };
  const Text keepers_other = [&](const Who&) { return world.keepers_other_grant; };
  const Text gones = [&](const Who&) { return world.gone_grant; };
  const Text nonsense = [](const Who&) { return "x"; };

  add("own, no grant", own, none);
  add("own, live grant", own, [](const Who& who) { return who.own_grant; });
  add("own, another's live grant", own, keepers);
  add("of the case, no grant", shared, none);
  add("of the case, by number, no grant", by_number, none);
  add("of the case, live grant", shared, [](const Who& who) { return who.case_grant; });
  add(
      "of the case, live grant, a range", shared, [](const Who& who) { return who.case_grant; }, "bytes=0-9");
  add(
      "of the case, live grant, no such range", shared, [](const Who& who) { return who.case_grant; }, "bytes=999999-");
  add("of the case, manifest grant", shared, [](const Who& who) { return who.manifest_grant; });
  add("of the case, grant for another item", shared, [](const Who& who) { return who.own_grant; });
  add("of the case, another's live grant", shared, keepers);
  add("of the case, grant of one revoked", shared, gones);
  add("of the case, grant unknown", shared, unknown);
  add("of the case, grant ill-formed", shared, nonsense);
  add("of another case, no grant", foreign, none);
  add("of another case, no grant, no such range", foreign, none, "bytes=999999-");
  add("of another case, another's live grant", foreign, keepers_other);
  add("of another case, grant unknown", foreign, unknown);
  add("pending, no grant", pending, none);
  add("pending, grant unknown", pending, unknown);
  add("absent, no grant", absent, none);
  add("absent, no grant, no such range", absent, none, "bytes=999999-");
  add("absent, another's live grant", absent, keepers);
  add("absent, grant unknown", absent, unknown);
  add("ill-formed, no grant", ill_formed, none);
}

}  // namespace depone::hostile
