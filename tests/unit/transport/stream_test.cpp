// Bodies larger than memory should be: what goes in and out is the same, byte for byte, and is nowhere kept whole.
#include <fstream>

#include "crypto/hash.h"
#include "tests/unit/transport/running_server.h"

namespace depone::protocol::transport {
namespace {

constexpr std::size_t kSize = 64 << 20;
constexpr std::size_t kPiece = 256 * 1024;

// The same bytes on both sides, different at each place.
void fill(std::span<std::uint8_t> piece, std::size_t offset) {
  for (std::size_t i = 0; i + 8 <= piece.size(); i += 8) {
    const std::uint64_t word = (offset + i) * 0x9E3779B97F4A7C15u;
    for (std::size_t j = 0; j < 8; ++j) piece[i + j] = static_cast<std::uint8_t>(word >> (8 * j));
  }
}
crypto::Digest expected() {
  crypto::Sha256 hash;
  Bytes piece(kPiece);
  for (std::size_t at = 0; at < kSize; at += kPiece) {
    fill(piece, at);
    hash.update(piece);
  }
  return hash.finish();
}

// PUT: answers with the digest of the body. GET: sends the bytes, in chunks where the target says so.
boost::asio::awaitable<void> stream(Exchange& exchange) {
  Bytes piece(kPiece);
  if (exchange.request().method == "PUT") {
    crypto::Sha256 hash;
    for (;;) {
      const auto n = co_await exchange.read(piece);
      if (!n) co_return;
      if (n.value() == 0) break;
      hash.update(ByteView(piece).first(n.value()));
    }
    const auto digest = hash.finish();
    (void)co_await respond(exchange, 200, "", digest.span());
    co_return;
  }
  ResponseHead head;
  if (exchange.request().target != "/chunks") head.content_length = kSize;
  (void)co_await exchange.begin(std::move(head));
  for (std::size_t at = 0; at < kSize; at += kPiece) {
    fill(piece, at);
    const auto sent = co_await exchange.write(piece);
    if (!sent) co_return;
  }
  (void)co_await exchange.finish();
}

class Streams : public RunningServer {
 protected:
  Streams() { handler_ = stream; }

  crypto::Digest sent_up(Client& client) {
    Bytes piece(kPiece);
    EXPECT_TRUE(client.begin({"PUT", "/", {}, kSize}));
    for (std::size_t at = 0; at < kSize; at += kPiece) {
      fill(piece, at);
      EXPECT_TRUE(client.write(piece));
    }
    EXPECT_EQ(client.receive().value().status, 200u);
    Bytes digest;
    for (;;) {
      const std::size_t n = client.read(piece).value();
      if (n == 0) break;
      digest.insert(digest.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(n));
    }
    return crypto::Digest::from(digest).value_or(crypto::Digest{});
  }
  crypto::Digest brought_down(Client& client, std::string target) {
    Bytes piece(kPiece);
    EXPECT_TRUE(client.begin({"GET", std::move(target), {}, 0}));
    EXPECT_EQ(client.receive().value().status, 200u);
    crypto::Sha256 hash;
    for (;;) {
      const std::size_t n = client.read(piece).value();
      if (n == 0) return hash.finish();
      hash.update(ByteView(piece).first(n));
    }
  }
};

TEST_F(Streams, AreTheSameBytesOnBothSides) {
  start();
  auto client = connected();
  const auto wanted = expected();
  EXPECT_EQ(sent_up(client), wanted);
  EXPECT_EQ(brought_down(client, "/whole"), wanted);
  EXPECT_EQ(brought_down(client, "/chunks"), wanted);
  EXPECT_TRUE(client.reusable());
  EXPECT_EQ(admissions_, 1);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
std::size_t peak_memory() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    std::size_t kilobytes = 0;
    if (word == "VmHWM:" && status >> kilobytes) return kilobytes * 1024;
  }
  return 0;
}

TEST_F(Streams, TakeNoMemoryThatGrowsWithThem) {
  start();
  auto client = connected();
  const auto before = peak_memory();
  ASSERT_GT(before, 0u);
  (void)sent_up(client);
  (void)brought_down(client, "/whole");
  (void)brought_down(client, "/chunks");
  EXPECT_LT(peak_memory() - before, kSize / 8);
}
#endif

TEST_F(Streams, AConnectionCarriesNothingElseWhileAnAnswerIsUnread) {
  start();
  auto client = connected();
  ASSERT_TRUE(client.begin({"GET", "/whole", {}, 0}));
  ASSERT_TRUE(client.receive());
  EXPECT_FALSE(client.reusable());
  EXPECT_EQ(client.begin({"GET", "/whole", {}, 0}).error().code, ErrorCode::unreachable);
}

TEST_F(Streams, ARevocationCutsAnAnswerThatIsUnderWay) {
  start();
  auto client = connected();
  ASSERT_TRUE(client.begin({"GET", "/whole", {}, 0}));
  ASSERT_TRUE(client.receive());
  server_->close_peer(member_.public_key());
  EXPECT_TRUE(all_closed_within(std::chrono::seconds(2)));
  Bytes piece(kPiece);
  std::size_t have = 0;
  auto n = client.read(piece);
  for (; n && n.value() > 0; n = client.read(piece)) have += n.value();
  EXPECT_FALSE(n);
  EXPECT_LT(have, kSize);
}

}  // namespace
}  // namespace depone::protocol::transport
