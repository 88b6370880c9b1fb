// The calling side: one blocking connection to an archive, used by one thread at a time. Both keys are pinned. Every
// operation has a deadline.
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
  std::chrono::milliseconds connect{20'000};
  std::chrono::milliseconds progress{90'000};
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

  // A request: its head, then content_length bytes by write(). If the peer answers before it has read them all, write()
  // does nothing more and receive() gives that answer.
  Result<> begin(const RequestHead& head);
  Result<> write(ByteView bytes);
  bool peer_stopped_reading() const;
  // `refused`: the peer closed the connection without a word, as an archive does that does not know this key.
  Result<ResponseHead> receive();
  // Some bytes of the answer's body; 0 at its end.
  Result<std::size_t> read(std::span<std::uint8_t> into);

  Result<Answer> exchange(RequestHead head, ByteView body, std::size_t answer_bytes_max);
  // Whether the connection can carry another request.
  bool reusable() const;

  struct State;

 private:
  explicit Client(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace depone::protocol::transport
