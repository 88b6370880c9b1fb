// What is sealed to a key (HPKE): item secrets, submissions. And signatures, beside it.
#include <benchmark/benchmark.h>

#include "crypto/seal.h"
#include "crypto/sign.h"

namespace depone::crypto {
namespace {

Bytes random_bytes(std::size_t size) {
  Bytes out(size);
  fill_random(out);
  return out;
}

void seal_to_key(benchmark::State& state) {
  const auto seed = SealSeed::random();
  const auto key = seal_public_key(SealSuite::x25519, seed).value();
  const auto plain = random_bytes(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(seal(key, view("bench"), plain).value());
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(seal_to_key)->Arg(32)->Arg(4096)->Arg(131072);

void open_sealed(benchmark::State& state) {
  const auto seed = SealSeed::random();
  const auto key = seal_public_key(SealSuite::x25519, seed).value();
  const auto sealed = seal(key, view("bench"), random_bytes(static_cast<std::size_t>(state.range(0)))).value();
  for (auto _ : state)
    benchmark::DoNotOptimize(open_seal_public(SealSuite::x25519, seed, view("bench"), sealed).value());
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(open_sealed)->Arg(32)->Arg(4096)->Arg(131072);

void sign_act(benchmark::State& state) {
  const SigningKey key(SigningSeed::random());
  const auto message = random_bytes(800);
  for (auto _ : state) benchmark::DoNotOptimize(key.sign(message));
}
BENCHMARK(sign_act);

void verify_act(benchmark::State& state) {
  const SigningKey key(SigningSeed::random());
  const auto message = random_bytes(800);
  const auto signature = key.sign(message);
  for (auto _ : state) benchmark::DoNotOptimize(verify(key.public_key(), message, signature));
}
BENCHMARK(verify_act);

}  // namespace
}  // namespace depone::crypto
