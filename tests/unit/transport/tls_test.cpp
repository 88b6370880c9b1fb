// What the TLS settings refuse, tried by a peer that does not share them.
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "tests/unit/transport/raw_peer.h"
#include "tests/unit/transport/running_server.h"

namespace depone::protocol::transport {
namespace {

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

boost::asio::awaitable<void> say_yes(Exchange& exchange) {
  (void)co_await respond(exchange, 200, "text/plain", view("yes"));
}

// A self-signed certificate whose key is on a NIST curve.
struct CurveCertificate {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  CurveCertificate() {
    X509_set_version(certificate, X509_VERSION_3);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -1000);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 1000);
    X509_set_pubkey(certificate, key);
    X509_sign(certificate, key, EVP_sha256());
  }
  ~CurveCertificate() {
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
};

class Tls : public RunningServer {
 protected:
  Tls() { handler_ = say_yes; }
};

TEST_F(Tls, TakesAnyTls13PeerThatShowsAnEnrolledKey) {
  start();
  RawPeer peer(member_);
  ASSERT_TRUE(peer.connect(server_->port()));
  ASSERT_TRUE(peer.say(kGet));
  EXPECT_TRUE(peer.hear("yes").starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST_F(Tls, RefusesTls12) {
  start();
  RawPeer peer(member_);
  SSL_CTX_set_max_proto_version(peer.context(), TLS1_2_VERSION);
  EXPECT_FALSE(peer.connect(server_->port()));
  EXPECT_EQ(admissions_, 0);
}

TEST_F(Tls, RefusesAKeyThatIsNotEd25519WithoutAskingAboutIt) {
  start();
  const CurveCertificate curve;
  RawPeer peer;
  ASSERT_EQ(SSL_CTX_use_certificate(peer.context(), curve.certificate), 1);
  ASSERT_EQ(SSL_CTX_use_PrivateKey(peer.context(), curve.key), 1);
  if (peer.connect(server_->port())) {
    (void)peer.say(kGet);
    EXPECT_EQ(peer.hear(), "");
  }
  EXPECT_EQ(admissions_, 0);
  EXPECT_EQ(handled_, 0);
}

TEST_F(Tls, RefusesAPeerWithoutACertificate) {
  start();
  RawPeer peer;
  if (peer.connect(server_->port())) {
    (void)peer.say(kGet);
    EXPECT_EQ(peer.hear(), "");
  }
  EXPECT_EQ(admissions_, 0);
  EXPECT_EQ(handled_, 0);
}

TEST_F(Tls, RefusesACertificateOfMoreThan4KiB) {
  start();
  X509* const certificate = X509_dup(member_.native().certificate);
  for (int i = 0; i < 200; ++i) {
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "OU", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("a long organisational unit, of a kind"), -1, -1,
                               0);
  }
  X509_sign(certificate, member_.native().key, nullptr);
  RawPeer peer;
  ASSERT_EQ(SSL_CTX_use_certificate(peer.context(), certificate), 1);
  ASSERT_EQ(SSL_CTX_use_PrivateKey(peer.context(), member_.native().key), 1);
  X509_free(certificate);
  if (peer.connect(server_->port())) {
    (void)peer.say(kGet);
    EXPECT_EQ(peer.hear(), "");
  }
  EXPECT_EQ(admissions_, 0);
}

TEST_F(Tls, NeverResumesASession) {
  start();
  RawPeer peer(member_);
  SSL_CTX_set_session_cache_mode(peer.context(), SSL_SESS_CACHE_CLIENT);
  for (int i = 1; i <= 3; ++i) {
    ASSERT_TRUE(peer.connect(server_->port(), true));
    ASSERT_TRUE(peer.say(kGet));
    EXPECT_NE(peer.hear("yes"), "");
    EXPECT_FALSE(peer.resumed());
    EXPECT_EQ(admissions_, i);
    if (i == 1) {
      peer.keep_session();
      EXPECT_FALSE(SSL_SESSION_is_resumable(SSL_get0_session(peer.connection())));
    }
  }
  revoke_member();
  if (peer.connect(server_->port(), true)) {
    (void)peer.say(kGet);
    EXPECT_EQ(peer.hear(), "");
  }
  EXPECT_EQ(handled_, 3);
}

TEST_F(Tls, AnAdmissionThatThrowsRefuses) {
  in_admission_ = [] { throw std::runtime_error("on purpose"); };
  start();
  auto client = connect(member_);
  const auto answer = client ? client->exchange({"GET", "/", {}, 0}, {}, 100) : Result<Answer>(client.error());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::refused);
  EXPECT_EQ(handled_, 0);
}

// The order of a revocation: Admit refuses from now on, then close_peer. Here both fall between Admit's last yes and
// the end of the handshake, where the connection has not served anything yet.
TEST_F(Tls, ARevocationDuringTheHandshakeClosesTheConnection) {
  in_admission_ = [this] { server_->close_peer(member_.public_key()); };
  start();
  auto client = connect(member_);
  EXPECT_FALSE(client && client->exchange({"GET", "/", {}, 0}, {}, 100));
  EXPECT_EQ(handled_, 0);
}

// A server that is not ours, for one connection, that shows `certificate`.
struct ForeignServer {
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  std::uint16_t port = 0;
  std::thread thread;

  ForeignServer(X509* certificate, EVP_PKEY* key, int version) {
    SSL_CTX_use_certificate(context, certificate);
    SSL_CTX_use_PrivateKey(context, key);
    SSL_CTX_set_max_proto_version(context, version);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sockaddr address;
    std::memcpy(&address, &at, sizeof address);
    ::bind(listener, &address, sizeof address);
    ::listen(listener, 1);
    socklen_t size = sizeof address;
    ::getsockname(listener, &address, &size);
    std::memcpy(&at, &address, sizeof at);
    port = ntohs(at.sin_port);
    thread = std::thread([this] {
      const int socket = ::accept(listener, nullptr, nullptr);
      SSL* const connection = SSL_new(context);
      SSL_set_fd(connection, socket);
      SSL_accept(connection);
      SSL_free(connection);
      ::close(socket);
    });
  }
  ~ForeignServer() {
    thread.join();
    ::close(listener);
    SSL_CTX_free(context);
  }
};

TEST(TlsClient, DoesNotTrustAServerWhoseKeyIsNotEd25519) {
  const CurveCertificate curve;
  const ForeignServer server(curve.certificate, curve.key, TLS1_3_VERSION);
  const ChannelKey own(crypto::SigningSeed::random());
  const auto client = Client::connect({"127.0.0.1", server.port}, own, own.public_key());
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().code, ErrorCode::wrong_key);
}

TEST(TlsClient, DoesNotSpeakTls12) {
  const ChannelKey archive(crypto::SigningSeed::random()), own(crypto::SigningSeed::random());
  const ForeignServer server(archive.native().certificate, archive.native().key, TLS1_2_VERSION);
  const auto client = Client::connect({"127.0.0.1", server.port}, own, archive.public_key());
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().code, ErrorCode::unreachable);
}

TEST(ChannelKeys, OfOneSeedAreOneKey) {
  const auto seed = crypto::SigningSeed::random();
  EXPECT_EQ(ChannelKey(seed).public_key(), ChannelKey(seed).public_key());
  EXPECT_EQ(ChannelKey(seed).public_key(), crypto::SigningKey(seed).public_key());
}

}  // namespace
}  // namespace depone::protocol::transport
