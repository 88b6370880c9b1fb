// Cases: members who are revoked in the middle of a request.
#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "tests/hostile_member/list.h"

namespace depone::hostile {

using namespace protocol::record;
namespace transport = protocol::transport;

namespace {

constexpr std::size_t kObjectBytes = 48 << 20;  // more than sockets hold

std::unique_ptr<Peer> new_member(World& world, std::string name) {
  auto peer = world.new_peer(std::move(name));
  must(world.enrol(*world.custodian, *peer, {Role::investigator}), 200, "enrolling");
  must(world.act(*world.keeper, CaseGrant{world.alpha, 1, peer->id(), random_bytes(82), GrantAs::reader}), 200,
       "granting");
  return peer;
}

void revoke(World& world, const Peer& whom) {
  must(world.act(*world.custodian, MemberRevoke{whom.id(), RevokeReason::misconduct}), 200, "revoking");
}

transport::RequestHead patch(const std::string& upload, std::uint64_t bytes) {
  return {"PATCH",
          "/v1/uploads/" + upload,
          {{"Tus-Resumable", "1.0.0"}, {"Upload-Offset", "0"}, {"Content-Type", "application/offset+octet-stream"}},
          bytes};
}

// A line that was used: what breaks it later is no refusal of its handshake.
std::optional<transport::Client> used_line(const Peer& member) {
  auto line = member.dial();
  if (line && !line->exchange({"GET", "/v1/status", {}, 0}, {}, 1 << 20)) return std::nullopt;
  return line;
}

// How the serve of an object ended, once the log says so.
std::string end_of_serve(const World& world, std::uint64_t from) {
  for (int tries = 0; tries < 100; ++tries) {
    for (const auto& entry : world.entries(from, world.log_size())) {
      if (entry.type == kEvidenceServed) return "evidence.served " + facts_of<ServedFacts>(entry).value().end;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return "a serve that is never closed";
}

}  // namespace

void add_revocations(List& list, World& world) {
  const std::string kind = "revoked in the middle of";
  list.add_story(kind, "nothing: an open connection", [&] {
    const auto member = new_member(world, "idle");
    const auto before = member->get("/v1/status");
    list.settle();
    revoke(world, *member);
    return fmt::format("{}; then {}", answer_text(before), answer_text(member->get("/v1/status")));
  });
  list.add_story(kind, "a PATCH", [&] {
    const auto member = new_member(world, "sender");
    const auto upload = world.new_upload(*member, 1'000'000);
    auto line = used_line(*member);
    if (!line || !line->begin(patch(upload, 1'000'000)) || !line->write(random_bytes(400'000)))
      return std::string("no connection");
    list.settle();
    revoke(world, *member);
    for (int i = 0; i < 6 && line->write(random_bytes(100'000)); ++i) continue;
    return fmt::format("{}; then {}", answer_text(hear(*line)),
                       answer_text(member->ask("HEAD", "/v1/uploads/" + upload, {{"Tus-Resumable", "1.0.0"}})));
  });
  list.add_story(kind, "an act whose body has not all come", [&] {
    const auto member = new_member(world, "actor");
    const auto asked = world.sign(*member, World::Asking{world.alpha, {world.shared.id}});
    FrameWriter frame;
    frame.add("act", view(asked.act.bytes));
    frame.add("private", asked.statement);
    auto line = used_line(*member);
    const auto half = frame.bytes().size() / 2;
    if (!line || !line->begin({"POST", "/v1/acts", {}, frame.bytes().size()}) ||
        !line->write(ByteView(frame.bytes()).first(half)))
      return std::string("no connection");
    list.settle();
    revoke(world, *member);
    (void)line->write(ByteView(frame.bytes()).subspan(half));
    return answer_text(hear(*line));
  });
  list.add_story(kind, "a GET that is read slowly", [&] {
    auto deposit = new_deposit(world.target, world.keeper->id(), world.alpha, kObjectBytes);
    const auto upload = world.new_upload(*world.keeper, kObjectBytes);
    const auto head = patch(upload, kObjectBytes);
    must(world.keeper->ask(head.method, head.target, head.fields, deposit.object), 204, "uploading");
    must(world.submit(*world.keeper, *world.keeper, deposit, Object::apart, upload), 200, "submitting");
    const auto member = new_member(world, "slow");
    const auto asked = world.sign(*member, World::Asking{world.alpha, {deposit.item}});
    must(member->send({{"act", view(asked.act.bytes)}, {"private", asked.statement}}), 200, "retrieving");
    list.settle();
    const auto from = world.log_size();
    auto line = used_line(*member);
    const std::string target = "/v1/objects/" + to_text(deposit.item) + "?grant=" + asked.hash;
    if (!line || !line->begin({"GET", target, {}, 0}) || !line->receive()) return std::string("no connection");
    Bytes some(4096);
    (void)line->read(some);
    revoke(world, *member);
    std::uint64_t got = 0;
    for (;;) {
      const auto n = line->read(some);
      if (!n || *n == 0) break;
      got += *n;
    }
    return fmt::format("200, {}; {}", got < kObjectBytes - some.size() ? "cut" : "all of it",
                       end_of_serve(world, from));
  });
}

}  // namespace depone::hostile
