// C2SP tiles (tlog-tiles v0.1.0): the tree in pieces of 256 hashes. Level 0 holds leaf hashes; level l + 1 the roots of
// full level-l tiles. Names: tile/<L>/<N>[.p/<W>], entries tile/entries/<N>[.p/<W>]; N in groups of three digits.
// Nothing here is thread-safe, and readers verify nothing: who asks checks the proof or the root.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "crypto/log/tile_nodes.h"

namespace depone::crypto::log {

struct TileId {
  unsigned level = 0;
  std::uint64_t number = 0;
  std::size_t width = kTileWidth;  // fewer in a partial tile
};
std::string tile_number_path(std::uint64_t number);  // 1234067 -> x001/x234/067
std::string tile_path(const TileId& tile);           // tile/0/x001/x234/067.p/3
// Parses what follows "tile/<L>/" or "tile/entries/": number and width. Canonical spelling only.
struct TileName {
  std::uint64_t number = 0;
  std::size_t width = kTileWidth;
};
std::optional<TileName> parse_tile_name(std::string_view text);

// How many hashes the last tile of a level has in a tree of `size`, which is 0 when that tile is not there.
std::size_t partial_width(std::uint64_t size, unsigned level);

// Where tiles are kept. `tile` gives at least the first `width` hashes.
class TileReader {
 public:
  virtual ~TileReader() = default;
  virtual Result<std::vector<Digest>> tile(unsigned level, std::uint64_t number, std::size_t width) = 0;
};

// Hashes of subtrees of a tree of `size` leaves, out of tiles. Remembers tiles that it read, with their nodes, but
// never more than kTilesRemembered. A tile that is too short is `damaged`, a node beyond the tree `not_found`.
class TileHashReader final : public HashReader {
 public:
  TileHashReader(TileReader& tiles, std::uint64_t size) : tiles_(tiles), size_(size) {}
  Result<Digest> node(unsigned height, std::uint64_t index) override;

 private:
  TileReader& tiles_;
  std::uint64_t size_;
  static constexpr std::size_t kTilesRemembered = 64;
  std::map<std::pair<unsigned, std::uint64_t>, TileNodes> seen_;
};

// The right edge of a growing tree: what a single writer needs to append and to hand out tiles. A value: copy it before
// a transaction, and put the copy back if that fails.
class TreeEdge {
 public:
  TreeEdge() = default;
  // The edge of a tree of `size` leaves, out of its stored tiles.
  static Result<TreeEdge> load(TileReader& tiles, std::uint64_t size);

  void append(const Digest& leaf);
  std::uint64_t size() const { return size_; }
  Digest root() const;

  struct ChangedTile {
    unsigned level;
    std::uint64_t number;
    std::vector<Digest> hashes;
  };
  // The tiles that changed since the last call, each as it is now.
  std::vector<ChangedTile> take_changed();
  // The hashes that the edge holds of a tile, or nothing where the tile lies to the left of it.
  const std::vector<Digest>* tile(unsigned level, std::uint64_t number) const;
  // The same for a node of the tree (as HashReader::node); only what lies in a partial tile is here.
  const Digest* node(unsigned height, std::uint64_t index) const;

 private:
  void append_at(unsigned level, const Digest& hash);

  std::uint64_t size_ = 0;
  struct Level {
    TileNodes last;  // the last, partial tile
    bool changed = false;
  };
  std::vector<Level> levels_;
  std::map<std::pair<unsigned, std::uint64_t>, std::vector<Digest>> filled_;  // tiles that became full
};

// Reads the right edge where it holds the node, and `left` elsewhere: proofs of recent entries hash next to nothing.
// Both outlive it; `left` is of the same tree.
class EdgeHashReader final : public HashReader {
 public:
  EdgeHashReader(const TreeEdge& edge, HashReader& left) : edge_(edge), left_(left) {}
  Result<Digest> node(unsigned height, std::uint64_t index) override;

 private:
  const TreeEdge& edge_;
  HashReader& left_;
};

}  // namespace depone::crypto::log
