// Each limit by itself, on a daemon whose configuration makes it small.
#include <thread>

#include <fmt/format.h>

#include "protocol/record/reason.h"
#include "tests/bench/figures.h"
#include "tests/crowd/crowd.h"

namespace depone::crowd {

using namespace std::chrono_literals;
using namespace protocol::record;
using protocol::transport::dial_loopback;

namespace {

void require_later(const hostile::Heard& heard, unsigned status, Reason reason, std::string_view what) {
  require(heard.status == status && heard.field("Content-Type") == "application/problem+json",
          fmt::format("{}: {} {}", what, heard.status, heard.fault));
  require(heard.text().find('"' + std::string(code(reason)) + '"') != std::string::npos,
          fmt::format("{}: {}", what, heard.text()));
  require(!heard.field("Retry-After").empty(), fmt::format("{}: it does not say when to come again", what));
}

// Sends an upload at this rate, for so long, and hears the answer. Not by our client, which sends small pieces
// together.
std::string upload_slowly(const World& world, Peer& who, std::size_t rate, std::chrono::seconds time) {
  constexpr std::size_t kTurns = 4;  // a second
  const std::string bytes(rate / kTurns, 'x');
  const auto all = bytes.size() * kTurns * static_cast<std::size_t>(time.count());
  const auto upload = world.new_upload(who, all);
  protocol::transport::RawPeer peer(who.channel());
  require(peer.connect(world.target.address.port), "an honest member gets no connection");
  bool said =
      peer.say(fmt::format("PATCH /v1/uploads/{} HTTP/1.1\r\nHost: a\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
                           "Content-Type: application/offset+octet-stream\r\nContent-Length: {}\r\n\r\n",
                           upload, all));
  for (std::size_t sent = 0; sent < all && said; sent += bytes.size()) {
    said = peer.say(bytes);
    std::this_thread::sleep_for(1000ms / kTurns);
  }
  return peer.hear("\r\n\r\n");
}

}  // namespace

void slow_are_cut(World& world, std::size_t honest_rate) {
  constexpr auto kTime = 12s;
  const auto port = world.target.address.port;
  auto& mallory = world.find("investigator", "reader").peer;
  std::string honest;
  std::jthread uploading([&] {
    try {
      honest = upload_slowly(world, world.find("lawyer", "reader").peer, honest_rate, kTime);
    } catch (const std::exception& error) {
      honest = error.what();
    }
  });
  const bench::Stopwatch watch;
  std::vector<std::unique_ptr<SlowPeer>> slow;
  for (int how = 0; how < static_cast<int>(Slow::how_many); ++how)
    slow.push_back(std::make_unique<SlowPeer>(static_cast<Slow>(how), mallory, port));
  std::vector<double> cut(slow.size(), 0);
  while (watch.seconds() < 12) {
    for (std::size_t i = 0; i < slow.size(); ++i) {
      slow[i]->trickle();
      if (cut[i] == 0 && slow[i]->is_cut()) cut[i] = watch.seconds();
    }
    std::this_thread::sleep_for(100ms);
  }
  uploading.join();
  std::string line = "{";
  for (std::size_t i = 0; i < slow.size(); ++i)
    line += fmt::format("\"{}_cut_after\":{:.1f},", name_of(static_cast<Slow>(i)), cut[i]);
  fmt::print("{}\"honest_bytes_a_second\":{}}}\n", line, honest_rate);
  for (std::size_t i = 0; i < slow.size(); ++i)
    require(cut[i] > 0, fmt::format("who is slow ({}) is not cut", name_of(static_cast<Slow>(i))));
  require(honest.starts_with("HTTP/1.1 204 "), "an honest upload: " + honest);
}

void connections_of_one(World& world, std::size_t most) {
  auto& mallory = world.find("investigator", "reader").peer;
  auto& honest = world.find("lawyer", "reader").peer;
  mallory.hang_up();
  std::vector<protocol::transport::Client> lines;
  const auto ask = [&](protocol::transport::Client& line) {
    hostile::Heard heard;
    auto answer = line.exchange({"GET", "/v1/status", {}, 0}, {}, 1 << 20);
    if (!answer) heard.fault = answer.error().detail;
    if (answer) heard = {answer->head.status, std::move(answer->head.fields), std::move(answer->body), ""};
    return heard;
  };
  for (std::size_t i = 0; i < most; ++i) {
    auto line = mallory.dial();
    require(line.has_value(), "a connection within the limit is refused");
    must(ask(*line), 200, "within the limit");
    lines.push_back(std::move(*line));
  }
  auto beyond = mallory.dial();
  require(beyond.has_value(), "one beyond the limit is not told so");
  require_later(ask(*beyond), 429, Reason::too_many_connections, "beyond the limit");
  require(!beyond->reusable(), "a connection that is one too many goes on");
  must(ask(lines.front()), 200, "one that was there before");
  honest.hang_up();
  must(honest.get("/v1/status"), 200, "somebody else");
  lines.pop_back();
  for (int i = 0; i < 50; ++i) {
    auto again = mallory.dial();
    if (again && ask(*again).status == 200) {
      fmt::print("{{\"connections_of_one\":{}}}\n", most);
      return;
    }
    std::this_thread::sleep_for(100ms);
  }
  throw std::runtime_error("a place that was given back is not given again");
}

void newcomers(World& world, std::size_t most) {
  const auto port = world.target.address.port;
  auto& honest = world.find("lawyer", "reader").peer;
  std::vector<int> sockets;
  for (std::size_t i = 0; i < most + 20; ++i) sockets.push_back(dial_loopback(port));
  std::this_thread::sleep_for(300ms);
  std::size_t cut = 0;
  for (const int socket : sockets) cut += is_ended(socket) ? 1 : 0;
  require(cut >= 20, fmt::format("{} of {} who say nothing were cut to make room", cut, sockets.size()));
  honest.hang_up();
  auto heard = honest.get("/v1/status");
  if (heard.status != 200) {  // of handshakes there is one again, a second later
    std::this_thread::sleep_for(1s);
    heard = honest.get("/v1/status");
  }
  must(heard, 200, "a member beside those who say nothing");
  fmt::print("{{\"silent\":{},\"cut\":{}}}\n", sockets.size(), cut);
  for (const int socket : sockets) ::close(socket);
}

void entries_of_one(World& world, std::size_t a_minute) {
  auto& mallory = world.find("investigator", "reader").peer;
  auto& honest = world.find("lawyer", "reader").peer;
  const auto before = world.log_size();
  std::size_t searches = 0, refused = 0, later = 0;
  for (std::size_t i = 0; i < 4 * a_minute; ++i) {
    const auto search = mallory.get("/v1/cases");
    if (search.status == 200)
      ++searches;
    else
      require_later(search, 429, Reason::too_often, "a search");
    const auto act = world.act(mallory, MemberRevoke{honest.id(), RevokeReason::left});
    if (act.status == 403)
      ++refused;
    else
      require_later(act, 429, Reason::too_often, "an act that is refused");
    later += (search.status == 429 ? 1 : 0) + (act.status == 429 ? 1 : 0);
  }
  const auto grown = world.log_size() - before;
  require(grown <= searches + refused,
          fmt::format("the log grew by {}, and {} were answered", grown, searches + refused));
  require(searches > 0 && refused > 0 && later > 0, "nothing was tried");
  require(searches + refused <= 2 * a_minute, "entries without end");
  must(mallory.get("/v1/status"), 200, "what writes nothing");
  must(honest.get("/v1/cases"), 200, "somebody else");
  fmt::print("{{\"searches\":{},\"refused_acts\":{},\"log_grew\":{}}}\n", searches, refused, grown);
}

}  // namespace depone::crowd
