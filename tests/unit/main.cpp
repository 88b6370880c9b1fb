// Every unit test program starts as the real ones do: with secret memory prepared.
#include <gtest/gtest.h>

#include "crypto/secret.h"

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (!depone::crypto::prepare_secret_memory(depone::crypto::UnlockedMemory::allow)) return 1;
  return RUN_ALL_TESTS();
}
