#include <fmt/format.h>

#include "crypto/hash.h"
#include "tests/unit/transport/running_server.h"

namespace depone::protocol::transport {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

// Answers with what it was sent; /early answers before it reads; /throw fails; /length tells how much came.
asio::awaitable<void> echo(Exchange& exchange) {
  const auto& target = exchange.request().target;
  if (target == "/throw") throw std::runtime_error("on purpose");
  if (target == "/early") {
    (void)co_await respond(exchange, 403, "text/plain", view("no"));
    co_return;
  }
  if (target == "/length") {
    crypto::Sha256 hash;
    Bytes some(256 * 1024);
    for (;;) {
      const auto n = co_await exchange.read(some);
      if (!n) co_return;
      if (*n == 0) break;
      hash.update(ByteView(some).first(*n));
    }
    (void)co_await respond(exchange, 200, "", hash.finish().span());
    co_return;
  }
  if (target == "/chunks") {
    ResponseHead head;
    (void)co_await exchange.begin(head);
    for (int i = 0; i < 1000; ++i) (void)co_await exchange.write(Bytes(1000, static_cast<std::uint8_t>(i)));
    (void)co_await exchange.finish();
    co_return;
  }
  const auto body = co_await read_all(exchange, 1 << 20);
  if (!body) {
    (void)co_await respond(exchange, 413, "text/plain", view("too large"));
    co_return;
  }
  std::vector<Field> more;
  more.push_back({"Depone-Peer", exchange.peer() == crypto::SignPublicKey{} ? "none" : "some"});
  (void)co_await respond(exchange, 200, "text/plain", *body, std::move(more));
}

class Transport : public RunningServer {
 protected:
  Transport() { handler_ = echo; }
};

TEST_F(Transport, CarriesARequestAndItsAnswer) {
  start();
  auto client = connected();
  for (int i = 0; i < 100; ++i) {
    const auto body = fmt::format("message {}", i);
    const auto answer = client.exchange({"POST", "/", {}, 0}, view(body), 1000);
    const auto& [head, echoed] = answer.value();
    EXPECT_EQ(head.status, 200u);
    EXPECT_EQ(text_view(echoed), body);
    EXPECT_EQ(head.find("depone-peer"), "some");
    ASSERT_TRUE(client.reusable());
  }
  EXPECT_EQ(admissions_, 1);
}

TEST_F(Transport, AnUnknownKeyNeverReachesTheHandlerAndIsToldWhatItMeans) {
  start();
  const auto stranger = new_key();
  auto client = connect(stranger);
  const auto answer = client ? client->exchange({"GET", "/", {}, 0}, {}, 1000) : Result<Answer>(client.error());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::refused);
  EXPECT_NE(answer.error().detail.find("not enrolled"), std::string::npos);
  EXPECT_EQ(handled_, 0);
}

TEST_F(Transport, AnotherServersKeyIsNotTrusted) {
  start();
  const auto client = Client::connect({"127.0.0.1", server_->port()}, member_, new_key().public_key());
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().code, ErrorCode::wrong_key);
}

TEST_F(Transport, NobodyListeningIsUnreachable) {
  start();
  const auto client = Client::connect({"127.0.0.1", 1}, member_, server_key_.public_key());
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().code, ErrorCode::unreachable);
}

TEST_F(Transport, EveryConnectionIsAdmittedAnew) {
  start();
  { ASSERT_TRUE(connect(member_).value().exchange({"GET", "/", {}, 0}, {}, 10)); }
  revoke_member();
  auto client = connect(member_);
  EXPECT_FALSE(client && client->exchange({"GET", "/", {}, 0}, {}, 10));
  EXPECT_EQ(admissions_, 2);
}

TEST_F(Transport, StreamsALargeBodyBothWays) {
  start();
  auto client = connected();
  constexpr std::size_t kSize = 64 << 20;
  Bytes piece(64 * 1024);
  crypto::fill_random(piece);
  crypto::Sha256 hash;
  ASSERT_TRUE(client.begin({"POST", "/length", {}, kSize}));
  const auto begin = std::chrono::steady_clock::now();
  for (std::size_t sent = 0; sent < kSize; sent += piece.size()) {
    hash.update(piece);
    ASSERT_TRUE(client.write(piece));
  }
  ASSERT_TRUE(client.receive());
  Bytes digest(32);
  std::size_t have = 0;
  while (have < 32) {
    const auto n = client.read(std::span(digest).subspan(have)).value();
    ASSERT_GT(n, 0u);
    have += n;
  }
  EXPECT_EQ(digest, to_bytes(hash.finish().span()));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  RecordProperty("megabytes_a_second", static_cast<int>(kSize / took.count() / 1e6));

  const auto answer = client.exchange({"GET", "/chunks", {}, 0}, {}, 2'000'000).value();
  EXPECT_EQ(answer.body.size(), 1'000'000u);
  for (std::size_t i = 0; i < answer.body.size(); ++i) ASSERT_EQ(answer.body[i], static_cast<std::uint8_t>(i / 1000));
}

TEST_F(Transport, HearsAnAnswerThatComesBeforeTheBodyIsSent) {
  start();
  auto client = connected();
  ASSERT_TRUE(client.begin({"POST", "/early", {}, 100 << 20}));
  const Bytes piece(256 * 1024);
  for (int i = 0; i < 400 && !client.peer_stopped_reading(); ++i) ASSERT_TRUE(client.write(piece));
  const auto head = client.receive();
  ASSERT_TRUE(head) << head.error().detail;
  EXPECT_EQ(head->status, 403u);
}

TEST_F(Transport, RefusesABodyLargerThanTheHandlerTakes) {
  start();
  auto client = connected();
  const auto answer = client.exchange({"POST", "/", {}, 0}, Bytes(2 << 20), 1000);
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->head.status, 413u);
}

TEST_F(Transport, AHandlerThatThrowsIsAnswered500) {
  start();
  auto client = connected();
  EXPECT_EQ(client.exchange({"GET", "/throw", {}, 0}, {}, 1000).value().head.status, 500u);
}

TEST_F(Transport, ClosesTheOpenConnectionsOfARevokedKey) {
  start();
  auto client = connected();
  ASSERT_TRUE(client.exchange({"GET", "/", {}, 0}, {}, 10));
  server_->close_peer(member_.public_key());
  EXPECT_TRUE(all_closed_within(1s));
  EXPECT_FALSE(client.exchange({"GET", "/", {}, 0}, {}, 10));
}

TEST_F(Transport, ASlowBodyAndAnIdleConnectionMeetTheirDeadlines) {
  ServerLimits limits;
  limits.idle = limits.head = limits.progress = 100ms;
  start(limits);
  auto idle = connected(), slow = connected();
  ASSERT_TRUE(idle.exchange({"GET", "/", {}, 0}, {}, 10));
  ASSERT_TRUE(slow.begin({"POST", "/length", {}, 1'000'000}));
  ASSERT_TRUE(slow.write(Bytes(100'000)));
  EXPECT_TRUE(all_closed_within(3s));
}

TEST_F(Transport, AHeadWithoutEndIsRefused) {
  start();
  auto client = connected();
  const auto answer = client.exchange({"GET", "/", {{"X-Long", std::string(20'000, 'x')}}, 0}, {}, 1000);
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->head.status, 431u);
  EXPECT_EQ(handled_, 0);
}

}  // namespace
}  // namespace depone::protocol::transport
