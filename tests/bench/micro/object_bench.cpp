// The sealed object: one chunk of 64 KiB, sealed and opened, and what is hashed of it on the way.
#include <benchmark/benchmark.h>

#include "crypto/hash.h"
#include "crypto/object.h"

namespace depone::crypto {
namespace {

Bytes random_chunk() {
  Bytes out(kChunkPlainBytes);
  fill_random(out);
  return out;
}

void seal_chunk(benchmark::State& state) {
  ChunkCipher cipher(ContentKey::random());
  const auto plain = random_chunk();
  Bytes sealed(kChunkSealedBytes);
  std::uint64_t index = 0;
  for (auto _ : state) cipher.seal(index++, false, plain, sealed);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kChunkPlainBytes));
}
BENCHMARK(seal_chunk);

void open_chunk(benchmark::State& state) {
  ChunkCipher cipher(ContentKey::random());
  Bytes sealed(kChunkSealedBytes), plain(kChunkPlainBytes);
  cipher.seal(0, false, random_chunk(), sealed);
  for (auto _ : state) benchmark::DoNotOptimize(cipher.open(0, false, sealed, plain).has_value());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kChunkPlainBytes));
}
BENCHMARK(open_chunk);

void hash_chunk(benchmark::State& state) {
  const auto plain = random_chunk();
  for (auto _ : state) benchmark::DoNotOptimize(sha256(plain));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kChunkPlainBytes));
}
BENCHMARK(hash_chunk);

}  // namespace
}  // namespace depone::crypto
