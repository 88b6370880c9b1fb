// The Merkle tree: a leaf appended with the root that follows, and the proof of one entry among a million.
#include <benchmark/benchmark.h>

#include "crypto/log/tile.h"

namespace depone::crypto::log {
namespace {

Digest some_leaf(std::uint64_t number) { return leaf_hash(view(std::to_string(number))); }

void append_leaf(benchmark::State& state) {
  TreeEdge edge;
  std::uint64_t number = 0;
  const auto leaf = some_leaf(0);
  for (auto _ : state) {
    edge.append(leaf);
    if (++number % kTileWidth == 0) benchmark::DoNotOptimize(edge.take_changed());
  }
}
BENCHMARK(append_leaf);

void append_leaf_and_root(benchmark::State& state) {
  TreeEdge edge;
  std::uint64_t number = 0;
  const auto leaf = some_leaf(0);
  for (auto _ : state) {
    edge.append(leaf);
    benchmark::DoNotOptimize(edge.root());
    if (++number % kTileWidth == 0) benchmark::DoNotOptimize(edge.take_changed());
  }
}
BENCHMARK(append_leaf_and_root);

class MemoryTiles final : public TileReader {
 public:
  explicit MemoryTiles(std::uint64_t size) {
    for (std::uint64_t number = 0; number < size; ++number) {
      edge_.append(some_leaf(number));
      if (edge_.size() % kTileWidth == 0) keep();
    }
    keep();
  }
  Result<std::vector<Digest>> tile(unsigned level, std::uint64_t number, std::size_t width) override {
    auto hashes = tiles_.at({level, number});
    hashes.resize(width);
    return hashes;
  }
  Digest root() const { return edge_.root(); }

 private:
  void keep() {
    for (auto& tile : edge_.take_changed()) tiles_[{tile.level, tile.number}] = std::move(tile.hashes);
  }
  TreeEdge edge_;
  std::map<std::pair<unsigned, std::uint64_t>, std::vector<Digest>> tiles_;
};

constexpr std::uint64_t kEntries = 1'000'000;

void prove_entry(benchmark::State& state) {
  static MemoryTiles tiles(kEntries);
  TileHashReader hashes(tiles, kEntries);
  std::uint64_t index = 0;
  for (auto _ : state) {
    index = (index + 7919) % kEntries;  // a prime: another tile each time
    benchmark::DoNotOptimize(inclusion_path(hashes, index, kEntries).value());
  }
}
BENCHMARK(prove_entry);

void verify_entry(benchmark::State& state) {
  static MemoryTiles tiles(kEntries);
  TileHashReader hashes(tiles, kEntries);
  constexpr std::uint64_t kIndex = 123'456;
  const auto path = inclusion_path(hashes, kIndex, kEntries).value();
  const auto leaf = some_leaf(kIndex);
  for (auto _ : state)
    benchmark::DoNotOptimize(verify_inclusion(leaf, kIndex, kEntries, path, tiles.root()).has_value());
}
BENCHMARK(verify_entry);

}  // namespace
}  // namespace depone::crypto::log
