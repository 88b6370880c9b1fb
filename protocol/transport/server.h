// The listening side: mutual TLS 1.3 with pinned keys, HTTP/1.1, one coroutine a connection, one strand each. The
// io_context may be run by several threads. Every wait has a deadline, every buffer a maximum; bodies stream.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "crypto/bytes.h"
#include "protocol/transport/channel_key.h"
#include "protocol/transport/message.h"
#include "system/result.h"

namespace depone::protocol::transport {

struct ServerLimits {
  std::chrono::milliseconds handshake{10'000};
  std::chrono::milliseconds head{15'000};      // from a request's first byte to the end of its head
  std::chrono::milliseconds idle{120'000};     // between requests
  std::chrono::milliseconds progress{60'000};  // of waiting, for each progress_bytes_min of a body, either way
  std::chrono::milliseconds drain{30'000};     // after stop(): what runs then may take so long, and is cut
  std::size_t progress_bytes_min = 8 * 1024;   // a trickle does not keep a connection
  std::size_t head_bytes_max = 16 * 1024;
  // In all, and of one peer. Who comes beyond that is told so, as an Exchange that is not welcome; who comes far beyond
  // it is cut.
  std::size_t connections_max = 4096;
  std::size_t connections_per_peer_max = 128;
  // How many may begin, ten seconds' worth at once; what is more is cut before it costs anything.
  std::size_t handshakes_per_second = 500;
  std::size_t handshakes_per_address_per_second = 100;
};

// Whether a connection is one too many. One that is ends with the answer to its first request.
enum class Welcome { yes, too_many_of_peer, too_many };

// One request and its answer. Used by the one coroutine that handles it, one operation at a time; gone when that
// returns. After an error the connection is lost: return. Misuse (an answer longer or shorter than it said) is
// std::logic_error.
class Exchange {
 public:
  virtual ~Exchange() = default;
  virtual const RequestHead& request() const = 0;
  virtual const crypto::SignPublicKey& peer() const = 0;  // the peer's channel key
  virtual std::string key_exchange() const = 0;
  virtual Welcome welcome() const { return Welcome::yes; }

  // Some bytes of the request's body: 0 at its end; `unreachable` if the peer went away, `timed_out`. What is left
  // unread is taken off the wire if it is little; if it is much, the answer says that the connection ends with it.
  // A peer that sent `Expect: 100-continue` is told to go on by the first read.
  virtual boost::asio::awaitable<Result<std::size_t>> read(std::span<std::uint8_t> into) = 0;

  // The answer. Without content_length its body goes out in chunks. The head waits for the first bytes, and small
  // writes are put together: write 64-256 KiB at a time. `input`: a field cannot be sent (nothing was begun).
  virtual boost::asio::awaitable<Result<>> begin(ResponseHead head) = 0;
  // All of it, whatever the time; to HEAD, 204 and 304 nothing is sent.
  virtual boost::asio::awaitable<Result<>> write(ByteView bytes) = 0;
  virtual boost::asio::awaitable<Result<>> finish() = 0;
  // Whether begin() was called: after that no problem document can be sent any more.
  virtual bool begun() const = 0;
};

// Whether so many bytes of a body may be held in memory; asked again as it grows.
using MayHold = std::function<bool(std::size_t)>;
// The whole body, of at most `bytes_max`; too_large says so before it is read where its length is known; no_space where
// it may not be held.
boost::asio::awaitable<Result<Bytes>> read_all(Exchange& exchange, std::size_t bytes_max,
                                               const MayHold* may_hold = nullptr);
boost::asio::awaitable<Result<>> respond(Exchange& exchange, unsigned status, std::string_view content_type,
                                         ByteView body, std::vector<Field> more);
// No default argument in its place: that would be a temporary where the call is awaited (CONTRIBUTING.md, GCC 12).
inline boost::asio::awaitable<Result<>> respond(Exchange& exchange, unsigned status, std::string_view content_type,
                                                ByteView body) {
  return respond(exchange, status, content_type, body, {});
}

// Stop it, and let the io_context's threads end, before anything that the three functions use goes away.
class Server {
 public:
  // Whether a key is enrolled and stands. In every handshake (nothing is ever resumed), on any I/O thread, so it must
  // not block. Who revokes a key first lets Admit refuse it, then calls close_peer: no connection slips between.
  using Admit = std::function<bool(const crypto::SignPublicKey&)>;
  // On the connection's strand. One that throws, or returns without an answer, is logged and answered with 500, or cut
  // where an answer was begun.
  using Handler = std::function<boost::asio::awaitable<void>(Exchange&)>;
  using Log = std::function<void(std::string_view)>;  // without content

  Server(boost::asio::io_context& io, Address listen, const ChannelKey& key, ServerLimits limits, Admit admit,
         Handler handler, Log log);
  ~Server();

  Result<> listen();  // io: cannot listen there, and why
  std::uint16_t port() const;

  // Closes every open connection of this key, at once, exchanges included. Thread-safe.
  void close_peer(const crypto::SignPublicKey& key);
  // No more connections; idle ones are closed; running exchanges end, cut after limits.drain. `drained` is called when
  // none is left, from an I/O thread or at once from here. Thread-safe.
  void stop(std::function<void()> drained);
  std::size_t open_connections() const;
  // Connections that were cut or answered as too many, since the beginning.
  std::uint64_t turned_away() const;

  struct State;

 private:
  std::shared_ptr<State> state_;
};

}  // namespace depone::protocol::transport
