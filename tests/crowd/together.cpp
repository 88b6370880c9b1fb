// What a crowd costs those who work beside it, and one another.
#include <atomic>
#include <barrier>
#include <thread>

#include <fmt/format.h>

#include "tests/bench/figures.h"
#include "tests/crowd/crowd.h"

namespace depone::crowd {

using namespace std::chrono_literals;
using protocol::transport::RawPeer;

namespace {

// An honest member's work: a new connection, a look at the log, a submission. In milliseconds.
std::vector<double> work(const World& world, Peer& who, std::size_t rounds) {
  std::vector<Bytes> submissions;
  while (submissions.size() < rounds) submissions.push_back(sealed_submission(world, who));
  std::vector<double> took;
  for (const auto& submission : submissions) {
    const bench::Stopwatch watch;
    who.hang_up();
    must(who.get("/v1/log/checkpoint"), 200, "looking at the log");
    must(who.ask("POST", "/v1/submissions", {}, submission), 200, "submitting");
    took.push_back(watch.seconds() * 1000);
  }
  return took;
}

// Connections that are slow until it goes: who is cut comes again.
class SlowCrowd {
 public:
  SlowCrowd(const std::vector<std::unique_ptr<Peer>>& members, std::size_t count, std::uint16_t port) {
    for (std::size_t i = 0; i < count; ++i)
      slow_.push_back(std::make_unique<SlowPeer>(how(i), *members[i % members.size()], port));
    trickling_ = std::jthread([this, &members, port](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        for (std::size_t i = 0; i < slow_.size(); ++i) {
          if (slow_[i]->is_cut()) {
            slow_[i] = std::make_unique<SlowPeer>(how(i), *members[i % members.size()], port);
            ++cut_;
          }
          slow_[i]->trickle();
        }
        std::this_thread::sleep_for(100ms);
      }
    });
  }
  std::size_t cut() const { return cut_; }

 private:
  static Slow how(std::size_t i) { return static_cast<Slow>(i % static_cast<std::size_t>(Slow::how_many)); }
  std::vector<std::unique_ptr<SlowPeer>> slow_;
  std::atomic<std::size_t> cut_ = 0;
  std::jthread trickling_;
};

}  // namespace

void latency(World& world, std::size_t idle, std::size_t slow, std::size_t rounds) {
  constexpr int kTries = 3;  // other work on the machine can spoil one
  const auto port = world.target.address.port;
  auto& honest = world.find("lawyer", "reader").peer;
  const auto members = enrol_many(world, 20);
  world.look_again();
  (void)work(world, honest, rounds / 4);
  for (int i = 1;; ++i) {
    const auto alone = bench::median(work(world, honest, rounds));
    std::vector<std::unique_ptr<RawPeer>> connections;
    for (std::size_t one = 0; one < idle; ++one) {
      connections.push_back(std::make_unique<RawPeer>(members[one % members.size()]->channel()));
      require(connections.back()->connect(port), fmt::format("idle connection {} is refused", one));
    }
    const SlowCrowd crowd(members, slow, port);
    std::this_thread::sleep_for(6s);  // what they asked for is on its way, and nobody takes it
    const auto beside = bench::median(work(world, honest, rounds));
    std::size_t ended = 0;
    for (const auto& one : connections) ended += is_ended(SSL_get_fd(one->connection())) ? 1 : 0;
    fmt::print(
        "{{\"idle\":{},\"slow\":{},\"alone_ms\":{:.2f},\"beside_ms\":{:.2f},\"ratio\":{:.2f},\"idle_ended\":{},"
        "\"slow_cut\":{}}}\n",
        idle, slow, alone, beside, beside / alone, ended, crowd.cut());
    require(ended == 0, "idle connections were ended before their time");
    if (beside <= 2 * alone) return;
    require(i < kTries, "honest work takes more than twice as long");
  }
}

void fairness(World& world, std::size_t members, std::size_t seconds) {
  constexpr std::size_t kEach = 100;  // who has sent them all ends it
  const auto people = enrol_many(world, members);
  world.look_again();
  std::vector<std::vector<Bytes>> submissions(members);
  for (std::size_t i = 0; i < members; ++i) {
    while (submissions[i].size() < kEach) submissions[i].push_back(sealed_submission(world, *people[i]));
  }
  std::vector<std::size_t> shares(members);
  std::atomic<std::size_t> errors = 0;
  std::atomic<bool> over = false;
  std::barrier begin(static_cast<std::ptrdiff_t>(members) + 1);
  std::vector<std::jthread> senders;
  for (std::size_t i = 0; i < members; ++i) {
    senders.emplace_back([&, i] {
      begin.arrive_and_wait();  // the handshake too is part of it
      for (const auto& submission : submissions[i]) {
        if (over) return;
        const auto heard = people[i]->ask("POST", "/v1/submissions", {}, submission);
        if (heard.status != 200) {
          ++errors;
          fmt::print(stderr, "{} {} {}\n", heard.status, heard.fault, heard.text());
        }
        ++shares[i];
      }
      over = true;
    });
  }
  begin.arrive_and_wait();
  const bench::Stopwatch watch;
  while (!over && watch.seconds() < static_cast<double>(seconds)) std::this_thread::sleep_for(10ms);
  over = true;
  const auto took = watch.seconds();
  senders.clear();
  std::vector<double> got(shares.begin(), shares.end());
  const auto middle = bench::median(got), least = std::ranges::min(got), most = std::ranges::max(got);
  fmt::print("{{\"members\":{},\"seconds\":{:.1f},\"errors\":{},\"least\":{},\"median\":{},\"most\":{}}}\n", members,
             took, errors.load(), least, middle, most);
  require(errors == 0, "somebody got an error");
  require(least * 2 >= middle, "somebody got less than half of the median's share");
}

}  // namespace depone::crowd
