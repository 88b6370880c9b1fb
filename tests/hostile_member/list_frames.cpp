// Cases: acts whose parts are missing, changed, or one too many; frames that are cut.
#include "protocol/record/salted.h"
#include "tests/hostile_member/list.h"

namespace depone::hostile {

using namespace protocol::record;

namespace {

Bytes flipped(ByteView bytes, std::size_t at) {
  auto out = to_bytes(bytes);
  out.at(at) ^= 1;
  return out;
}

// A statement that is committed to as it should be, and is not of its form.
struct Stated {
  Act act;
  Bytes statement;
};
Stated state(const World& world, const Peer& who, const std::string& statement) {
  EvidenceRetrieve body{world.alpha, {world.shared.id}, Scope::content, Use::internal, {}};
  const auto root = salted_root(view(statement));
  body.parts.add("private", root ? *root : crypto::random_fixed<crypto::Digest>());
  return {world.sign(who, body), to_bytes(statement)};
}

}  // namespace

void add_frames(List& list, World& world) {
  auto& mallory = world.find("investigator", "reader").peer;
  const World::Asking asking{world.alpha, {world.shared.id}};
  const std::string parts = "the parts of a retrieval";
  const auto add = [&](std::string name, const std::function<Heard(const Act&, const Bytes&)>& send) {
    list.add(parts, std::move(name), [&] {
      const auto asked = world.sign(mallory, asking);
      return send(asked.act, asked.statement);
    });
  };
  add("one that is missing", [&](const Act& act, const Bytes&) { return mallory.send({{"act", view(act.bytes)}}); });
  add("one that is changed", [&](const Act& act, const Bytes& part) {
    return mallory.send({{"act", view(act.bytes)}, {"private", flipped(part, part.size() / 2)}});
  });
  add("one that is another's", [&](const Act& act, const Bytes&) {
    return mallory.send({{"act", view(act.bytes)}, {"private", world.sign(mallory, asking).statement}});
  });
  add("one twice", [&](const Act& act, const Bytes& part) {
    return mallory.send({{"act", view(act.bytes)}, {"private", part}, {"private", part}});
  });
  add("one too many", [&](const Act& act, const Bytes& part) {
    return mallory.send({{"act", view(act.bytes)}, {"private", part}, {"secret", part}});
  });
  add("one of another name", [&](const Act& act, const Bytes& part) {
    return mallory.send({{"act", view(act.bytes)}, {"identity", part}});
  });
  add("one of a name that no frame has", [&](const Act& act, const Bytes& part) {
    return mallory.send({{"act", view(act.bytes)}, {"privates", part}});
  });
  add("the act behind it", [&](const Act& act, const Bytes& part) {
    return mallory.send({{"private", part}, {"act", view(act.bytes)}});
  });
  add("the act twice", [&](const Act& act, const Bytes&) {
    return mallory.send({{"act", view(act.bytes)}, {"act", view(act.bytes)}});
  });
  add("one of 65,537 bytes", [&](const Act& act, const Bytes&) {
    return mallory.send({{"act", view(act.bytes)}, {"private", Bytes(65'537)}});
  });
  const auto form = [&](std::string name, const std::string& changed) {
    list.add(parts, std::move(name), [&] {
      const auto stated = state(world, mallory, changed);
      return mallory.send({{"act", view(stated.act.bytes)}, {"private", stated.statement}});
    });
  };
  const std::string whole(text_view(world.sign(mallory, asking).statement));
  form("one with an unknown field, committed", with(whole, "\"conditions\"", "\"also\":\"this\",\"conditions\""));
  form("one with an unknown authority, committed", with(whole, "\"consent\"", "\"violence\""));
  form("one with a space", with(whole, ",\"purpose\"", ", \"purpose\""));
  form("one with a key twice", with(whole, "\"conditions\"", "\"purpose\":\"x\",\"conditions\""));
  form("one without a salt", "{\"purpose\":\"documentation\",\"authority\":\"consent\",\"conditions\":[]}");
  form("one that is nothing", "");
  form("one of 10,000 levels", with(whole, "[]", std::string(10'000, '[') + std::string(10'000, ']')));

  const std::string cards = "the card of an enrolment";
  const auto newcomer = world.new_peer("newcomer"), other = world.new_peer("other");
  const auto card = view(newcomer->identity().card().envelope);
  const auto enrol = [&](std::string name, const std::function<Heard(const Act&)>& send) {
    list.add(cards, std::move(name), [&] {
      return send(world.sign(*world.custodian, MemberEnrol{newcomer->identity().card().hash, {Role::analyst}}));
    });
  };
  enrol("missing", [&](const Act& act) { return world.custodian->send({{"act", view(act.bytes)}}); });
  enrol("changed", [&](const Act& act) {
    return world.custodian->send({{"act", view(act.bytes)}, {"card", flipped(card, card.size() / 2)}});
  });
  enrol("another's", [&](const Act& act) {
    return world.custodian->send({{"act", view(act.bytes)}, {"card", view(other->identity().card().envelope)}});
  });
  enrol("twice", [&](const Act& act) {
    return world.custodian->send({{"act", view(act.bytes)}, {"card", card}, {"card", card}});
  });
  enrol("with an identity to which it does not commit", [&](const Act& act) {
    return world.custodian->send({{"act", view(act.bytes)}, {"card", card}, {"identity", view("{}")}});
  });
  list.add_story(cards, "every 29th byte of it changed", [&] {
    Answers answers;
    for (std::size_t at = 0; at < card.size(); at += 29) {
      const auto act = world.sign(*world.custodian, MemberEnrol{newcomer->identity().card().hash, {Role::analyst}});
      answers.add(world.custodian->send({{"act", view(act.bytes)}, {"card", flipped(card, at)}}));
    }
    return answers.text();
  });

  const std::string frames = "a frame";
  const auto small = world.sign(mallory, MemberRevoke{newcomer->id(), RevokeReason::left});
  FrameWriter writer;
  writer.add("act", view(small.bytes));
  const auto frame = writer.take();
  const auto post = [&](ByteView bytes) { return mallory.ask("POST", "/v1/acts", {}, bytes); };
  list.add_story(frames, "cut at every byte", [&] {
    Answers answers;
    for (std::size_t length = 0; length < frame.size(); ++length) answers.add(post(ByteView(frame).first(length)));
    return answers.text();
  });
  list.add(frames, "with a byte behind it", [&] {
    auto longer = frame;
    longer.push_back(0);
    return post(longer);
  });
  list.add(frames, "whose piece is longer than it", [&] {
    auto longer = frame;
    longer[4] = 0x7F;
    return post(longer);
  });
  list.add(frames, "whose piece has no name", [&] { return post(Bytes{0, 0, 0, 0, 0}); });
  list.add(frames, "of 1,300,000 bytes and one", [&] { return post(Bytes(1'300'001)); });
  list.add(frames, "of random bytes", [&] { return post(Bytes(1000, 0xA5)); });
}

}  // namespace depone::hostile
