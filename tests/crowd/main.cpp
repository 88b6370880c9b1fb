// crowd ARCHIVE_CARD CUSTODIAN_HOME KEY_FILE MODE NUMBER…: many at once, in one of the ways of crowd.h.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>

#include <fmt/format.h>
#include <sys/resource.h>

#include "tests/crowd/crowd.h"

namespace {

using namespace depone::crowd;
using Numbers = std::vector<std::size_t>;

struct Mode {
  std::size_t numbers;
  std::function<void(World&, const Numbers&)> run;
};

const std::map<std::string, Mode>& modes() {
  static const std::map<std::string, Mode> all{
      {"slow", {1, [](World& world, const Numbers& n) { slow_are_cut(world, n[0]); }}},
      {"connections", {1, [](World& world, const Numbers& n) { connections_of_one(world, n[0]); }}},
      {"newcomers", {1, [](World& world, const Numbers& n) { newcomers(world, n[0]); }}},
      {"entries", {1, [](World& world, const Numbers& n) { entries_of_one(world, n[0]); }}},
      {"latency", {3, [](World& world, const Numbers& n) { latency(world, n[0], n[1], n[2]); }}},
      {"fairness", {2, [](World& world, const Numbers& n) { fairness(world, n[0], n[1]); }}},
  };
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  const auto mode = argc < 5 ? modes().end() : modes().find(argv[4]);
  if (mode == modes().end() || static_cast<std::size_t>(argc) != 5 + mode->second.numbers ||
      !depone::crypto::prepare_secret_memory(depone::crypto::UnlockedMemory::allow)) {
    fmt::print(stderr, "crowd ARCHIVE_CARD CUSTODIAN_HOME KEY_FILE MODE NUMBER...\n");
    return 2;
  }
  std::signal(SIGPIPE, SIG_IGN);  // of connections that the archive closes
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  try {
    Numbers numbers;
    for (int i = 5; i < argc; ++i) numbers.push_back(std::stoul(argv[i]));
    World world(argv[1], argv[2], argv[3]);
    mode->second.run(world, numbers);
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    fmt::print(stderr, "crowd: {}\n", error.what());
    return EXIT_FAILURE;
  }
}
