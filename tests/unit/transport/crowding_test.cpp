// Too many connections: who is told, who is cut, and who is not touched by it.
#include "tests/unit/transport/raw_peer.h"
#include "tests/unit/transport/running_server.h"

namespace depone::protocol::transport {
namespace {

using namespace std::chrono_literals;

boost::asio::awaitable<void> say_welcome(Exchange& exchange) {
  const auto welcome = exchange.welcome();
  std::string said = "welcome";
  if (welcome == Welcome::too_many_of_peer) said = "too many of peer";
  if (welcome == Welcome::too_many) said = "too many";
  (void)co_await respond(exchange, 200, "", view(said));
}

class Crowding : public RunningServer {
 protected:
  Crowding() { handler_ = say_welcome; }
  static std::string ask(Client& client) {
    const auto answer = client.exchange({"GET", "/", {}, 0}, {}, 100);
    return answer ? std::string(text_view(answer->body)) : answer.error().detail;
  }
};

TEST_F(Crowding, APeerIsToldOfTheOneThatIsTooMany) {
  ServerLimits limits;
  limits.connections_per_peer_max = 2;
  start(limits);
  auto first = connected(), second = connected(), third = connected();
  EXPECT_EQ(ask(first), "welcome");
  EXPECT_EQ(ask(second), "welcome");
  EXPECT_EQ(ask(third), "too many of peer");
  EXPECT_FALSE(third.reusable());
  EXPECT_EQ(ask(first), "welcome");
  EXPECT_EQ(server_->turned_away(), 1u);
}

TEST_F(Crowding, APlaceThatIsGivenBackIsGivenAgain) {
  ServerLimits limits;
  limits.connections_per_peer_max = 1;
  start(limits);
  for (int i = 0; i < 3; ++i) {
    {
      auto only = connected();
      EXPECT_EQ(ask(only), "welcome");
    }
    EXPECT_TRUE(all_closed_within(5s));
  }
}

TEST_F(Crowding, BeyondTheMostInAllOneIsToldAndTheOthersGoOn) {
  ServerLimits limits;
  limits.connections_max = 2;
  start(limits);
  auto first = connected(), second = connected();
  EXPECT_EQ(ask(first), "welcome");
  auto third = connected();
  EXPECT_EQ(ask(third), "too many");
  EXPECT_EQ(ask(second), "welcome");
}

TEST_F(Crowding, FarBeyondTheMostNobodyIsTold) {
  ServerLimits limits;
  limits.connections_per_peer_max = 1;
  start(limits);
  auto first = connected();
  EXPECT_EQ(ask(first), "welcome");
  std::vector<Client> more;
  while (more.size() < 64) more.push_back(connected());
  auto last = connect(member_);
  EXPECT_FALSE(last && last->exchange({"GET", "/", {}, 0}, {}, 100));
  EXPECT_EQ(ask(first), "welcome");
}

TEST_F(Crowding, WhoStallsInTheHandshakeMakesRoom) {
  ServerLimits limits;
  limits.connections_max = 3;
  limits.handshake = 60s;
  start(limits);
  auto member = connected();
  EXPECT_EQ(ask(member), "welcome");
  std::vector<int> silent;
  for (int i = 0; i < 6; ++i) silent.push_back(dial_loopback(server_->port()));
  auto late = connected();
  EXPECT_EQ(ask(late), "welcome");
  EXPECT_EQ(ask(member), "welcome");
  for (const int socket : silent) ::close(socket);
}

TEST_F(Crowding, TooManyHandshakesAreCutAndWhoIsConnectedGoesOn) {
  ServerLimits limits;
  limits.handshakes_per_address_per_second = 1;  // ten at once
  start(limits);
  auto member = connected();
  EXPECT_EQ(ask(member), "welcome");
  int refused = 0;
  for (int i = 0; i < 20; ++i) refused += connect(member_) ? 0 : 1;
  EXPECT_GE(refused, 9);
  EXPECT_EQ(ask(member), "welcome");
  EXPECT_GE(server_->turned_away(), 9u);
}

}  // namespace
}  // namespace depone::protocol::transport
