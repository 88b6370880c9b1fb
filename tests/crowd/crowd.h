// Many at once: what a crowd of connections does to an archive, and what the archive does to them. Each mode throws
// where something is not as it should be, and prints what it measured as one JSON object.
#pragma once

#include <memory>

#include "tests/hostile_member/world.h"
#include "tests/unit/transport/raw_peer.h"

namespace depone::crowd {

using hostile::Peer;
using hostile::World;

// Investigators, enrolled now.
std::vector<std::unique_ptr<Peer>> enrol_many(const World& world, std::size_t count);
// A submission of 1 KiB by this member, sealed: the body of POST /v1/submissions.
Bytes sealed_submission(const World& world, const Peer& who);
// Whether the other side has ended this connection.
bool is_ended(int socket);
inline void require(bool so, const std::string& what) {
  if (!so) throw std::runtime_error(what);
}

// How an attacker is slow.
enum class Slow {
  silent,    // no handshake
  head,      // a byte of a request's head now and then
  body,      // the same of a body
  answer,    // asks for more than the buffers hold, and reads nothing
  how_many,  // of the above
};
std::string_view name_of(Slow how);

// A connection that is slow on purpose.
class SlowPeer {
 public:
  SlowPeer(Slow how, const Peer& who, std::uint16_t port);
  ~SlowPeer();
  SlowPeer(const SlowPeer&) = delete;
  SlowPeer& operator=(const SlowPeer&) = delete;
  void trickle();  // one byte more
  bool is_cut() const { return is_ended(socket_); }

 private:
  Slow how_;
  protocol::transport::RawPeer peer_;
  int own_ = -1;
  int socket_ = -1;
};

// --- modes
// The slow are cut, each by its own limit; an upload at `honest_rate` bytes a second is not.
void slow_are_cut(World& world, std::size_t honest_rate);
// A member's connections, and another's beside them.
void connections_of_one(World& world, std::size_t most);
// Nobody's handshakes beyond the rate, and what was begun and not finished makes room.
void newcomers(World& world, std::size_t most);
// A member's searches, refused acts and batches, up to the rate; the log grows by no more than was answered.
void entries_of_one(World& world, std::size_t a_minute);
// The median of an honest submission, alone and beside so many idle and slow connections.
void latency(World& world, std::size_t idle, std::size_t slow, std::size_t rounds);
// So many members submit at once for so long: no error, and what the least of them got.
void fairness(World& world, std::size_t members, std::size_t seconds);

}  // namespace depone::crowd
