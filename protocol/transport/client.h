// The calling side: one blocking connection to an archive, used by one thread at a time. Both keys are pinned. Every
// operation has a deadline (but the look-up of a name, which the system's resolver bounds). After an error the
// connection is of no more use, but after `input`. Misuse (a body longer than it said, read() before receive()) is
// std::logic_error.
#pragma once

#include <chrono>
#include <memory>
#include <span>

#include "crypto/bytes.h"
#include "protocol/transport/channel_key.h"
#include "protocol/transport/message.h"
#include "system/result.h"

namespace depone::protocol::transport {

struct ClientLimits {
  std::chrono::milliseconds connect{20'000};   // to the end of the handshake
  std::chrono::milliseconds progress{90'000};  // of waiting, for an answer's head or progress_bytes_min of a body
  std::size_t progress_bytes_min = 4 * 1024;
  std::size_t head_bytes_max = 16 * 1024;
};

struct Answer {
  ResponseHead head;
  Bytes body;
};

class Client {
 public:
  // unreachable: nobody listens there; wrong_key: the peer is not the archive that was joined; timed_out.
  static Result<Client> connect(const Address& address, const ChannelKey& own, const crypto::SignPublicKey& server_key,
                                ClientLimits limits = {});
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;

  // A request: its head, then content_length bytes by write(), best 64-256 KiB at a time. If the peer answers before it
  // has read them all, write() does nothing more and receive() gives that answer. begin() is `unreachable` on a
  // connection that is not reusable, `input` for a head that cannot be sent.
  Result<> begin(const RequestHead& head);
  Result<> write(ByteView bytes);
  bool peer_stopped_reading() const;
  // `refused`: the archive does not take this key (in TLS 1.3 that is heard only here, after connect() succeeded);
  // `unreachable`: it went away; `timed_out`; `malformed`: not HTTP. May be called before the whole body is written.
  Result<ResponseHead> receive();
  // Some bytes of the answer's body; 0 at its end.
  Result<std::size_t> read(std::span<std::uint8_t> into);

  // All of it at once. `too_large`: the answer is longer than `answer_bytes_max`.
  Result<Answer> exchange(RequestHead head, ByteView body, std::size_t answer_bytes_max);
  // Whether the connection can carry another request: the last answer is read to its end, and the peer did not close.
  bool reusable() const;

  struct State;

 private:
  explicit Client(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace depone::protocol::transport
