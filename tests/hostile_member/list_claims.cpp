// Cases: acts in the right form that claim what is not so.
#include "tests/hostile_member/list.h"

namespace depone::hostile {

using namespace protocol::record;

void add_claims(List& list, World& world) {
  auto& mallory = world.find("investigator", "reader").peer;
  const std::string kind = "a claim";
  const auto newcomer = world.new_peer("newcomer");
  must(world.enrol(*world.custodian, *newcomer, {Role::analyst}), 200, "enrolling");
  list.settle();
  // A grant that would be accepted, were all else as it should be.
  const auto payload = [&] {
    ActPayload out;
    out.type = CaseGrant::kType;
    out.id = crypto::random_fixed<crypto::ActId>();
    out.archive = world.target.card.genesis;
    out.actor = mallory.id();
    out.issued_at = system::SystemClock().now();
    out.seen = world.seen;
    out.body.json = write_form(CaseGrant{world.alpha, 1, newcomer->id(), random_bytes(82), GrantAs::reader});
    return out;
  };
  const auto claim = [&](std::string name, const std::function<void(ActPayload&)>& change) {
    list.add(kind, std::move(name), [&] {
      auto changed = payload();
      change(changed);
      const auto envelope = sign_envelope(mallory.key(), kActType, write_form(changed));
      return mallory.send({{"act", view(envelope)}});
    });
  };
  list.add(kind, "signed by a key that is not the actor's", [&] {
    auto envelope = sign_envelope(newcomer->key(), kActType, write_form(payload()));
    envelope = with(envelope, crypto::to_hex(newcomer->id().span()), crypto::to_hex(mallory.id().span()));
    return mallory.send({{"act", view(envelope)}});
  });
  list.add(kind, "signed by a key that nobody enrolled", [&] {
    auto stranger = payload();
    auto& peer = world.find("investigator", "stranger").peer;
    stranger.actor = peer.id();
    return mallory.send({{"act", view(sign_act(peer.key(), stranger).bytes)}});
  });
  list.add(kind, "another's act, on one's own connection", [&] {
    const auto others = world.sign(*world.custodian, MemberRevoke{newcomer->id(), RevokeReason::left});
    return mallory.send({{"act", view(others.bytes)}});
  });
  list.add(kind, "another actor, under one's own key id", [&] {
    auto other = payload();
    other.actor = world.custodian->id();
    const auto envelope = sign_envelope(mallory.key(), kActType, write_form(other));
    return mallory.send({{"act", view(envelope)}});
  });
  list.add(kind, "another actor and their key id, with one's own signature", [&] {
    auto other = payload();
    other.actor = world.keeper->id();
    auto envelope = sign_envelope(mallory.key(), kActType, write_form(other));
    envelope = with(envelope, crypto::to_hex(mallory.id().span()), crypto::to_hex(world.keeper->id().span()));
    return mallory.send({{"act", view(envelope)}});
  });
  claim("another archive", [](ActPayload& act) { act.archive = crypto::random_fixed<crypto::Digest>(); });
  claim("another case", [&](ActPayload& act) {
    act.body.json = write_form(CaseGrant{world.beta, 1, newcomer->id(), random_bytes(82), GrantAs::reader});
  });
  claim("a case that is not", [&](ActPayload& act) {
    const auto none = crypto::random_fixed<crypto::CaseId>();
    act.body.json = write_form(CaseGrant{none, 1, newcomer->id(), random_bytes(82), GrantAs::reader});
  });
  for (const std::uint32_t epoch : {0u, 2u, 4294967295u}) {
    claim("epoch " + std::to_string(epoch), [&](ActPayload& act) {
      act.body.json = write_form(CaseGrant{world.alpha, epoch, newcomer->id(), random_bytes(82), GrantAs::reader});
    });
  }
  claim("the body of another type", [&](ActPayload& act) { act.type = MemberRevoke::kType; });
  claim("a type that is not known", [](ActPayload& act) { act.type = "case.close.twice"; });
  claim("a type that only the archive writes", [](ActPayload& act) { act.type = "archive.init"; });
  claim("a submission by the door of acts", [](ActPayload& act) { act.type = EvidenceSubmit::kType; });
  claim("seen nothing of the log", [](ActPayload& act) { act.seen.size = 0; });
  claim("seen another root", [](ActPayload& act) { act.seen.root = crypto::random_fixed<crypto::Digest>(); });
  claim("seen more than the log has", [](ActPayload& act) { act.seen.size += 100'000; });
  claim("seen 2^53 - 1 entries", [](ActPayload& act) { act.seen.size = (std::uint64_t{1} << 53) - 1; });

  const World::Asking asking{world.alpha, {world.shared.id}};
  const auto asked = world.sign(mallory, asking);
  const auto ask = [&](const Act& act) {
    return mallory.send({{"act", view(act.bytes)}, {"private", asked.statement}});
  };
  list.add(kind, "as it should be, once", [&] { return ask(asked.act); });
  list.add(kind, "the same bytes again", [&] { return ask(asked.act); });
  list.add(kind, "its id again, with other bytes", [&] {
    auto other = asked.act.payload;
    other.issued_at += std::chrono::milliseconds(1);
    return ask(sign_act(mallory.key(), other));
  });
  const auto refused = world.sign(mallory, MemberRevoke{newcomer->id(), RevokeReason::left});
  const auto refused_again = [&] { return mallory.send({{"act", view(refused.bytes)}}); };
  list.add(kind, "without the right", refused_again);
  list.add(kind, "without the right, the same bytes again", refused_again);
  list.add(kind, "257 items", [&] {
    auto many = asking;
    for (int i = 0; i < 256; ++i) many.items.push_back(crypto::random_fixed<crypto::EvidenceId>());
    return world.retrieve(mallory, many);
  });
  list.add(kind, "an item twice", [&] {
    return world.retrieve(mallory, {world.alpha, {world.shared.id, world.shared.id}});
  });
  list.add(kind, "no item", [&] { return world.retrieve(mallory, {world.alpha, {}}); });
}

}  // namespace depone::hostile
