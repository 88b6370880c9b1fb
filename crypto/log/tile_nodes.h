// The hashes of one tile (C2SP tlog-tiles v0.1.0) with the binary nodes above them (RFC 6962 section 2.1), so that a
// proof reads a node instead of hashing the tile again. A value; not thread-safe.
#pragma once

#include <span>
#include <vector>

#include "crypto/log/merkle.h"

namespace depone::crypto::log {

constexpr unsigned kTileHeight = 8;
constexpr std::size_t kTileWidth = 256;

class TileNodes {
 public:
  TileNodes() = default;
  explicit TileNodes(std::span<const Digest> hashes);  // the first kTileWidth of them at most

  // Room for one more is a precondition. Computes the nodes that it completes: one a hash, on average.
  void append(const Digest& hash);
  const std::vector<Digest>& hashes() const { return hashes_; }
  std::size_t width() const { return hashes_.size(); }
  // The node over the 2^height hashes from index * 2^height on; height 0 is the hashes themselves, 8 the whole tile.
  // Nothing where the tile does not reach that far.
  const Digest* node(unsigned height, std::uint64_t index) const;

 private:
  std::vector<Digest> hashes_;
  std::vector<Digest> parents_;  // in the order in which they become complete
};

}  // namespace depone::crypto::log
