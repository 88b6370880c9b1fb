// The byte form: what is signed and hashed, written and read, and the salted root of a private part.
#include <benchmark/benchmark.h>

#include "protocol/record/act.h"
#include "protocol/record/form.h"
#include "protocol/record/salted.h"
#include "tests/hostile_member/deposit.h"

namespace depone::protocol::record {
namespace {

// A submission as a member makes it.
struct Sample {
  hostile::Target target;
  crypto::SigningKey key{crypto::SigningSeed::random()};
  hostile::Deposit deposit;
  Act act;
  Sample() {
    deposit = hostile::new_deposit(target, key.id(), crypto::random_fixed<crypto::CaseId>());
    deposit.said.catalogue.crimes = {"RS7.1.f", "RS7.1.c"};
    deposit.said.catalogue.summary = "A former prisoner describes forced labour";
    hostile::commit(target, key.id(), deposit);
    act = make_act(key, target.card.genesis, {1, crypto::random_fixed<crypto::Digest>()}, TimePoint{}, deposit.body);
  }
};

void write_body(benchmark::State& state) {
  const Sample sample;
  for (auto _ : state) benchmark::DoNotOptimize(write_form(sample.deposit.body));
}
BENCHMARK(write_body);

void parse_body(benchmark::State& state) {
  const Sample sample;
  const auto text = write_form(sample.deposit.body);
  for (auto _ : state) benchmark::DoNotOptimize(parse_form<EvidenceSubmit>(view(text), "the body").value());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(parse_body);

void parse_signed_act(benchmark::State& state) {
  const Sample sample;
  for (auto _ : state) benchmark::DoNotOptimize(parse_act(view(sample.act.bytes)).value());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(sample.act.bytes.size()));
}
BENCHMARK(parse_signed_act);

void salted_root_of_private(benchmark::State& state) {
  const Sample sample;
  for (auto _ : state) benchmark::DoNotOptimize(salted_root(sample.deposit.private_part).value());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(sample.deposit.private_part.size()));
}
BENCHMARK(salted_root_of_private);

}  // namespace
}  // namespace depone::protocol::record
