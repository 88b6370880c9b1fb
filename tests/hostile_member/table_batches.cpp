// Rows: submissions that come together.
#include "tests/hostile_member/table.h"

namespace depone::hostile {

using namespace protocol::record;

void add_batches(Table& table, World& world) {
  const auto sealed = [&](const Peer& signer, const crypto::CaseId& into, Object object = Object::inside) {
    const auto deposit = new_deposit(world.target, signer.id(), into);
    return seal_frame(world.target, frame_of(world.sign(signer, deposit.body), deposit, object));
  };
  const auto batch = [&](std::string state, const std::function<void(Who&, FrameWriter&)>& fill) {
    table.add("POST submissions/batch", std::move(state), [&](Who& who) {
      FrameWriter frame;
      fill(who, frame);
      return who.peer.ask("POST", "/v1/submissions/batch", {}, frame.take());
    });
  };
  batch("two into ALPHA", [&](Who& who, FrameWriter& frame) {
    for (int i = 0; i < 2; ++i) frame.add("submission", sealed(who.peer, world.alpha));
  });
  batch("the same twice", [&](Who& who, FrameWriter& frame) {
    const auto one = sealed(who.peer, world.alpha);
    for (int i = 0; i < 2; ++i) frame.add("submission", one);
  });
  batch("one into ALPHA, one into an unknown case, one whose object was not sent", [&](Who& who, FrameWriter& frame) {
    frame.add("submission", sealed(who.peer, world.alpha));
    frame.add("submission", sealed(who.peer, crypto::random_fixed<crypto::CaseId>()));
    frame.add("submission", sealed(who.peer, world.alpha, Object::apart));
  });
  batch("one that does not open, one into ALPHA", [&](Who& who, FrameWriter& frame) {
    frame.add("submission", random_bytes(500));
    frame.add("submission", sealed(who.peer, world.alpha));
  });
  batch("one of another member",
        [&](Who&, FrameWriter& frame) { frame.add("submission", sealed(*world.keeper, world.alpha)); });
  batch("none", [](Who&, FrameWriter&) {});
  batch("65 that do not open", [](Who&, FrameWriter& frame) {
    for (int i = 0; i < 65; ++i) frame.add("submission", random_bytes(500));
  });
  batch("an act among them", [&](Who& who, FrameWriter& frame) {
    frame.add("submission", sealed(who.peer, world.alpha));
    frame.add("act", view(world.sign(who.peer, MemberRevoke{world.keeper->id(), RevokeReason::left}).bytes));
  });
  table.add("POST submissions/batch", "cut in the middle of the second", [&](Who& who) {
    FrameWriter frame;
    for (int i = 0; i < 2; ++i) frame.add("submission", sealed(who.peer, world.alpha));
    auto bytes = frame.take();
    bytes.resize(bytes.size() - 10);
    return who.peer.ask("POST", "/v1/submissions/batch", {}, std::move(bytes));
  });
}

}  // namespace depone::hostile
