#include "tests/crowd/crowd.h"

#include <fmt/format.h>
#include <poll.h>

namespace depone::crowd {

using namespace protocol::record;
using protocol::transport::dial_loopback;

std::vector<std::unique_ptr<Peer>> enrol_many(const World& world, std::size_t count) {
  std::vector<std::unique_ptr<Peer>> out;
  while (out.size() < count) {
    out.push_back(world.new_peer(fmt::format("one-of-many-{}", out.size())));
    must(world.enrol(*world.custodian, *out.back(), {Role::investigator}), 200, "enrolling");
  }
  return out;
}

Bytes sealed_submission(const World& world, const Peer& who) {
  const auto deposit = hostile::new_deposit(world.target, who.id(), world.alpha, 1024);
  return hostile::seal_frame(world.target, hostile::frame_of(world.sign(who, deposit.body), deposit));
}

bool is_ended(int socket) {
  pollfd one{socket, POLLRDHUP, 0};
  return ::poll(&one, 1, 0) > 0 && (one.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

std::string_view name_of(Slow how) {
  switch (how) {
    case Slow::silent:
      return "silent";
    case Slow::head:
      return "head";
    case Slow::body:
      return "body";
    case Slow::answer:
      return "answer";
    case Slow::how_many:
      break;
  }
  return "";
}

SlowPeer::SlowPeer(Slow how, const Peer& who, std::uint16_t port) : how_(how), peer_(who.channel()) {
  if (how == Slow::silent) {
    socket_ = own_ = dial_loopback(port);
    return;
  }
  require(peer_.connect(port), "a slow peer gets no handshake");
  socket_ = SSL_get_fd(peer_.connection());
  bool said = true;
  if (how == Slow::head) said = peer_.say("GET /v1/status HTTP/1.1\r\nX: ");
  if (how == Slow::body) said = peer_.say("POST /v1/acts HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
  if (how == Slow::answer) {
    const int little = 4096;  // of the answers wait on this side
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &little, sizeof little);
    for (int i = 0; i < 400 && said; ++i) said = peer_.say("GET /v1/roster?after=0 HTTP/1.1\r\nHost: a\r\n\r\n");
  }
  require(said, "a slow peer is not heard");
}
SlowPeer::~SlowPeer() {
  if (own_ >= 0) ::close(own_);
}
void SlowPeer::trickle() {
  if ((how_ == Slow::head || how_ == Slow::body) && !is_cut()) (void)peer_.say("x");
}

}  // namespace depone::crowd
