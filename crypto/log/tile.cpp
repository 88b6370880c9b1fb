#include "crypto/log/tile.h"

#include <fmt/format.h>

#include "crypto/log/checkpoint.h"

namespace depone::crypto::log {
namespace {

std::uint64_t shifted(std::uint64_t value, unsigned bits) { return bits < 64 ? value >> bits : 0; }

// The number of hashes of a whole level.
std::uint64_t level_size(std::uint64_t size, unsigned level) { return shifted(size, kTileHeight * level); }

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
  const unsigned level = height / kTileHeight, within = height % kTileHeight;
  const std::uint64_t first = index << within;  // in hashes of this level
  const std::uint64_t count = std::uint64_t{1} << within;
  const std::uint64_t number = first / kTileWidth, offset = first % kTileWidth;
  if (first + count > level_size(size_, level)) return fail(ErrorCode::not_found, "the log has not grown that far");
  auto& hashes = seen_[{level, number}];
  if (hashes.empty()) {
    const std::uint64_t after = level_size(size_, level) - number * kTileWidth;
    const auto width = static_cast<std::size_t>(std::min<std::uint64_t>(after, kTileWidth));
    DEPONE_ASSIGN(hashes, tiles_.tile(level, number, width));
    if (hashes.size() < width) return too_short({level, number, width});
  }
  return root_of(std::span(hashes).subspan(offset, count));
}

Result<TreeEdge> TreeEdge::load(TileReader& tiles, std::uint64_t size) {
  TreeEdge edge;
  edge.size_ = size;
  for (unsigned level = 0; level_size(size, level) > 0; ++level) {
    auto& hashes = edge.levels_.emplace_back().hashes;
    const auto width = partial_width(size, level);
    if (width == 0) continue;
    const auto number = level_size(size, level) / kTileWidth;
    DEPONE_ASSIGN(hashes, tiles.tile(level, number, width));
    if (hashes.size() < width) return too_short({level, number, width});
    hashes.resize(width);
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
  edge.hashes.push_back(hash);
  edge.changed = true;
  if (edge.hashes.size() < kTileWidth) return;
  const Digest whole = root_of(edge.hashes);
  // size_ has not grown yet, so this is the number of the tile that has just become full.
  filled_[{level, level_size(size_, level) / kTileWidth}] = std::exchange(edge.hashes, {});
  edge.changed = false;
  append_at(level + 1, whole);
}

Digest TreeEdge::root() const {
  if (size_ == 0) return empty_root();
  // From the lowest level up: each level's partial tile stands to the left of what the levels below it add up to.
  std::optional<Digest> right;
  for (const auto& level : levels_) {
    std::vector<Digest> row = level.hashes;
    std::optional<Digest> tail = right;
    while (row.size() > 1 || (tail && !row.empty())) {
      std::vector<Digest> up;
      for (std::size_t i = 0; i + 1 < row.size(); i += 2) up.push_back(node_hash(row[i], row[i + 1]));
      if (row.size() % 2 == 1) tail = tail ? node_hash(row.back(), *tail) : row.back();
      row = std::move(up);
    }
    if (row.size() == 1) tail = row.front();
    right = tail;
  }
  return *right;
}

std::vector<TreeEdge::ChangedTile> TreeEdge::take_changed() {
  std::vector<ChangedTile> out;
  for (auto& [id, hashes] : filled_) out.push_back({id.first, id.second, std::move(hashes)});
  filled_.clear();
  for (unsigned level = 0; level < levels_.size(); ++level) {
    if (!std::exchange(levels_[level].changed, false)) continue;
    out.push_back({level, level_size(size_, level) / kTileWidth, levels_[level].hashes});
  }
  return out;
}

const std::vector<Digest>* TreeEdge::tile(unsigned level, std::uint64_t number) const {
  if (const auto found = filled_.find({level, number}); found != filled_.end()) return &found->second;
  if (level >= levels_.size() || levels_[level].hashes.empty()) return nullptr;
  return number == level_size(size_, level) / kTileWidth ? &levels_[level].hashes : nullptr;
}

}  // namespace depone::crypto::log
