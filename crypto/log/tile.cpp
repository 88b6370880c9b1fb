#include "crypto/log/tile.h"

#include <bit>

#include <fmt/format.h>

#include "crypto/log/checkpoint.h"

namespace depone::crypto::log {
namespace {

std::uint64_t shifted(std::uint64_t value, unsigned bits) { return bits < 64 ? value >> bits : 0; }

// The number of hashes of a whole level.
std::uint64_t level_size(std::uint64_t size, unsigned level) { return shifted(size, kTileHeight * level); }

// Of a node: its place among the nodes of its height in its own tile.
std::uint64_t index_in_tile(unsigned within, std::uint64_t index) { return index % (kTileWidth >> within); }

Error too_short(const TileId& tile) {
  return fail(ErrorCode::damaged, fmt::format("{} is too short", tile_path(tile)));
}

}  // namespace

std::string tile_number_path(std::uint64_t number) {
  std::string out = fmt::format("{:03}", number % 1000);
  while (number >= 1000) {
    number /= 1000;
    out = fmt::format("x{:03}/", number % 1000) + out;
  }
  return out;
}

std::string tile_path(const TileId& tile) {
  const auto path = fmt::format("tile/{}/{}", tile.level, tile_number_path(tile.number));
  return tile.width == kTileWidth ? path : fmt::format("{}.p/{}", path, tile.width);
}

std::optional<TileName> parse_tile_name(std::string_view text) {
  TileName name;
  const std::string whole(text);
  if (const auto dot = text.find(".p/"); dot != std::string_view::npos) {
    const auto width = parse_decimal(text.substr(dot + 3));
    if (!width || *width == 0 || *width >= kTileWidth) return std::nullopt;
    name.width = *width;
    text = text.substr(0, dot);
  }
  while (!text.empty()) {
    const auto end = std::min(text.find('/'), text.size());
    auto group = text.substr(0, end);
    if (end != text.size() && !group.starts_with('x')) return std::nullopt;
    if (group.starts_with('x')) group.remove_prefix(1);
    if (group.size() != 3 || name.number > (std::uint64_t{1} << 43)) return std::nullopt;
    for (const char c : group) {
      if (c < '0' || c > '9') return std::nullopt;
      name.number = name.number * 10 + static_cast<std::uint64_t>(c - '0');
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  // One spelling a name: what this number and width are written as.
  const auto again = tile_number_path(name.number) + (name.width == kTileWidth ? "" : fmt::format(".p/{}", name.width));
  return again == whole ? std::optional(name) : std::nullopt;
}

std::size_t partial_width(std::uint64_t size, unsigned level) {
  return static_cast<std::size_t>(level_size(size, level) % kTileWidth);
}

Result<Digest> TileHashReader::node(unsigned height, std::uint64_t index) {
  if (index >= shifted(size_, height)) return fail(ErrorCode::not_found, "the log has not grown that far");
  const unsigned level = height / kTileHeight, within = height % kTileHeight;
  const std::uint64_t number = index >> (kTileHeight - within);
  auto found = seen_.find({level, number});
  if (found == seen_.end()) {
    const std::uint64_t after = level_size(size_, level) - number * kTileWidth;
    const auto width = static_cast<std::size_t>(std::min<std::uint64_t>(after, kTileWidth));
    DEPONE_ASSIGN(const auto hashes, tiles_.tile(level, number, width));
    if (hashes.size() < width) return too_short({level, number, width});
    if (seen_.size() == kTilesRemembered) seen_.clear();
    found = seen_.emplace(std::pair{level, number}, TileNodes(std::span(hashes).first(width))).first;
  }
  return *found->second.node(within, index_in_tile(within, index));
}

Result<Digest> EdgeHashReader::node(unsigned height, std::uint64_t index) {
  if (const auto* const held = edge_.node(height, index)) return *held;
  return left_.node(height, index);
}

Result<TreeEdge> TreeEdge::load(TileReader& tiles, std::uint64_t size) {
  TreeEdge edge;
  edge.size_ = size;
  for (unsigned level = 0; level_size(size, level) > 0; ++level) {
    auto& last = edge.levels_.emplace_back().last;
    const auto width = partial_width(size, level);
    if (width == 0) continue;
    const auto number = level_size(size, level) / kTileWidth;
    DEPONE_ASSIGN(const auto hashes, tiles.tile(level, number, width));
    if (hashes.size() < width) return too_short({level, number, width});
    last = TileNodes(std::span(hashes).first(width));
  }
  return edge;
}

void TreeEdge::append(const Digest& leaf) {
  append_at(0, leaf);
  ++size_;
}

void TreeEdge::append_at(unsigned level, const Digest& hash) {
  if (levels_.size() == level) levels_.emplace_back();
  auto& edge = levels_[level];
  edge.last.append(hash);
  edge.changed = true;
  if (edge.last.width() < kTileWidth) return;
  const Digest whole = *edge.last.node(kTileHeight, 0);
  // size_ has not grown yet, so this is the number of the tile that has just become full.
  filled_[{level, level_size(size_, level) / kTileWidth}] = edge.last.hashes();
  edge = {};
  append_at(level + 1, whole);
}

Digest TreeEdge::root() const {
  // One complete subtree for each bit of the size, the largest leftmost; all of them stand in partial tiles.
  std::optional<Digest> right;
  for (std::uint64_t rest = size_; rest != 0; rest &= rest - 1) {
    const auto height = static_cast<unsigned>(std::countr_zero(rest));
    const Digest& left = *node(height, (size_ >> height) - 1);
    right = right ? node_hash(left, *right) : left;
  }
  return right ? *right : empty_root();
}

std::vector<TreeEdge::ChangedTile> TreeEdge::take_changed() {
  std::vector<ChangedTile> out;
  for (auto& [id, hashes] : filled_) out.push_back({id.first, id.second, std::move(hashes)});
  filled_.clear();
  for (unsigned level = 0; level < levels_.size(); ++level) {
    if (!std::exchange(levels_[level].changed, false)) continue;
    out.push_back({level, level_size(size_, level) / kTileWidth, levels_[level].last.hashes()});
  }
  return out;
}

const std::vector<Digest>* TreeEdge::tile(unsigned level, std::uint64_t number) const {
  if (const auto found = filled_.find({level, number}); found != filled_.end()) return &found->second;
  if (level >= levels_.size() || levels_[level].last.width() == 0) return nullptr;
  return number == level_size(size_, level) / kTileWidth ? &levels_[level].last.hashes() : nullptr;
}

const Digest* TreeEdge::node(unsigned height, std::uint64_t index) const {
  const unsigned level = height / kTileHeight, within = height % kTileHeight;
  if (level >= levels_.size() || index >> (kTileHeight - within) != level_size(size_, level) / kTileWidth) {
    return nullptr;
  }
  return levels_[level].last.node(within, index_in_tile(within, index));
}

}  // namespace depone::crypto::log
