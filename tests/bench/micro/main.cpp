// bench_micro: parts of Depone by themselves, on one thread. packaging/bench micro builds and runs it.
#include <benchmark/benchmark.h>

#include "crypto/secret.h"

int main(int argc, char** argv) {
  if (!depone::crypto::prepare_secret_memory(depone::crypto::UnlockedMemory::allow)) return 1;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
