// Rows: depositing and retrieving.
#include "tests/hostile_member/table.h"

namespace depone::hostile {

using namespace protocol::record;

void add_submissions(Table& table, World& world) {
  const auto submit = [&](std::string state, const std::function<bool(Who&, Deposit&)>& change) {
    table.add("evidence.submit", std::move(state), [&](Who& who) -> std::optional<Heard> {
      auto deposit = new_deposit(world.target, who.peer.id(), world.alpha);
      if (!change(who, deposit)) return std::nullopt;
      commit(world.target, who.peer.id(), deposit);
      return world.submit(who.peer, who.peer, deposit);
    });
  };
  const auto into = [&](std::string state, crypto::CaseId case_id, std::uint32_t epoch) {
    submit(std::move(state), [=](Who&, Deposit& deposit) {
      deposit.body.case_id = case_id;
      deposit.body.epoch = epoch;
      return true;
    });
  };
  into("ALPHA", world.alpha, 1);
  into("BETA", world.beta, 1);
  into("ALPHA, epoch 2", world.alpha, 2);
  into("case unknown", crypto::random_fixed<crypto::CaseId>(), 1);
  const auto derived = [&](std::string state, const crypto::EvidenceId& from) {
    submit(std::move(state), [=](Who&, Deposit& deposit) {
      deposit.body.derived_from.push_back({from, Relation::translation, ""});
      return true;
    });
  };
  submit("ALPHA, derived from one's own", [](Who& who, Deposit& deposit) {
    if (who.own) deposit.body.derived_from.push_back({who.own->id, Relation::translation, ""});
    return who.own.has_value();
  });
  derived("ALPHA, derived from one of the case", world.shared.id);
  derived("ALPHA, derived from one of BETA", world.foreign.id);
  derived("ALPHA, derived from a pending one", world.pending.id);
  derived("ALPHA, derived from an absent one", crypto::random_fixed<crypto::EvidenceId>());
  submit("ALPHA, freer than one's own original", [](Who& who, Deposit& deposit) {
    if (!who.own) return false;
    deposit.body.derived_from.push_back({who.own->id, Relation::translation, ""});
    deposit.body.sensitivity = Sensitivity::open;
    return true;
  });

  const auto deliver = [&](std::string state, const std::function<const Peer&(Who&)>& by) {
    table.add("evidence.submit", std::move(state), [&](Who& who) {
      const auto& signer = by(who);
      return world.submit(who.peer, signer, new_deposit(world.target, signer.id(), world.alpha));
    });
  };
  deliver("delivered for a member", [&](Who&) -> const Peer& { return *world.keeper; });
  deliver("delivered for a member without the role", [&](Who&) -> const Peer& { return *world.witness; });
  deliver("delivered for one revoked", [&](Who&) -> const Peer& { return *world.gone; });
  deliver("delivered for one never enrolled",
          [&](Who&) -> const Peer& { return world.find("investigator", "stranger").peer; });
  table.add("evidence.submit", "the object not sent", [&](Who& who) {
    return world.submit(who.peer, who.peer, new_deposit(world.target, who.peer.id(), world.alpha), Object::apart);
  });
  table.add("evidence.submit", "an object that is here already", [&](Who& who) {
    auto deposit = new_deposit(world.target, who.peer.id(), world.alpha);
    deposit.object = world.foreign.object;
    commit(world.target, who.peer.id(), deposit);
    return world.submit(who.peer, who.peer, deposit);
  });
}

void add_retrievals(Table& table, World& world) {
  using Items = std::function<std::vector<crypto::EvidenceId>(const Who&)>;  // none: no row
  const auto retrieve = [&](std::string state, const Items& items, World::Asking asking) {
    table.add("evidence.retrieve", std::move(state), [&](Who& who) -> std::optional<Heard> {
      asking.items = items(who);
      if (asking.items.empty()) return std::nullopt;
      return world.retrieve(who.peer, asking);
    });
  };
  const auto one = [](const crypto::EvidenceId& id) -> Items { return [id](const Who&) { return std::vector{id}; }; };
  const Items own = [](const Who& who) {
    return who.own ? std::vector{who.own->id} : std::vector<crypto::EvidenceId>();
  };
  const auto own_and = [](const crypto::EvidenceId& id) -> Items {
    return [id](const Who& who) { return who.own ? std::vector{who.own->id, id} : std::vector<crypto::EvidenceId>(); };
  };
  const auto absent = crypto::random_fixed<crypto::EvidenceId>();
  const World::Asking content{world.alpha, {}}, manifest{world.alpha, {}, Scope::manifest},
      external{world.alpha, {}, Scope::content, Use::external}, of_beta{world.beta, {}},
      of_nothing{crypto::random_fixed<crypto::CaseId>(), {}};
  World::Asking media = content;
  media.purpose = "media";

  retrieve("own, content", own, content);
  retrieve("own, manifest", own, manifest);
  retrieve("own, external use", own, external);
  retrieve("of the case, content", one(world.shared.id), content);
  retrieve("of the case, manifest", one(world.shared.id), manifest);
  retrieve("of the case, external use", one(world.shared.id), external);
  retrieve("of the case, outside its consent", one(world.shared.id), media);
  retrieve("of the case, as if of BETA", one(world.shared.id), of_beta);
  retrieve("of the case, as if of an unknown case", one(world.shared.id), of_nothing);
  retrieve("of another case, content", one(world.foreign.id), of_beta);
  retrieve("of another case, as if of ALPHA", one(world.foreign.id), content);
  retrieve("of another case, external use", one(world.foreign.id), {world.beta, {}, Scope::content, Use::external});
  retrieve("pending, content", one(world.pending.id), content);
  retrieve("absent, content", one(absent), content);
  retrieve("absent, as if of BETA", one(absent), of_beta);
  retrieve("absent, external use", one(absent), external);
  retrieve("own and one of another case", own_and(world.foreign.id), content);
  retrieve("own and an absent one", own_and(absent), content);
  table.add("evidence.retrieve", "the same act again", [&](Who& who) -> std::optional<Heard> {
    if (!who.own) return std::nullopt;
    const auto asked = world.sign(who.peer, World::Asking{world.alpha, {who.own->id}});
    const auto again = [&] { return who.peer.send({{"act", view(asked.act.bytes)}, {"private", asked.statement}}); };
    (void)again();
    return again();
  });
}

}  // namespace depone::hostile
