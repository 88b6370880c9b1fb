#include "crypto/log/tile_nodes.h"

#include <bit>

namespace depone::crypto::log {

TileNodes::TileNodes(std::span<const Digest> hashes) {
  const auto kept = hashes.first(std::min(hashes.size(), kTileWidth));
  hashes_.reserve(kept.size());
  parents_.reserve(kept.size());
  for (const auto& hash : kept) append(hash);
}

void TileNodes::append(const Digest& hash) {
  hashes_.push_back(hash);
  Digest right = hash;
  const std::uint64_t width = hashes_.size();
  for (unsigned height = 0; (width >> height) % 2 == 0; ++height) {
    right = node_hash(*node(height, (width >> height) - 2), right);
    parents_.push_back(right);
  }
}

const Digest* TileNodes::node(unsigned height, std::uint64_t index) const {
  if (height > kTileHeight || index >= hashes_.size() >> height) return nullptr;
  if (height == 0) return &hashes_[index];
  // Hash n of the tile completes one node for each trailing zero of n + 1, lowest first, and n - popcount(n) were
  // complete before it.
  const std::uint64_t last = ((index + 1) << height) - 1;
  return &parents_[last - static_cast<unsigned>(std::popcount(last)) + height - 1];
}

}  // namespace depone::crypto::log
