// HTTP as others speak it to the server: pipelined, hesitant, malformed, too much of it.
#include "tests/unit/transport/raw_peer.h"
#include "tests/unit/transport/running_server.h"

namespace depone::protocol::transport {
namespace {

// Answers with the target and the body.
boost::asio::awaitable<void> repeat(Exchange& exchange) {
  if (exchange.request().target == "/unread") {
    (void)co_await respond(exchange, 200, "text/plain", view("unread"));
    co_return;
  }
  const auto body = co_await read_all(exchange, 1000);
  if (!body) co_return;
  (void)co_await respond(exchange, 200, "text/plain",
                         view(exchange.request().target + ' ' + std::string(text_view(body.value()))));
}

std::size_t count(std::string_view in, std::string_view what) {
  std::size_t n = 0;
  for (auto at = in.find(what); at != std::string_view::npos; at = in.find(what, at + 1)) ++n;
  return n;
}

class Http : public RunningServer {
 protected:
  Http() { handler_ = repeat; }
  // What the server says to these bytes, until it closes or `end` came.
  std::string answer_to(std::string_view text, std::string_view end = {}) {
    RawPeer peer(member_);
    EXPECT_TRUE(peer.connect(server_->port()));
    EXPECT_TRUE(peer.say(text));
    return peer.hear(end);
  }
};

TEST_F(Http, AnswersPipelinedRequestsInOrder) {
  start();
  const auto heard = answer_to(
      "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\none"
      "GET /b HTTP/1.1\r\nHost: a\r\n\r\n"
      "POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nthree"
      "GET /c HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const auto a = heard.find("/a one"), b = heard.find("/b "), unread = heard.find("unread"), c = heard.find("/c ");
  EXPECT_LT(a, b);
  EXPECT_LT(b, unread);
  EXPECT_LT(unread, c);
  EXPECT_NE(c, std::string::npos);
  EXPECT_EQ(count(heard, "Connection: close\r\n"), 1u);
  EXPECT_EQ(handled_, 4);
}

TEST_F(Http, TellsAPeerThatExpectsItToContinue) {
  start();
  RawPeer peer(member_);
  ASSERT_TRUE(peer.connect(server_->port()));
  peer.say("POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(peer.hear("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  peer.say("one");
  EXPECT_TRUE(peer.hear("/a one").starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST_F(Http, DoesNotTellItToContinueAfterAnAnswerThatDidNotReadTheBody) {
  start();
  const auto heard = answer_to("POST /unread HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(count(heard, "100 Continue"), 0u);
  EXPECT_EQ(count(heard, "Connection: close\r\n"), 1u);
  EXPECT_TRUE(heard.ends_with("unread"));
}

TEST_F(Http, RefusesABodyWhoseEndIsNotSaidBeforehand) {
  start();
  for (const char* coding : {"chunked", "gzip", "gzip, chunked", "identity"}) {
    const auto heard = answer_to(std::string("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ") + coding +
                                 "\r\n\r\n3\r\none\r\n0\r\n\r\n");
    EXPECT_TRUE(heard.starts_with("HTTP/1.1 411 ")) << coding << ": " << heard;
  }
  EXPECT_EQ(handled_, 0);
}

TEST_F(Http, RefusesTwoLengths) {
  start();
  for (const char* lengths : {"Content-Length: 3\r\nContent-Length: 4\r\n", "Content-Length: -1\r\n",
                              "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "Content-Length: 3 4\r\n"}) {
    const auto heard = answer_to(std::string("POST /a HTTP/1.1\r\nHost: a\r\n") + lengths + "\r\none");
    EXPECT_TRUE(heard.starts_with("HTTP/1.1 4")) << lengths << ": " << heard;
  }
  EXPECT_EQ(handled_, 0);
}

TEST_F(Http, RefusesWhatIsNotHttp) {
  start();
  EXPECT_TRUE(answer_to("SSH-2.0-OpenSSH_9.2\r\n\r\n").starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(answer_to("GET / HTTP/1.1\r\nHo st: a\r\n\r\n").starts_with("HTTP/1.1 400 "));
  EXPECT_EQ(handled_, 0);
}

TEST_F(Http, RefusesAHeadOfMoreThan16KiBWhetherOrNotItEnds) {
  start();
  const std::string field = "X-Field: " + std::string(1000, 'x') + "\r\n";
  std::string head = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 40; ++i) head += field;
  EXPECT_TRUE(answer_to(head).starts_with("HTTP/1.1 431 "));
  EXPECT_TRUE(answer_to(head + "\r\n").starts_with("HTTP/1.1 431 "));
  // Of small fields, which are parsed as they come.
  std::string small = "GET / HTTP/1.1\r\nHost: a\r\n";
  while (small.size() < 20 * 1024) small += "A: b\r\n";
  EXPECT_TRUE(answer_to(small + "\r\n").starts_with("HTTP/1.1 431 "));
  EXPECT_EQ(handled_, 0);
}

TEST_F(Http, SendsNoBodyToHead) {
  start();
  const auto heard = answer_to("HEAD /unread HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_NE(heard.find("Content-Length: 6\r\n"), std::string::npos);
  EXPECT_TRUE(heard.ends_with("\r\n\r\n"));
}

TEST_F(Http, AnAnswerWhoseFieldsCannotBeSentIsAFailureAndIsLoggedWithoutThem) {
  handler_ = [](Exchange& exchange) -> boost::asio::awaitable<void> {
    std::vector<Field> more;  // GCC 12 cannot compile braces here
    more.push_back({"X", "a\r\nSecret: b"});
    (void)co_await respond(exchange, 200, "text/plain", view("x"), std::move(more));
  };
  start();
  auto client = connected();
  EXPECT_EQ(client.exchange({"GET", "/", {}, 0}, {}, 1000).value().head.status, 500u);
  EXPECT_NE(logged().find("GET"), std::string::npos);
  EXPECT_EQ(logged().find("Secret"), std::string::npos);
}

TEST_F(Http, AnAnswerShorterThanItSaidIsSeenAsCut) {
  handler_ = [](Exchange& exchange) -> boost::asio::awaitable<void> {
    (void)co_await exchange.begin({200, {}, 100});
    (void)co_await exchange.write(Bytes(50));
    (void)co_await exchange.finish();
  };
  start();
  auto client = connected();
  EXPECT_FALSE(client.exchange({"GET", "/", {}, 0}, {}, 1000));
  EXPECT_FALSE(client.reusable());
  EXPECT_NE(logged(), "");
}

TEST_F(Http, AChunkedAnswerThatEndsEarlyIsSeenAsCut) {
  handler_ = [](Exchange& exchange) -> boost::asio::awaitable<void> {
    (void)co_await exchange.begin({200, {}, {}});
    (void)co_await exchange.write(Bytes(50'000));
    throw std::runtime_error("on purpose");
  };
  start();
  auto client = connected();
  const auto answer = client.exchange({"GET", "/", {}, 0}, {}, 100'000);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::unreachable);
}

}  // namespace
}  // namespace depone::protocol::transport
