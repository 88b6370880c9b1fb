#include <atomic>
#include <future>
#include <mutex>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "crypto/hash.h"
#include "protocol/transport/client.h"
#include "protocol/transport/server.h"

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

class Transport : public testing::Test {
 protected:
  void start(ServerLimits limits = {}) {
    server_.emplace(
        io_, Address{"127.0.0.1", 0}, server_key_, limits,
        [this](const crypto::SignPublicKey& key) {
          ++admissions_;
          const std::lock_guard lock(mutex_);
          return key == admitted_;
        },
        [this](Exchange& exchange) {
          ++handled_;
          return echo(exchange);
        },
        [](std::string_view) {});
    ASSERT_TRUE(server_->listen());
    for (int i = 0; i < 2; ++i) threads_.emplace_back([this] { io_.run(); });
  }
  void TearDown() override {
    work_.reset();
    if (server_) {
      std::promise<void> drained;
      server_->stop([&] { drained.set_value(); });
      EXPECT_EQ(drained.get_future().wait_for(5s), std::future_status::ready);
    }
    io_.stop();
    for (auto& thread : threads_) thread.join();
  }
  Result<Client> connect(const ChannelKey& own) {
    return Client::connect({"127.0.0.1", server_->port()}, own, server_key_.public_key());
  }
  static ChannelKey new_key() { return ChannelKey(crypto::SigningSeed::random()); }

  ChannelKey server_key_ = new_key(), member_ = new_key();
  crypto::SignPublicKey admitted_ = member_.public_key();
  std::mutex mutex_;
  std::atomic<int> admissions_ = 0, handled_ = 0;
  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  std::optional<Server> server_;
  std::vector<std::thread> threads_;
};

TEST_F(Transport, CarriesARequestAndItsAnswer) {
  start();
  auto client = connect(member_).value();
  for (int i = 0; i < 100; ++i) {
    const auto body = fmt::format("message {}", i);
    const auto answer = client.exchange({"POST", "/", {}, 0}, view(body), 1000);
    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_EQ(answer->head.status, 200u);
    EXPECT_EQ(text_view(answer->body), body);
    EXPECT_EQ(answer->head.find("depone-peer"), "some");
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
  {
    const std::lock_guard lock(mutex_);
    admitted_ = {};
  }
  auto client = connect(member_);
  EXPECT_FALSE(client && client->exchange({"GET", "/", {}, 0}, {}, 10));
  EXPECT_EQ(admissions_, 2);
}

TEST_F(Transport, StreamsALargeBodyBothWays) {
  start();
  auto client = connect(member_).value();
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
  auto client = connect(member_).value();
  ASSERT_TRUE(client.begin({"POST", "/early", {}, 100 << 20}));
  const Bytes piece(256 * 1024);
  for (int i = 0; i < 400 && !client.peer_stopped_reading(); ++i) ASSERT_TRUE(client.write(piece));
  const auto head = client.receive();
  ASSERT_TRUE(head) << head.error().detail;
  EXPECT_EQ(head->status, 403u);
}

TEST_F(Transport, RefusesABodyLargerThanTheHandlerTakes) {
  start();
  auto client = connect(member_).value();
  const auto answer = client.exchange({"POST", "/", {}, 0}, Bytes(2 << 20), 1000);
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->head.status, 413u);
}

TEST_F(Transport, AHandlerThatThrowsIsAnswered500) {
  start();
  auto client = connect(member_).value();
  EXPECT_EQ(client.exchange({"GET", "/throw", {}, 0}, {}, 1000).value().head.status, 500u);
}

TEST_F(Transport, ClosesTheOpenConnectionsOfARevokedKey) {
  start();
  auto client = connect(member_).value();
  ASSERT_TRUE(client.exchange({"GET", "/", {}, 0}, {}, 10));
  server_->close_peer(member_.public_key());
  for (int i = 0; i < 100 && server_->open_connections() > 0; ++i) std::this_thread::sleep_for(10ms);
  EXPECT_EQ(server_->open_connections(), 0u);
  EXPECT_FALSE(client.exchange({"GET", "/", {}, 0}, {}, 10));
}

TEST_F(Transport, ASlowBodyAndAnIdleConnectionMeetTheirDeadlines) {
  ServerLimits limits;
  limits.idle = limits.head = limits.progress = 100ms;
  start(limits);
  auto idle = connect(member_).value(), slow = connect(member_).value();
  ASSERT_TRUE(idle.exchange({"GET", "/", {}, 0}, {}, 10));
  ASSERT_TRUE(slow.begin({"POST", "/length", {}, 1'000'000}));
  ASSERT_TRUE(slow.write(Bytes(100'000)));
  for (int i = 0; i < 200 && server_->open_connections() > 0; ++i) std::this_thread::sleep_for(10ms);
  EXPECT_EQ(server_->open_connections(), 0u);
}

TEST_F(Transport, AHeadWithoutEndIsRefused) {
  start();
  auto client = connect(member_).value();
  const auto answer = client.exchange({"GET", "/", {{"X-Long", std::string(20'000, 'x')}}, 0}, {}, 1000);
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->head.status, 431u);
  EXPECT_EQ(handled_, 0);
}

TEST(Addresses, AreHostAndPort) {
  EXPECT_EQ(parse_address("archive.example:8443")->port, 8443);
  EXPECT_EQ(parse_address("[::1]:8443")->host, "::1");
  EXPECT_EQ(to_text(*parse_address("[::1]:8443")), "[::1]:8443");
  for (const char* wrong : {"", "host", "host:", ":1", "host:99999", "::1:8443", "a b:1", "host:1x"}) {
    EXPECT_FALSE(parse_address(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace depone::protocol::transport
