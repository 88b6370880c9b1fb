// A peer that speaks TLS by OpenSSL's own calls and says whatever a test wants: what our client never would.
#pragma once

#include <chrono>
#include <cstring>
#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "protocol/transport/tls_context.h"

namespace depone::protocol::transport {

inline int dial_loopback(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  timeval patience{10, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr address;
  std::memcpy(&address, &to, sizeof address);
  ::connect(socket, &address, sizeof address);
  return socket;
}

class RawPeer {
 public:
  // A context without any of our settings, but for the key that it shows.
  explicit RawPeer(const ChannelKey& key) : RawPeer() {
    SSL_CTX_use_certificate(context_, key.native().certificate);
    SSL_CTX_use_PrivateKey(context_, key.native().key);
  }
  RawPeer() : context_(SSL_CTX_new(TLS_client_method())) { SSL_CTX_set_verify(context_, SSL_VERIFY_NONE, nullptr); }
  RawPeer(const RawPeer&) = delete;
  RawPeer& operator=(const RawPeer&) = delete;
  ~RawPeer() {
    SSL_SESSION_free(session_);
    hang_up();
    SSL_CTX_free(context_);
  }

  SSL_CTX* context() { return context_; }

  // The handshake, as this side sees it. With `resume`, it offers the session of the connection before.
  bool connect(std::uint16_t port, bool resume = false) {
    hang_up();
    socket_ = dial_loopback(port);
    connection_ = SSL_new(context_);
    if (resume && session_ != nullptr) SSL_set_session(connection_, session_);
    SSL_set_fd(connection_, socket_);
    return SSL_connect(connection_) == 1;
  }
  void hang_up() {
    SSL_free(std::exchange(connection_, nullptr));
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }
  bool say(std::string_view text) {
    return SSL_write(connection_, text.data(), static_cast<int>(text.size())) == static_cast<int>(text.size());
  }
  // What comes until the peer closes, or until `end` has come. A peer that does neither has "(silence)" added.
  std::string hear(std::string_view end = {}) {
    std::string heard;
    char some[4096];
    while (end.empty() || heard.find(end) == std::string::npos) {
      const int n = SSL_read(connection_, some, sizeof some);
      if (n <= 0) {
        // The socket's patience is over: EAGAIN, which OpenSSL takes for a socket that does not block.
        if (SSL_get_error(connection_, n) == SSL_ERROR_WANT_READ) heard += "(silence)";
        break;
      }
      heard.append(some, static_cast<std::size_t>(n));
    }
    return heard;
  }
  void keep_session() { session_ = SSL_get1_session(connection_); }
  bool resumed() const { return SSL_session_reused(connection_) == 1; }
  SSL* connection() { return connection_; }

 private:
  SSL_CTX* context_;
  SSL* connection_ = nullptr;
  SSL_SESSION* session_ = nullptr;
  int socket_ = -1;
};

}  // namespace depone::protocol::transport
