// A person on the wire, without the client's Session: whatever a test wants to sign or ask is signed and asked, also
// what our client never would. One connection, dialled again where it was lost. Blocking; one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "client/lib/identity.h"
#include "protocol/record/act.h"
#include "protocol/record/archive_card.h"
#include "protocol/record/frame.h"
#include "protocol/transport/client.h"

namespace depone::hostile {

// What the archive is called and where it listens, out of its card.
struct Target {
  protocol::record::ArchiveCard card;
  protocol::transport::Address address;
};

// The answer to what was sent so far, as exchange() gives it.
struct Heard;
Heard hear(protocol::transport::Client& line);

// What came back. `fault` says why nothing did: "refused in the handshake", "no answer".
struct Heard {
  unsigned status = 0;
  std::vector<protocol::transport::Field> fields;
  Bytes body;
  std::string fault;
  std::string text() const { return std::string(text_view(body)); }
  std::string field(std::string_view name) const {
    return std::string(protocol::transport::find_field(fields, name).value_or(""));
  }
};

constexpr std::string_view kNoHandshake = "refused in the handshake";
constexpr std::string_view kNoAnswer = "no answer";

class Peer {
 public:
  Peer(std::string name, client::Identity identity, const Target& target)
      : name_(std::move(name)),
        identity_(std::move(identity)),
        channel_(identity_.channel_seed()),
        target_(target) {}

  const std::string& name() const { return name_; }
  const client::Identity& identity() const { return identity_; }
  const crypto::SigningKey& key() const { return identity_.signing_key(); }
  const protocol::transport::ChannelKey& channel() const { return channel_; }
  crypto::KeyId id() const { return identity_.id(); }

  Heard ask(std::string method, std::string target, std::vector<protocol::transport::Field> fields = {},
            ByteView body = {});
  Heard get(std::string target) { return ask("GET", std::move(target)); }
  // Pieces, of which the first is an act's envelope, to /v1/acts.
  Heard send(std::initializer_list<protocol::record::Piece> pieces);
  void hang_up() { connection_.reset(); }
  // For requests that are left half done: a connection beside the other.
  std::optional<protocol::transport::Client> dial() const;

 private:
  protocol::transport::Client* connection();

  std::string name_;
  client::Identity identity_;
  protocol::transport::ChannelKey channel_;
  const Target& target_;
  std::optional<protocol::transport::Client> connection_;
};

}  // namespace depone::hostile
