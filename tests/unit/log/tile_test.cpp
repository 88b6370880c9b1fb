#include "crypto/log/tile.h"

#include <gtest/gtest.h>

#include "tests/unit/error_code.h"
#include "tests/unit/log/reference.h"

namespace depone::crypto::log {
namespace {

using reference::numbered;
using reference::numbered_leaves;
using reference::StoredTiles;

constexpr std::size_t kManyLeaves = 65536 + 300;

// Appends leaves [from, to) and stores what changed, as a writer does after each `group`.
void grow(TreeEdge& edge, StoredTiles& tiles, std::span<const Digest> leaves, std::size_t to, std::size_t group) {
  while (edge.size() < to) {
    edge.append(leaves[edge.size()]);
    if (edge.size() % group == 0) tiles.keep(edge.take_changed());
  }
  tiles.keep(edge.take_changed());
}

TEST(TileNodes, HoldEveryCompleteNodeAndNoOther) {
  const auto leaves = numbered_leaves(kTileWidth);
  TileNodes nodes;
  for (std::size_t width = 0; width <= kTileWidth; ++width) {
    if (width > 0) nodes.append(leaves[width - 1]);
    if (width % 37 != 0 && width < kTileWidth - 1) continue;
    for (unsigned height = 0; height <= kTileHeight; ++height) {
      const std::size_t span = std::size_t{1} << height, count = width >> height;
      for (std::size_t i = 0; i < count; ++i) {
        ASSERT_NE(nodes.node(height, i), nullptr);
        ASSERT_EQ(*nodes.node(height, i), reference::root(std::span(leaves).subspan(i * span, span)));
      }
      EXPECT_EQ(nodes.node(height, count), nullptr);
      EXPECT_EQ(nodes.node(height, ~std::uint64_t{0}), nullptr);
    }
    EXPECT_EQ(nodes.node(kTileHeight + 1, 0), nullptr);
    EXPECT_EQ(TileNodes(std::span(leaves).first(width)).hashes(), nodes.hashes());
  }
}

TEST(TileNodes, IgnoreWhatIsBeyondATile) { EXPECT_EQ(TileNodes(numbered_leaves(kTileWidth + 5)).width(), kTileWidth); }

TEST(TreeEdge, StoresTheTilesOfTheSpecification) {
  const auto leaves = numbered_leaves(kManyLeaves);
  for (const std::size_t group : {1u, 7u, 256u, 1000u, 100000u}) {
    TreeEdge edge;
    StoredTiles tiles;
    grow(edge, tiles, leaves, kManyLeaves, group);
    std::vector<Digest> row = leaves;
    std::size_t count = 0;
    for (unsigned level = 0; !row.empty(); ++level) {
      std::vector<Digest> above;
      for (std::size_t at = 0; at < row.size(); at += kTileWidth, ++count) {
        const auto tile = std::span(row).subspan(at, std::min(kTileWidth, row.size() - at));
        const auto found = tiles.tiles.find({level, at / kTileWidth});
        ASSERT_NE(found, tiles.tiles.end());
        ASSERT_EQ(found->second, std::vector<Digest>(tile.begin(), tile.end()));
        if (tile.size() == kTileWidth) above.push_back(reference::root(tile));
      }
      row = std::move(above);
    }
    EXPECT_EQ(tiles.tiles.size(), count);
  }
}

TEST(TreeEdge, GivesEachChangedTileOnce) {
  const auto leaves = numbered_leaves(258);
  TreeEdge edge;
  for (std::size_t i = 0; i < 255; ++i) edge.append(leaves[i]);
  EXPECT_EQ(edge.take_changed().size(), 1u);
  EXPECT_TRUE(edge.take_changed().empty());
  edge.append(leaves[255]);
  edge.append(leaves[256]);
  const auto changed = edge.take_changed();  // the full tile, the new one beside it, the one above
  ASSERT_EQ(changed.size(), 3u);
  for (const auto& tile : changed) EXPECT_EQ(tile.hashes.size(), tile.level == 0 && tile.number == 0 ? 256u : 1u);
  EXPECT_TRUE(edge.take_changed().empty());
}

TEST(TreeEdge, PutBackFromACopyForgetsWhatFailed) {
  const auto leaves = numbered_leaves(700);
  for (const std::size_t before : {0u, 1u, 255u, 256u, 300u}) {
    TreeEdge edge;
    StoredTiles tiles;
    grow(edge, tiles, leaves, before, 50);
    const TreeEdge saved = edge;
    for (std::size_t i = 0; i < 300; ++i) edge.append(numbered(5000 + i));
    (void)edge.take_changed();
    edge = saved;
    EXPECT_EQ(edge.size(), before);
    EXPECT_EQ(edge.root(), reference::root(std::span(leaves).first(before)));
    EXPECT_TRUE(edge.take_changed().empty());
    grow(edge, tiles, leaves, 700, 50);
    EXPECT_EQ(edge.root(), reference::root(leaves));
    TileHashReader reader(tiles, 700);
    EXPECT_EQ(root(reader, 700).value(), edge.root());
  }
}

TEST(TreeEdge, RefusesTilesThatAreMissingOrTooShort) {
  const auto leaves = numbered_leaves(600);
  TreeEdge edge;
  StoredTiles tiles;
  grow(edge, tiles, leaves, 600, 600);
  ASSERT_TRUE(TreeEdge::load(tiles, 600));
  tiles.tiles[{0, 2}].pop_back();
  EXPECT_EQ(tests::code_of(TreeEdge::load(tiles, 600)), ErrorCode::damaged);
  tiles.tiles.erase({0, 2});
  EXPECT_FALSE(TreeEdge::load(tiles, 600));
}

TEST(EdgeHashReader, ProvesRecentLeavesWithoutReadingTheLastTiles) {
  const auto leaves = numbered_leaves(kManyLeaves);
  TreeEdge edge;
  StoredTiles tiles;
  grow(edge, tiles, leaves, kManyLeaves, 1000);
  TileHashReader left(tiles, kManyLeaves);
  EdgeHashReader reader(edge, left);
  for (std::size_t index = kManyLeaves - kManyLeaves % kTileWidth; index < kManyLeaves; ++index) {
    ASSERT_EQ(inclusion_path(reader, index, kManyLeaves).value(), reference::path(index, leaves)) << index;
    if (index % 16 != 0) index += 12;
  }
  EXPECT_EQ(tiles.reads, 0u);
  for (const std::size_t index : {std::size_t{0}, std::size_t{255}, std::size_t{40000}, std::size_t{65535}}) {
    EXPECT_EQ(inclusion_path(reader, index, kManyLeaves).value(), reference::path(index, leaves)) << index;
  }
  EXPECT_GT(tiles.reads, 0u);
}

TEST(EdgeHashReader, ReadsOlderTreesThroughANewerEdge) {
  const auto leaves = numbered_leaves(600);
  TreeEdge edge;
  StoredTiles tiles;
  grow(edge, tiles, leaves, 600, 600);
  TileHashReader left(tiles, 600);
  EdgeHashReader reader(edge, left);
  for (std::size_t size = 1; size <= 600; size += 13) {
    const auto then = std::span(leaves).first(size);
    EXPECT_EQ(root(reader, size).value(), reference::root(then));
    EXPECT_EQ(inclusion_path(reader, size / 3, size).value(), reference::path(size / 3, then));
  }
}

TEST(TileHashReader, RefusesATileThatIsTooShortAndTakesOneThatGrew) {
  const auto leaves = numbered_leaves(300);
  TreeEdge edge;
  StoredTiles tiles;
  grow(edge, tiles, leaves, 300, 300);
  TileHashReader older(tiles, 290);  // its last tile has 44 hashes by now
  EXPECT_EQ(root(older, 290).value(), reference::root(std::span(leaves).first(290)));
  tiles.tiles[{0, 1}].resize(33);
  TileHashReader reader(tiles, 290);
  EXPECT_EQ(tests::code_of(root(reader, 290)), ErrorCode::damaged);
  EXPECT_EQ(tests::code_of(reader.node(0, 256)), ErrorCode::damaged);
}

TEST(TileHashReader, KnowsNoNodeBeyondTheTree) {
  StoredTiles tiles;
  TreeEdge edge;
  grow(edge, tiles, numbered_leaves(300), 300, 300);
  TileHashReader reader(tiles, 300);
  EXPECT_TRUE(reader.node(0, 299));
  EXPECT_TRUE(reader.node(8, 0));
  EXPECT_EQ(edge.node(8, 1), nullptr);
  for (const auto& [height, index] : std::initializer_list<std::pair<unsigned, std::uint64_t>>{{0, 300},
                                                                                               {1, 150},
                                                                                               {8, 1},
                                                                                               {9, 0},
                                                                                               {63, 0},
                                                                                               {64, 0},
                                                                                               {4000000000u, 0},
                                                                                               {0, ~0ull},
                                                                                               {7, ~0ull},
                                                                                               {8, ~0ull}}) {
    EXPECT_EQ(tests::code_of(reader.node(height, index)), ErrorCode::not_found) << height << ' ' << index;
    EXPECT_EQ(edge.node(height, index), nullptr);
  }
}

TEST(TileHashReader, ForgetsTilesRatherThanGrowWithTheLog) {
  const auto leaves = numbered_leaves(kManyLeaves);
  TreeEdge edge;
  StoredTiles tiles;
  grow(edge, tiles, leaves, kManyLeaves, kManyLeaves);
  TileHashReader reader(tiles, kManyLeaves);
  for (int turn = 0; turn < 2; ++turn) {
    for (std::size_t tile = 0; tile < 256; ++tile) {
      ASSERT_EQ(reader.node(0, tile * kTileWidth + 3).value(), leaves[tile * kTileWidth + 3]);
    }
  }
  EXPECT_GT(tiles.reads, 256u);
}

TEST(TileName, EveryNumberAndWidthHasOneSpelling) {
  for (const std::uint64_t number : {0ull, 7ull, 999ull, 1000ull, 1234067ull, 999999999ull, (1ull << 45) - 1}) {
    for (const std::size_t width : {std::size_t{1}, std::size_t{99}, std::size_t{255}, kTileWidth}) {
      const auto text = tile_path({0, number, width}).substr(7);
      const auto name = parse_tile_name(text);
      ASSERT_TRUE(name) << text;
      EXPECT_EQ(name->number, number);
      EXPECT_EQ(name->width, width);
      for (const auto& wrong :
           {text + '/', '/' + text, text + ' ', "x000/" + text, text + (width == kTileWidth ? ".p/256" : ".p/1")}) {
        EXPECT_FALSE(parse_tile_name(wrong)) << wrong;
      }
    }
  }
}

}  // namespace
}  // namespace depone::crypto::log
