// Rows: describing an item again, and sharing it into a further case. Each asks about an item that was made for it.
#include "crypto/hash.h"
#include "tests/hostile_member/table.h"

namespace depone::hostile {

using namespace protocol::record;

namespace {

using Subject = std::function<std::optional<Item>(Who&)>;  // nothing: no row

struct Subjects {
  Subject own, of_the_case, of_another_case, pending, absent;
};
Subjects new_subjects(Table& table, World& world) {
  const auto made = [&table](Item item) {
    table.settle();
    return std::optional(std::move(item));
  };
  return {[&world, made](Who& who) {
            if (!who.own || !who.connects()) return std::optional<Item>();
            return made(world.submit_new(who.peer, who.peer, world.alpha));
          },
          [&world, made](Who&) { return made(world.submit_new(*world.keeper, *world.keeper, world.alpha)); },
          [&world, made](Who&) { return made(world.submit_new(*world.keeper, *world.keeper, world.beta)); },
          [&world](Who&) { return std::optional(world.pending); },
          [](Who&) {
            return std::optional(Item{crypto::random_fixed<crypto::EvidenceId>(), "", {}, {}});
          }};
}

}  // namespace

void add_descriptions(Table& table, World& world) {
  const auto subjects = new_subjects(table, world);
  // A description with a private part like the one that stands.
  const auto describe = [&](std::string state, const Subject& of,
                            const std::function<void(EvidenceDescribe&, SubmitPrivate&)>& change) {
    table.add("evidence.describe", std::move(state), [&](Who& who) -> std::optional<Heard> {
      const auto item = of(who);
      if (!item) return std::nullopt;
      EvidenceDescribe body{item->id, item->act, std::nullopt, std::nullopt, DescribeReason::mistake, {}};
      auto said = new_deposit(world.target, who.peer.id(), world.alpha).said;
      change(body, said);
      return world.act(who.peer, std::move(body), std::move(said));
    });
  };
  const auto again = [](EvidenceDescribe&, SubmitPrivate&) {};
  describe("own", subjects.own, again);
  describe("of the case", subjects.of_the_case, again);
  describe("of another case", subjects.of_another_case, again);
  describe("pending", subjects.pending, again);
  describe("absent", subjects.absent, again);
  describe("own, its consent widened", subjects.own,
           [](auto&, SubmitPrivate& said) { said.consent.recipients.emplace_back("un_ohchr"); });
  describe("own, its consent narrowed", subjects.own,
           [](auto&, SubmitPrivate& said) { said.consent.recipients.clear(); });
  describe("own, more sensitive", subjects.own,
           [](EvidenceDescribe& body, auto&) { body.sensitivity = Sensitivity::secret; });
  describe("own, less sensitive", subjects.own,
           [](EvidenceDescribe& body, auto&) { body.sensitivity = Sensitivity::open; });
  describe("own, not the latest superseded", subjects.own,
           [](EvidenceDescribe& body, auto&) { body.supersedes = crypto::random_fixed<crypto::Digest>(); });

  const auto without_private = [&](std::string state, const Subject& of, bool manifest, DescribeReason reason) {
    table.add("evidence.describe", std::move(state), [&, manifest, reason](Who& who) -> std::optional<Heard> {
      const auto item = of(who);
      if (!item) return std::nullopt;
      EvidenceDescribe body{item->id, item->act, std::nullopt, std::nullopt, reason, {}};
      if (!manifest) return world.act(who.peer, body);
      const auto sealed = random_bytes(24 + 1024 + 16);
      body.manifest_commitment = crypto::random_fixed<crypto::Digest>();
      body.parts.add("manifest", crypto::sha256(sealed));
      const auto signed_act = world.sign(who.peer, body);
      return who.peer.send({{"act", view(signed_act.bytes)}, {"manifest", sealed}});
    });
  };
  without_private("own, its manifest", subjects.own, true, DescribeReason::mistake);
  without_private("of the case, its manifest", subjects.of_the_case, true, DescribeReason::mistake);
  without_private("of another case, its manifest", subjects.of_another_case, true, DescribeReason::mistake);
  without_private("own, nothing said", subjects.own, false, DescribeReason::mistake);
  without_private("own, that it is in the wrong case", subjects.own, false, DescribeReason::wrong_case);
}

void add_shares(Table& table, World& world) {
  const auto subjects = new_subjects(table, world);
  const auto share = [&](std::string state, const Subject& of, const crypto::CaseId& into, std::uint32_t epoch = 1) {
    table.add("evidence.share", std::move(state), [&, into, epoch](Who& who) -> std::optional<Heard> {
      const auto item = of(who);
      if (!item) return std::nullopt;
      const auto secret = random_bytes(82);
      EvidenceShare body{item->id, into, epoch, {}};
      body.parts.add("secret", crypto::sha256(secret));
      const auto signed_act = world.sign(who.peer, body);
      return who.peer.send({{"act", view(signed_act.bytes)}, {"secret", secret}});
    });
  };
  share("own, into BETA", subjects.own, world.beta);
  share("own, into BETA, epoch 2", subjects.own, world.beta, 2);
  share("own, into its case", subjects.own, world.alpha);
  share("own, into an unknown case", subjects.own, crypto::random_fixed<crypto::CaseId>());
  share("of the case, into BETA", subjects.of_the_case, world.beta);
  share("of another case, into ALPHA", subjects.of_another_case, world.alpha);
  share("pending, into BETA", subjects.pending, world.beta);
  share("absent, into BETA", subjects.absent, world.beta);

  // What was shared is in both cases: from then on ALPHA's readers see it too.
  const auto of_beta_shared = [&](const std::function<Heard(Who&, const Item&)>& ask) {
    return [&, ask](Who& who) -> std::optional<Heard> {
      const auto item = *subjects.of_another_case(who);
      const auto secret = random_bytes(82);
      EvidenceShare body{item.id, world.alpha, 1, {}};
      body.parts.add("secret", crypto::sha256(secret));
      const auto signed_act = world.sign(*world.keeper, body);
      must(world.keeper->send({{"act", view(signed_act.bytes)}, {"secret", secret}}), 200, "sharing");
      table.settle();
      return ask(who, item);
    };
  };
  table.add("GET items/{item}", "of BETA, shared into ALPHA",
            of_beta_shared([](Who& who, const Item& item) { return who.peer.get("/v1/items/" + to_text(item.id)); }));
  for (const auto& [name, in] : {std::pair{"in ALPHA", world.alpha}, std::pair{"in BETA", world.beta}}) {
    table.add("evidence.retrieve", std::string("of BETA, shared into ALPHA, ") + name,
              of_beta_shared([&world, in = in](Who& who, const Item& item) {
                return world.retrieve(who.peer, {in, {item.id}});
              }));
  }
}

}  // namespace depone::hostile
