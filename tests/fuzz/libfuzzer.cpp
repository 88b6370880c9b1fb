// Runs the one target that this program was linked with under libFuzzer.
#include <cstdio>

#include "crypto/secret.h"
#include "tests/fuzz/target.h"

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerInitialize(int*, char***) {
  return depone::crypto::prepare_secret_memory(depone::crypto::UnlockedMemory::allow) ? 0 : 1;
}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  depone::fuzz::targets().front().run({data, size});
  return 0;
}
