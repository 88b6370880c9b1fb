// Cases: submissions of which a piece is not what was signed, and objects that are not theirs.
#include "crypto/context.h"
#include "crypto/hash.h"
#include "tests/hostile_member/list.h"

namespace depone::hostile {

using namespace protocol::record;

namespace {

void flip(Bytes& bytes) { bytes.at(bytes.size() / 2) ^= 1; }

Bytes frame_with(const Act& act, const Deposit& deposit, std::initializer_list<std::string_view> pieces) {
  const std::map<std::string_view, ByteView> all{{"act", view(act.bytes)},         {"manifest", deposit.manifest},
                                                 {"secret", deposit.secret},       {"private", deposit.private_part},
                                                 {"release_share", deposit.share}, {"object", deposit.object}};
  FrameWriter frame;
  for (const auto name : pieces) frame.add(name, all.at(name));
  return frame.take();
}

}  // namespace

void add_bad_submissions(List& list, World& world) {
  auto& mallory = world.find("investigator", "reader").peer;
  const std::string kind = "a submission";
  const auto fresh = [&] { return new_deposit(world.target, mallory.id(), world.alpha); };
  // Changed after it was signed.
  const auto changed = [&](std::string name, const std::function<void(Deposit&)>& change) {
    list.add(kind, std::move(name), [&] {
      auto deposit = fresh();
      const auto act = world.sign(mallory, deposit.body);
      change(deposit);
      return mallory.ask("POST", "/v1/submissions", {}, seal_frame(world.target, frame_of(act, deposit)));
    });
  };
  changed("whose manifest is changed", [](Deposit& d) { flip(d.manifest); });
  changed("whose secret is changed", [](Deposit& d) { flip(d.secret); });
  changed("whose private part is changed", [](Deposit& d) { flip(d.private_part); });
  changed("whose release share is changed", [](Deposit& d) { flip(d.share); });
  changed("whose release share is a byte short", [](Deposit& d) { d.share.pop_back(); });
  changed("whose object is changed", [](Deposit& d) { flip(d.object); });
  changed("whose object is cut", [](Deposit& d) { d.object.pop_back(); });
  changed("whose object is longer", [](Deposit& d) { d.object.push_back(0); });
  changed("whose object says another chunk size", [](Deposit& d) { d.object[17] ^= 1; });
  changed("whose object is too large to be inside", [](Deposit& d) { d.object = random_bytes(128 * 1024 + 1); });

  // Signed as it is.
  const auto signed_so = [&](std::string name, const std::function<void(EvidenceSubmit&)>& change) {
    list.add(kind, std::move(name), [&] {
      auto deposit = fresh();
      change(deposit.body);
      return world.submit(mallory, mallory, deposit);
    });
  };
  signed_so("that signs another size of its object", [](EvidenceSubmit& b) { ++b.object.size; });
  signed_so("that signs another format of its object", [](EvidenceSubmit& b) { b.object.format = "PLAIN"; });
  signed_so("that signs another release commitment",
            [](EvidenceSubmit& b) { b.release_commitment = crypto::random_fixed<crypto::Digest>(); });
  signed_so("that signs a part too many",
            [](EvidenceSubmit& b) { b.parts.add("rows", crypto::random_fixed<crypto::Digest>()); });
  signed_so("that signs a part too few", [](EvidenceSubmit& b) { b.parts.entries.pop_back(); });
  signed_so("for a case that is not", [](EvidenceSubmit& b) { b.case_id = crypto::random_fixed<crypto::CaseId>(); });
  signed_so("for epoch 0", [](EvidenceSubmit& b) { b.epoch = 0; });
  list.add(kind, "whose object has a length that none can have",
           [&] { return world.submit(mallory, mallory, new_deposit(world.target, mallory.id(), world.alpha, 40)); });
  list.add(kind, "whose object has another chunk size, signed so", [&] {
    auto deposit = fresh();
    deposit.object[17] ^= 1;
    commit(world.target, mallory.id(), deposit);
    return world.submit(mallory, mallory, deposit);
  });

  const auto pieces = [&](std::string name, std::initializer_list<std::string_view> names) {
    list.add(kind, std::move(name), [&] {
      const auto deposit = fresh();
      const auto frame = frame_with(world.sign(mallory, deposit.body), deposit, names);
      return mallory.ask("POST", "/v1/submissions", {}, seal_frame(world.target, frame));
    });
  };
  pieces("without its manifest", {"act", "secret", "private", "release_share", "object"});
  pieces("without its release share", {"act", "manifest", "secret", "private", "object"});
  pieces("whose pieces are in another order", {"act", "secret", "manifest", "private", "release_share", "object"});
  pieces("with its object twice", {"act", "manifest", "secret", "private", "release_share", "object", "object"});
  pieces("of the act alone", {"act"});
  pieces("of nothing", {});

  list.add_story(kind, "sealed, and every 61st byte of that changed", [&] {
    const auto deposit = fresh();
    const auto sealed = seal_frame(world.target, frame_of(world.sign(mallory, deposit.body), deposit));
    Answers answers;
    for (std::size_t at = 0; at < sealed.size(); at += 61) {
      auto other = sealed;
      other[at] ^= 1;
      answers.add(mallory.ask("POST", "/v1/submissions", {}, other));
    }
    return answers.text();
  });
  list.add(kind, "sealed for another archive", [&] {
    const auto deposit = fresh();
    const auto frame = frame_of(world.sign(mallory, deposit.body), deposit);
    const auto info = crypto::submission_info(crypto::random_fixed<crypto::Digest>());
    return mallory.ask("POST", "/v1/submissions", {},
                       crypto::seal(world.target.card.facts.intake, info, frame).value());
  });
  list.add(kind, "that is not sealed", [&] {
    const auto deposit = fresh();
    return mallory.ask("POST", "/v1/submissions", {}, frame_of(world.sign(mallory, deposit.body), deposit));
  });
  list.add(kind, "of 1,600,001 bytes", [&] { return mallory.ask("POST", "/v1/submissions", {}, Bytes(1'600'001)); });
  list.add(kind, "of another type of act", [&] {
    const auto deposit = fresh();
    const auto act = world.sign(mallory, MemberRevoke{world.keeper->id(), RevokeReason::left});
    return mallory.ask("POST", "/v1/submissions", {}, seal_frame(world.target, frame_of(act, deposit)));
  });
  list.add(kind, "by a key that nobody enrolled, delivered by a member", [&] {
    const auto& stranger = world.find("investigator", "stranger").peer;
    return world.submit(mallory, stranger, new_deposit(world.target, stranger.id(), world.alpha));
  });

  const auto first = fresh();
  const auto act = world.sign(mallory, first.body);
  const auto post = [&] {
    return mallory.ask("POST", "/v1/submissions", {}, seal_frame(world.target, frame_of(act, first)));
  };
  list.add(kind, "as it should be", post);
  list.add(kind, "the same bytes again", post);
  list.add(kind, "its nonce again, with another object", [&] {
    auto other = fresh();
    other.body.nonce = first.body.nonce;
    commit(world.target, mallory.id(), other);
    return world.submit(mallory, mallory, other);
  });
  list.add(kind, "its object again, as another item", [&] {
    auto other = fresh();
    other.object = first.object;
    commit(world.target, mallory.id(), other);
    return world.submit(mallory, mallory, other);
  });
}

}  // namespace depone::hostile
