#include "tests/hostile_member/probes.h"

#include "crypto/hash.h"

namespace depone::hostile {

using namespace protocol::record;

namespace {

Request get(std::string target) { return {"GET", std::move(target), {}, {}}; }

Request by_names(const std::vector<std::string>& names) {
  FrameWriter frame;
  for (const auto& name : names) frame.add("name", view(name));
  return {"POST", "/v1/items/batch", {}, frame.take()};
}

Request retrieval(World& world, Who& who, const World::Asking& asking) {
  const auto asked = world.sign(who.peer, asking);
  FrameWriter frame;
  frame.add("act", view(asked.act.bytes));
  frame.add("private", asked.statement);
  return {"POST", "/v1/acts", {}, frame.take()};
}

template <class Body>
Request act_of(World& world, Who& who, const Body& body, ByteView secret = {}) {
  FrameWriter frame;
  frame.add("act", view(world.sign(who.peer, body).bytes));
  if (!secret.empty()) frame.add("secret", secret);
  return {"POST", "/v1/acts", {}, frame.take()};
}

Request derivative(World& world, Who& who, const Subject& subject, const crypto::CaseId& into) {
  auto deposit = new_deposit(world.target, who.peer.id(), into);
  deposit.body.derived_from.push_back({subject.id, Relation::translation, ""});
  commit(world.target, who.peer.id(), deposit);
  const auto frame = frame_of(world.sign(who.peer, deposit.body), deposit);
  return {"POST", "/v1/submissions", {}, seal_frame(world.target, frame)};
}

}  // namespace

std::string Subject::beginning() const { return to_text(id).substr(0, 3 + 16); }

Subject absent_subject(const crypto::CaseId& case_id) {
  return {crypto::random_fixed<crypto::EvidenceId>(), "ALPHA-000999", case_id};
}

Heard send(Peer& who, const Request& request) {
  return who.ask(request.method, request.target, request.fields, request.body);
}

const std::vector<Probe>& probes() {
  static const std::vector<Probe> all{
      {"the item by its id", [](World&, Who&, const Subject& s) { return get("/v1/items/" + to_text(s.id)); }, true},
      {"the item by its number", [](World&, Who&, const Subject& s) { return get("/v1/items/" + s.ref); }, true, true},
      {"the item by a beginning of its id",
       [](World&, Who&, const Subject& s) { return get("/v1/items/" + s.beginning()); }, true},
      {"the item among names",
       [](World&, Who& who, const Subject& s) {
         return by_names({who.own ? to_text(who.own->id) : "ALPHA-000999", to_text(s.id)});
       },
       true},
      {"its history by its id",
       [](World&, Who&, const Subject& s) { return get("/v1/items/" + to_text(s.id) + "/history"); }, true},
      {"its history by its number",
       [](World&, Who&, const Subject& s) { return get("/v1/items/" + s.ref + "/history"); }, false, true},
      {"its history by a beginning of its id",
       [](World&, Who&, const Subject& s) { return get("/v1/items/" + s.beginning() + "/history"); }},
      {"its history, a later page",
       [](World&, Who&, const Subject& s) { return get("/v1/items/" + to_text(s.id) + "/history?after=1"); }},
      {"its object", [](World&, Who&, const Subject& s) { return get("/v1/objects/" + to_text(s.id)); }, true},
      {"its object by its number", [](World&, Who&, const Subject& s) { return get("/v1/objects/" + s.ref); }, false,
       true},
      {"its object by another's grant",
       [](World& world, Who&, const Subject& s) {
         return get("/v1/objects/" + to_text(s.id) + "?grant=" + world.keepers_other_grant);
       },
       true},
      {"its object by a grant that is none",
       [](World&, Who&, const Subject& s) {
         return get("/v1/objects/" + to_text(s.id) + "?grant=" + std::string(64, '0'));
       }},
      {"a range of its object that is not there",
       [](World&, Who&, const Subject& s) {
         return Request{"GET", "/v1/objects/" + to_text(s.id), {{"Range", "bytes=9999999-"}}, {}};
       }},
      {"retrieving its content",
       [](World& world, Who& who, const Subject& s) {
         return retrieval(world, who, {s.case_id, {s.id}});
       },
       true},
      {"retrieving its manifest",
       [](World& world, Who& who, const Subject& s) {
         return retrieval(world, who, {s.case_id, {s.id}, Scope::manifest});
       }},
      {"retrieving it for external use",
       [](World& world, Who& who, const Subject& s) {
         return retrieval(world, who, {s.case_id, {s.id}, Scope::content, Use::external});
       }},
      {"retrieving it outside its consent",
       [](World& world, Who& who, const Subject& s) {
         return retrieval(world, who, {s.case_id, {s.id}, Scope::content, Use::internal, "media"});
       }},
      {"retrieving it as if of ALPHA",
       [](World& world, Who& who, const Subject& s) {
         return retrieval(world, who, {world.alpha, {s.id}});
       }},
      {"retrieving it beside one's own",
       [](World& world, Who& who, const Subject& s) {
         return retrieval(world, who, {world.alpha, {who.own->id, s.id}});
       }},
      {"describing it",
       [](World& world, Who& who, const Subject& s) {
         EvidenceDescribe body{s.id, {}, std::nullopt, std::nullopt, DescribeReason::wrong_case, {}};
         return act_of(world, who, body);
       },
       true},
      {"sharing it",
       [](World& world, Who& who, const Subject& s) {
         const auto secret = random_bytes(82);
         EvidenceShare body{s.id, world.alpha, 1, {}};
         body.parts.add("secret", crypto::sha256(secret));
         return act_of(world, who, body, secret);
       }},
      {"deriving from it in its case",
       [](World& world, Who& who, const Subject& s) { return derivative(world, who, s, s.case_id); }, true},
      {"deriving from it in another case",
       [](World& world, Who& who, const Subject& s) {
         return derivative(world, who, s, s.case_id == world.alpha ? world.beta : world.alpha);
       }},
  };
  return all;
}

}  // namespace depone::hostile
