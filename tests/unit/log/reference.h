// RFC 6962 section 2.1 word for word, over all leaves, sharing nothing with crypto/log but SHA-256 itself.
#pragma once

#include <map>
#include <vector>

#include "crypto/hash.h"
#include "crypto/log/tile.h"

namespace depone::crypto::log::reference {

using Leaves = std::span<const Digest>;

inline Digest parent(const Digest& left, const Digest& right) {
  Bytes joined{0x01};
  joined.insert(joined.end(), left.bytes.begin(), left.bytes.end());
  joined.insert(joined.end(), right.bytes.begin(), right.bytes.end());
  return sha256(joined);
}
inline std::size_t split(std::size_t n) {
  std::size_t k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}
inline Digest root(Leaves d) {
  if (d.empty()) return sha256(ByteView{});
  if (d.size() == 1) return d[0];
  const auto k = split(d.size());
  return parent(root(d.first(k)), root(d.subspan(k)));
}
inline std::vector<Digest> path(std::size_t m, Leaves d) {
  if (d.size() == 1) return {};
  const auto k = split(d.size());
  auto out = m < k ? path(m, d.first(k)) : path(m - k, d.subspan(k));
  out.push_back(m < k ? root(d.subspan(k)) : root(d.first(k)));
  return out;
}
inline std::vector<Digest> subproof(std::size_t m, Leaves d, bool known) {
  if (m == d.size()) return known ? std::vector<Digest>{} : std::vector<Digest>{root(d)};
  const auto k = split(d.size());
  auto out = m <= k ? subproof(m, d.first(k), known) : subproof(m - k, d.subspan(k), false);
  out.push_back(m <= k ? root(d.subspan(k)) : root(d.first(k)));
  return out;
}

inline Digest numbered(std::uint64_t n) { return leaf_hash(view(std::to_string(n))); }
inline std::vector<Digest> numbered_leaves(std::size_t size) {
  std::vector<Digest> out;
  for (std::size_t i = 0; i < size; ++i) out.push_back(numbered(i));
  return out;
}

// Tiles as a store keeps them, which answers `not_found` for what it does not have.
class StoredTiles final : public TileReader {
 public:
  void keep(std::vector<TreeEdge::ChangedTile> changed) {
    for (auto& tile : changed) tiles[{tile.level, tile.number}] = std::move(tile.hashes);
  }
  Result<std::vector<Digest>> tile(unsigned level, std::uint64_t number, std::size_t) override {
    ++reads;
    const auto found = tiles.find({level, number});
    if (found == tiles.end()) return fail(ErrorCode::not_found, "no such tile");
    return found->second;
  }
  std::map<std::pair<unsigned, std::uint64_t>, std::vector<Digest>> tiles;
  std::size_t reads = 0;
};

}  // namespace depone::crypto::log::reference
