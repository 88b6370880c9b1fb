// Rows: acts of custody. An act type is added by a function that calls table.add for each state of what it names, with
// world.act(who.peer, body) or world.act(who.peer, body, private part); one that names an item has a row in probes.cpp
// too.
#include "tests/hostile_member/table.h"

namespace depone::hostile {

using namespace protocol::record;

void add_membership(Table& table, World& world) {
  const auto enrol = [&](std::string state, std::function<const Peer&(Who&)> whom, std::vector<Role> roles) {
    table.add("member.enrol", std::move(state), [&](Who& who) { return world.enrol(who.peer, whom(who), roles); });
  };
  std::vector<std::unique_ptr<Peer>> newcomers;
  const auto newcomer = [&](Who&) -> const Peer& {
    newcomers.push_back(world.new_peer("newcomer"));
    return *newcomers.back();
  };
  enrol("a new card", newcomer, {Role::analyst});
  enrol("a new card, no role", newcomer, {});
  enrol("a card that is enrolled", [&](Who&) -> const Peer& { return *world.keeper; }, {Role::analyst});
  enrol("a card that was revoked", [&](Who&) -> const Peer& { return *world.gone; }, {Role::analyst});
  enrol("one's own card", [&](Who& who) -> const Peer& { return who.peer; }, {Role::custodian});

  const auto revoke = [&](std::string state, std::function<crypto::KeyId(Who&)> whom) {
    table.add("member.revoke", std::move(state), [&](Who& who) {
      return world.act(who.peer, MemberRevoke{whom(who), RevokeReason::other});
    });
  };
  revoke("a member in standing", [&](Who&) {
    const auto victim = world.new_peer("victim");
    must(world.enrol(*world.custodian, *victim, {Role::analyst}), 200, "enrolling");
    table.settle();
    return victim->id();
  });
  revoke("a member who was revoked", [&](Who&) { return world.gone->id(); });
  revoke("nobody's key", [](Who&) { return crypto::random_fixed<crypto::KeyId>(); });
}

void add_cases(Table& table, World& world) {
  int opened = 0;
  const auto open = [&](std::string state, const std::function<void(CaseOpen&)>& change) {
    table.add("case.open", std::move(state), [&](Who& who) {
      auto body = world.new_case("NEW" + std::to_string(++opened), {grant_to(*world.keeper, GrantAs::reader)});
      change(body);
      return world.open_case(who.peer, std::move(body));
    });
  };
  open("a new one", [](CaseOpen&) {});
  open("an id that is open", [&](CaseOpen& body) { body.case_id = world.alpha; });
  open("a prefix that is taken", [](CaseOpen& body) { body.prefix = "BETA"; });
  open("a prefix ill-formed", [](CaseOpen& body) { body.prefix = "new"; });
  open("epoch 2", [](CaseOpen& body) { body.epoch = 2; });
  open("without a reader", [](CaseOpen& body) { body.grants[0].as = GrantAs::reviewer; });
  open("a grant to an archivist",
       [&](CaseOpen& body) { body.grants.push_back(grant_to(*world.witness, GrantAs::reader)); });
  open("a reader's grant to a custodian",
       [&](CaseOpen& body) { body.grants.push_back(grant_to(*world.custodian, GrantAs::reader)); });
  open("a grant to one revoked",
       [&](CaseOpen& body) { body.grants.push_back(grant_to(*world.gone, GrantAs::reader)); });
  open("a grant to nobody", [&](CaseOpen& body) {
    body.grants.push_back({crypto::random_fixed<crypto::KeyId>(), random_bytes(82), GrantAs::reader});
  });

  const auto grant = [&](std::string state, const std::function<void(CaseGrant&)>& change) {
    table.add("case.grant", std::move(state), [&](Who& who) {
      const auto newcomer = world.new_peer("newcomer");
      must(world.enrol(*world.custodian, *newcomer, {Role::analyst}), 200, "enrolling");
      table.settle();
      CaseGrant body{world.alpha, 1, newcomer->id(), random_bytes(82), GrantAs::reader};
      change(body);
      return world.act(who.peer, body);
    });
  };
  grant("ALPHA, to a new member", [](CaseGrant&) {});
  grant("ALPHA, to a new member as reviewer", [](CaseGrant& body) { body.as = GrantAs::reviewer; });
  grant("ALPHA, to an analyst as recovery", [](CaseGrant& body) { body.as = GrantAs::recovery; });
  grant("ALPHA, to a custodian as reader", [&](CaseGrant& body) { body.member = world.custodian->id(); });
  grant("ALPHA, to one who has it", [&](CaseGrant& body) { body.member = world.keeper->id(); });
  grant("ALPHA, to an archivist", [&](CaseGrant& body) { body.member = world.witness->id(); });
  grant("ALPHA, to one revoked", [&](CaseGrant& body) { body.member = world.gone->id(); });
  grant("ALPHA, to nobody", [](CaseGrant& body) { body.member = crypto::random_fixed<crypto::KeyId>(); });
  grant("ALPHA, epoch 2", [](CaseGrant& body) { body.epoch = 2; });
  grant("BETA, to a new member", [&](CaseGrant& body) { body.case_id = world.beta; });
  grant("case unknown", [](CaseGrant& body) { body.case_id = crypto::random_fixed<crypto::CaseId>(); });
  table.add("case.grant", "ALPHA, to oneself", [&](Who& who) {
    return world.act(who.peer, CaseGrant{world.alpha, 1, who.peer.id(), random_bytes(82), GrantAs::reader});
  });
}

void add_any_act(Table& table, World& world) {
  table.add("any act", "signed by another member", [&](Who& who) {
    const auto others = world.sign(*world.custodian, MemberRevoke{world.keeper->id(), RevokeReason::left});
    return who.peer.send({{"act", view(others.bytes)}});
  });
  const auto of_type = [&](const std::string& type) {
    table.add("any act", "of type " + type, [&](Who& who) {
      ActPayload payload;
      payload.type = type;
      payload.id = crypto::random_fixed<crypto::ActId>();
      payload.archive = world.target.card.genesis;
      payload.actor = who.peer.id();
      payload.issued_at = system::SystemClock().now();
      payload.seen = world.seen;
      const auto odd = sign_act(who.peer.key(), std::move(payload));
      return who.peer.send({{"act", view(odd.bytes)}});
    });
  };
  of_type("archive.init");
  of_type("evidence.serve");
  of_type("evidence.vanish");
}

}  // namespace depone::hostile
