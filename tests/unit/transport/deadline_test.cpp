// Every wait ends, and so does a server.
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "protocol/transport/progress.h"
#include "tests/unit/transport/raw_peer.h"
#include "tests/unit/transport/running_server.h"

namespace depone::protocol::transport {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

asio::awaitable<void> pause(std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor, time);
  co_await timer.async_wait(asio::use_awaitable);
}

// /slow takes 300 ms, /never ten seconds; /flood sends what nobody reads; else the body is read.
asio::awaitable<void> answer(Exchange& exchange) {
  const auto& target = exchange.request().target;
  if (target == "/slow") co_await pause(300ms);
  if (target == "/never") co_await pause(10s);
  if (target == "/flood") {
    (void)co_await exchange.begin({});
    const Bytes piece(64 * 1024);
    while (co_await exchange.write(piece)) {
    }
    co_return;
  }
  if (const auto body = co_await read_all(exchange, 10 << 20)) (void)co_await respond(exchange, 200, "", view("done"));
}

class Deadline : public RunningServer {
 protected:
  Deadline() { handler_ = answer; }
  static ServerLimits all(std::chrono::milliseconds time) {
    ServerLimits limits;
    limits.handshake = limits.head = limits.idle = limits.progress = time;
    return limits;
  }
};

TEST_F(Deadline, EndsAPeerThatDoesNotEvenBeginTheHandshake) {
  start(all(100ms));
  const int socket = dial_loopback(server_->port());
  char some;
  EXPECT_EQ(::recv(socket, &some, 1, 0), 0);
  ::close(socket);
  EXPECT_TRUE(all_closed_within(3s));
}

TEST_F(Deadline, EndsAHeadThatComesByteByByte) {
  auto limits = all(200ms);
  limits.idle = 10s;
  start(limits);
  RawPeer peer(member_);
  ASSERT_TRUE(peer.connect(server_->port()));
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(peer.say("GET / HTTP/1.1\r\nX: "));
  while (server_->open_connections() > 0 && std::chrono::steady_clock::now() - begin < 5s) {
    peer.say("x");
    std::this_thread::sleep_for(20ms);
  }
  EXPECT_EQ(server_->open_connections(), 0u);
  EXPECT_EQ(handled_, 0);
}

TEST_F(Deadline, EndsABodyThatTrickles) {
  auto limits = all(10s);
  limits.progress = 200ms;
  start(limits);
  RawPeer peer(member_);
  ASSERT_TRUE(peer.connect(server_->port()));
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(peer.say("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"));
  while (server_->open_connections() > 0 && std::chrono::steady_clock::now() - begin < 5s) {
    peer.say("x");
    std::this_thread::sleep_for(20ms);
  }
  EXPECT_EQ(server_->open_connections(), 0u);
}

TEST_F(Deadline, EndsAnAnswerThatNobodyReads) {
  auto limits = all(10s);
  limits.progress = 200ms;
  start(limits);
  auto client = connected();
  ASSERT_TRUE(client.begin({"GET", "/flood", {}, 0}));
  ASSERT_TRUE(client.receive());
  EXPECT_TRUE(all_closed_within(5s));
}

TEST_F(Deadline, AClientDoesNotWaitForEver) {
  start();
  ClientLimits limits;
  limits.progress = 200ms;
  auto client = connect(member_, limits).value();
  const auto nothing = client.exchange({"GET", "/never", {}, 0}, {}, 100);
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().code, ErrorCode::timed_out);
  EXPECT_FALSE(client.reusable());
  server_->close_peer(member_.public_key());
  io_.stop();  // /never still sleeps
  server_.reset();
}

TEST_F(Deadline, AClientDoesNotWaitForEverForAHandshake) {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sockaddr address;
  std::memcpy(&address, &at, sizeof address);
  ASSERT_EQ(::bind(listener, &address, sizeof address), 0);
  ASSERT_EQ(::listen(listener, 1), 0);
  socklen_t size = sizeof address;
  ::getsockname(listener, &address, &size);
  std::memcpy(&at, &address, sizeof at);
  ClientLimits limits;
  limits.connect = 200ms;
  const auto client = Client::connect({"127.0.0.1", ntohs(at.sin_port)}, member_, server_key_.public_key(), limits);
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().code, ErrorCode::timed_out);
  ::close(listener);
}

TEST_F(Deadline, AClientNoticesThatItsIdleConnectionWasClosed) {
  start(all(100ms));
  auto client = connected();
  ASSERT_TRUE(client.exchange({"GET", "/", {}, 0}, {}, 100));
  for (int i = 0; i < 300 && client.reusable(); ++i) std::this_thread::sleep_for(10ms);
  EXPECT_FALSE(client.reusable());
  const auto begun = client.begin({"GET", "/", {}, 0});
  ASSERT_FALSE(begun);
  EXPECT_EQ(begun.error().code, ErrorCode::unreachable);
}

TEST_F(Deadline, AStoppedServerLetsWhatRunsFinishAndTakesNothingNew) {
  start();
  auto idle = connected();
  ASSERT_TRUE(idle.exchange({"GET", "/", {}, 0}, {}, 100));
  auto running = std::async(std::launch::async, [this] {
    auto client = connected();
    auto answer = client.exchange({"GET", "/slow", {}, 0}, {}, 100);
    EXPECT_FALSE(client.reusable());
    return answer;
  });
  while (handled_ < 2) std::this_thread::sleep_for(1ms);
  std::promise<void> drained;
  server_->stop([&] { drained.set_value(); });
  EXPECT_EQ(running.get().value().head.status, 200u);
  EXPECT_EQ(drained.get_future().wait_for(5s), std::future_status::ready);
  EXPECT_EQ(server_->open_connections(), 0u);
  EXPECT_FALSE(idle.reusable());
  EXPECT_EQ(connect(member_).error().code, ErrorCode::unreachable);
}

TEST_F(Deadline, AStoppedServerCutsWhatDoesNotFinish) {
  ServerLimits limits;
  limits.drain = 200ms;
  start(limits);
  auto client = connected();
  ASSERT_TRUE(client.begin({"POST", "/", {}, 1'000'000}));
  ASSERT_TRUE(client.write(Bytes(100'000)));
  while (handled_ < 1) std::this_thread::sleep_for(1ms);
  std::promise<void> drained;
  const auto begin = std::chrono::steady_clock::now();
  server_->stop([&] { drained.set_value(); });
  EXPECT_EQ(drained.get_future().wait_for(5s), std::future_status::ready);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 150ms);
}

TEST_F(Deadline, AnAddressInUseIsNamed) {
  start();
  Server another(
      io_, {"127.0.0.1", server_->port()}, server_key_, {}, [](const auto&) { return false; }, answer,
      [](std::string_view) {});
  const auto listening = another.listen();
  ASSERT_FALSE(listening);
  EXPECT_EQ(listening.error().code, ErrorCode::io);
  EXPECT_NE(listening.error().detail.find(to_text({"127.0.0.1", server_->port()})), std::string::npos);
}

TEST(Progress, CountsWaitingUntilEnoughBytesMoved) {
  Progress progress(100ms, 1000);
  progress.moved(10, 60ms);
  EXPECT_EQ(progress.left(), 40ms);
  progress.moved(990, 30ms);
  EXPECT_EQ(progress.left(), 100ms);
  progress.moved(999, 200ms);
  EXPECT_EQ(progress.left(), 0ms);
}

}  // namespace
}  // namespace depone::protocol::transport
