// Cases: handshakes that are none, HTTP that is none, and people who are revoked in the middle of a request.
#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "tests/hostile_member/list.h"
#include "tests/unit/transport/raw_peer.h"

namespace depone::hostile {

using namespace protocol::record;
namespace transport = protocol::transport;
using transport::RawPeer;

namespace {

constexpr std::string_view kStatus = "GET /v1/status HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

// The statuses of all answers in what was heard: "200 400".
std::string statuses(std::string_view heard) {
  std::string out;
  for (std::size_t at = 0; (at = heard.find("HTTP/1.1 ", at)) != std::string_view::npos; at += 9)
    out += (out.empty() ? "" : " ") + std::string(heard.substr(at + 9, 3));
  if (heard.ends_with("(silence)")) out += " and silence";
  return out.empty() ? "closed" : out;
}

// What a peer hears that asks for the status once its handshake is over.
std::string ask_status(RawPeer& peer, std::uint16_t port) {
  if (!peer.connect(port)) return std::string(kNoHandshake);
  (void)peer.say(kStatus);
  const auto heard = peer.hear();
  return heard.empty() ? std::string(kNoHandshake) : statuses(heard);
}

std::string say(const Peer& who, std::uint16_t port, std::string_view text) {
  RawPeer peer(who.channel());
  if (!peer.connect(port)) return std::string(kNoHandshake);
  (void)peer.say(text);
  return statuses(peer.hear());
}

// A member's own certificate, with a name of more than 4 KiB.
void show_large_certificate(RawPeer& peer, const transport::ChannelKey& key) {
  X509* const certificate = X509_dup(key.native().certificate);
  const std::string unit = "a long organisational unit, of a kind";
  for (int i = 0; i < 200; ++i) {
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "OU", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(unit.data()), static_cast<int>(unit.size()), -1,
                               0);
  }
  X509_sign(certificate, key.native().key, nullptr);
  SSL_CTX_use_certificate(peer.context(), certificate);
  SSL_CTX_use_PrivateKey(peer.context(), key.native().key);
  X509_free(certificate);
}

}  // namespace

void add_handshakes(List& list, World& world) {
  const auto port = world.target.address.port;
  const std::string kind = "a handshake";
  const auto& mallory = world.find("investigator", "reader").peer;
  list.add_story(kind, "as it should be", [&] {
    RawPeer peer(mallory.channel());
    return ask_status(peer, port);
  });
  list.add_story(kind, "with a key that nobody enrolled", [&] {
    RawPeer peer(world.find("investigator", "stranger").peer.channel());
    return ask_status(peer, port);
  });
  list.add_story(kind, "with a key that was revoked", [&] {
    RawPeer peer(world.gone->channel());
    return ask_status(peer, port);
  });
  list.add_story(kind, "without a certificate", [&] {
    RawPeer peer;
    return ask_status(peer, port);
  });
  list.add_story(kind, "with a certificate of more than 4 KiB", [&] {
    RawPeer peer;
    show_large_certificate(peer, mallory.channel());
    return ask_status(peer, port);
  });
  list.add_story(kind, "of TLS 1.2", [&] {
    RawPeer peer(mallory.channel());
    SSL_CTX_set_max_proto_version(peer.context(), TLS1_2_VERSION);
    return ask_status(peer, port);
  });
  list.add_story(kind, "that resumes a session", [&] {
    RawPeer peer(mallory.channel());
    SSL_CTX_set_session_cache_mode(peer.context(), SSL_SESS_CACHE_CLIENT);
    const auto first = ask_status(peer, port);
    peer.keep_session();
    if (!peer.connect(port, true)) return std::string(kNoHandshake);
    return fmt::format("{}; {}", first, peer.resumed() ? "resumed" : "a new session");
  });
  list.add_story(kind, "that is plain HTTP", [&] {
    const int socket = transport::dial_loopback(port);
    (void)::send(socket, kStatus.data(), kStatus.size(), MSG_NOSIGNAL);
    std::string heard(4096, '\0');
    const auto n = ::recv(socket, heard.data(), heard.size(), 0);
    ::close(socket);
    heard.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return heard.find("HTTP/1.1") == std::string::npos ? std::string("closed") : statuses(heard);
  });
}

void add_http(List& list, World& world) {
  const auto port = world.target.address.port;
  const std::string kind = "HTTP";
  const auto& mallory = world.find("investigator", "reader").peer;
  const auto add = [&](std::string name, const std::string& text) {
    list.add_story(kind, std::move(name), [&] { return say(mallory, port, text); });
  };
  const auto get = [](const std::string& target) {
    return "GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  };
  const auto post = [](const std::string& fields, const std::string& body) {
    return "POST /v1/acts HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + fields + "\r\n" + body;
  };
  const std::string one = "GET /v1/status HTTP/1.1\r\nHost: a\r\n\r\n";
  add("three requests at once", one + one + std::string(kStatus));
  add("a request hidden in the body of another",
      "POST /v1/acts HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: " + std::to_string(one.size()) +
          "\r\n\r\n" + one);
  add("Transfer-Encoding beside Content-Length",
      post("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + one));
  add("Transfer-Encoding alone", post("Transfer-Encoding: chunked\r\n", "0\r\n\r\n"));
  add("two lengths", post("Content-Length: 4\r\nContent-Length: 5\r\n", "words"));
  add("a length of -1", post("Content-Length: -1\r\n", ""));
  add("a length of 2^64", post("Content-Length: 18446744073709551616\r\n", ""));
  add("a length of 2^63, and no body", post("Content-Length: 9223372036854775808\r\n", ""));
  add("a head of 1 MiB", "GET /v1/status HTTP/1.1\r\nHost: a\r\nX: " + std::string(1 << 20, 'x') + "\r\n\r\n");
  const auto fields = [](int many) {
    std::string text = "GET /v1/status HTTP/1.1\r\nHost: a\r\nConnection: close\r\n";
    for (int i = 0; i < many; ++i) text += "A: b\r\n";
    return text + "\r\n";
  };
  add("a thousand fields", fields(1'000));
  add("four thousand fields, which are 24,000 bytes", fields(4'000));
  add("a hundred thousand fields", fields(100'000));
  add("a target of more than 2 KiB", get("/v1/items?word=" + std::string(3000, 'x')));
  add("17 words", get([] {
        std::string target = "/v1/items?word=x";
        for (int i = 0; i < 16; ++i) target += "&word=x";
        return target;
      }()));
  add("a percent that is none", get("/v1/items/%zz"));
  add("a zero byte in a target", get("/v1/items/%00"));
  add("a path out of the archive", get("/v1/objects/..%2f..%2farchive.db"));
  add("a slash at the end", get("/v1/status/"));
  add("another method", "TRACE /v1/status HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  add("no HTTP at all", "SSH-2.0-client\r\n\r\n");
  add("HTTP/0.9", "GET /v1/status\r\n\r\n");
  add("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  add("a newline in a field", "GET /v1/status HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\nConnection: close\r\n\r\n");
  add("a checkpoint seen that is no checkpoint",
      "GET /v1/log/checkpoint HTTP/1.1\r\nHost: a\r\nDepone-Seen: AAAA\r\nConnection: close\r\n\r\n");

  list.add_story(kind, "a body that never ends", [&] {
    RawPeer peer(mallory.channel());
    if (!peer.connect(port)) return std::string(kNoHandshake);
    (void)peer.say("POST /v1/acts HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000000\r\n\r\n");
    const std::string some(64 * 1024, 'x');
    int written = 0;
    while (written < 4096 && peer.say(some)) ++written;  // 256 MiB, were they taken
    return statuses(peer.hear()) + (written < 4096 ? ", and hung up on" : ", and taken");
  });
  list.add_story(kind, "a head that stops, while others are served", [&] {
    RawPeer peer(mallory.channel());
    if (!peer.connect(port)) return std::string(kNoHandshake);
    (void)peer.say("GET /v1/sta");
    RawPeer other(mallory.channel());
    return "the other " + ask_status(other, port);
  });
  list.add_story(kind, "who reads nothing, while others are served", [&] {
    RawPeer peer(mallory.channel());
    if (!peer.connect(port)) return std::string(kNoHandshake);
    for (int i = 0; i < 200; ++i) (void)peer.say("GET /v1/roster HTTP/1.1\r\nHost: a\r\n\r\n");
    RawPeer other(mallory.channel());
    return "the other " + ask_status(other, port);
  });
}

}  // namespace depone::hostile
