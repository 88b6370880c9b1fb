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
  std::chrono::milliseconds progress{60'000};  // for any bytes at all of a body, either way
  std::size_t head_bytes_max = 16 * 1024;
  std::size_t connections_max = 1024;
};

// One request and its answer. Used by the one coroutine that handles it; gone when that returns.
class Exchange {
 public:
  virtual ~Exchange() = default;
  virtual const RequestHead& request() const = 0;
  virtual const crypto::SignPublicKey& peer() const = 0;  // the peer's channel key
  virtual std::string key_exchange() const = 0;

  // Some bytes of the request's body: 0 at its end; `unreachable` if the peer went away, `timed_out`.
  virtual boost::asio::awaitable<Result<std::size_t>> read(std::span<std::uint8_t> into) = 0;

  virtual boost::asio::awaitable<Result<>> begin(ResponseHead head) = 0;
  virtual boost::asio::awaitable<Result<>> write(ByteView bytes) = 0;
  virtual boost::asio::awaitable<Result<>> finish() = 0;
  // Whether begin() was called: after that no problem document can be sent any more.
  virtual bool begun() const = 0;
};

// The whole body, of at most `bytes_max`; too_large says so before it is read where its length is known.
boost::asio::awaitable<Result<Bytes>> read_all(Exchange& exchange, std::size_t bytes_max);
boost::asio::awaitable<Result<>> respond(Exchange& exchange, unsigned status, std::string_view content_type,
                                         ByteView body, std::vector<Field> more = {});

class Server {
 public:
  using Admit = std::function<bool(const crypto::SignPublicKey&)>;         // in the handshake, any thread
  using Handler = std::function<boost::asio::awaitable<void>(Exchange&)>;  // any thread
  using Log = std::function<void(std::string_view)>;                       // without content

  Server(boost::asio::io_context& io, Address listen, const ChannelKey& key, ServerLimits limits, Admit admit,
         Handler handler, Log log);
  ~Server();

  Result<> listen();  // io: cannot listen there, and why
  std::uint16_t port() const;

  // Closes every open connection of this key, at once. Thread-safe.
  void close_peer(const crypto::SignPublicKey& key);
  // No more connections; idle ones are closed; running exchanges end. `drained` is called when none is left.
  // Thread-safe.
  void stop(std::function<void()> drained);
  std::size_t open_connections() const;

  struct State;

 private:
  std::shared_ptr<State> state_;
};

}  // namespace depone::protocol::transport
