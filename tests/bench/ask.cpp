// bench_ask: how long the archive takes to answer one call, asked again and again on one line.
//   bench_ask HOME TARGET TIMES
// The first answer, which finds nothing in memory yet, is reported apart. Prints one JSON object: times, ms (median),
// ms_max, first_ms, bytes.
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

#include "tests/bench/figures.h"
#include "tests/bench/member.h"

namespace {

using namespace depone;
using namespace depone::bench;

constexpr std::size_t kAnswerBytesMax = 64 << 20;

void ask(const Member& member, const std::string& target, std::size_t times) {
  auto line = member.dial();
  std::vector<double> took;
  double first = 0;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i <= times; ++i) {
    const Stopwatch watch;
    const auto answer = must(line.exchange({"GET", target, {}, 0}, {}, kAnswerBytesMax));
    const double ms = watch.seconds() * 1000;
    if (answer.head.status != 200) throw std::runtime_error(fmt::format("it answers {}", answer.head.status));
    bytes = answer.body.size();
    if (i == 0)
      first = ms;
    else
      took.push_back(ms);
  }
  fmt::print("{{\"times\":{},\"ms\":{:.3f},\"ms_max\":{:.3f},\"first_ms\":{:.3f},\"bytes\":{}}}\n", times, median(took),
             std::ranges::max(took), first, bytes);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4 || std::stoul(argv[3]) == 0 || !crypto::prepare_secret_memory(crypto::UnlockedMemory::allow)) {
    fmt::print(stderr, "bench_ask HOME TARGET TIMES\n");
    return 2;
  }
  std::signal(SIGPIPE, SIG_IGN);
  try {
    ask(Member::of_home(argv[1]), argv[2], std::stoul(argv[3]));
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_ask: {}\n", error.what());
    return EXIT_FAILURE;
  }
}
