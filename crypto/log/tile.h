// C2SP tiles (tlog-tiles v0.1.0): the tree in pieces of 256 hashes. Level 0 holds leaf hashes; level l + 1 the roots of
// full level-l tiles. Names: tile/<L>/<N>[.p/<W>], entries tile/entries/<N>[.p/<W>]; N in groups of three digits.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "crypto/log/merkle.h"

namespace depone::crypto::log {

constexpr unsigned kTileHeight = 8;
constexpr std::size_t kTileWidth = 256;

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

// Hashes of subtrees of a tree of `size` leaves, out of tiles. Remembers the last tiles that it read.
class TileHashReader final : public HashReader {
 public:
  TileHashReader(TileReader& tiles, std::uint64_t size) : tiles_(tiles), size_(size) {}
  Result<Digest> node(unsigned height, std::uint64_t index) override;

 private:
  TileReader& tiles_;
  std::uint64_t size_;
  std::map<std::pair<unsigned, std::uint64_t>, std::vector<Digest>> seen_;
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

 private:
  void append_at(unsigned level, const Digest& hash);

  std::uint64_t size_ = 0;
  struct Level {
    std::vector<Digest> hashes;  // of the last, partial tile
    bool changed = false;
  };
  std::vector<Level> levels_;
  std::map<std::pair<unsigned, std::uint64_t>, std::vector<Digest>> filled_;  // tiles that became full
};

}  // namespace depone::crypto::log
