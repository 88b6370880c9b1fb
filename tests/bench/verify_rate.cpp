// bench_verify_rate: how many Ed25519 signatures one core of this machine verifies in a second, by libsodium as Depone
// calls it, over about as many bytes as an act has. Prints the number.
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

#include "crypto/sign.h"
#include "tests/bench/figures.h"

int main() {
  using namespace depone;
  constexpr std::size_t kActBytes = 800;
  constexpr int kRuns = 7, kTimes = 2000;
  if (!crypto::prepare_secret_memory(crypto::UnlockedMemory::allow)) return EXIT_FAILURE;
  const crypto::SigningKey key(crypto::SigningSeed::random());
  Bytes message(kActBytes);
  crypto::fill_random(message);
  const auto signature = key.sign(message);
  std::vector<double> rates;
  for (int run = 0; run < kRuns; ++run) {
    const bench::Stopwatch watch;
    for (int i = 0; i < kTimes; ++i) {
      if (!crypto::verify(key.public_key(), message, signature)) return EXIT_FAILURE;
    }
    rates.push_back(kTimes / watch.seconds());
  }
  fmt::print("{:.0f}\n", bench::median(rates));
  return EXIT_SUCCESS;
}
