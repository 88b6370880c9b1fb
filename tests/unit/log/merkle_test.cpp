#include "crypto/log/merkle.h"

#include <gtest/gtest.h>

#include "crypto/encoding.h"
#include "crypto/log/tile.h"
#include "tests/unit/log/reference.h"
#include "tests/unit/vectors.h"

namespace depone::crypto::log {
namespace {

using reference::numbered;

struct Tree {
  std::vector<Digest> leaves;
  std::vector<Digest> roots{empty_root()};  // by size
  reference::StoredTiles tiles;
  explicit Tree(std::uint64_t size) {
    TreeEdge edge;
    for (std::uint64_t i = 0; i < size; ++i) {
      leaves.push_back(numbered(i));
      edge.append(leaves.back());
      roots.push_back(size < 1000 || i + 300 > size || i < 600 || (i > 65300 && i < 66100) ? edge.root() : Digest{});
      if (i % 7 == 0) tiles.keep(edge.take_changed());
    }
    tiles.keep(edge.take_changed());
  }
};

TEST(Merkle, AgreesWithTheKnownRoots) {
  const auto group = tests::read_vectors("rfc6962.txt").at(0);
  std::vector<Digest> leaves;
  std::vector<std::string> inputs;
  {  // in the file's order, which a multimap keeps among equals
    for (const auto& text : group.all("leaf")) leaves.push_back(leaf_hash(from_hex(text).value()));
  }
  ASSERT_EQ(leaves.size(), 8u);
  TreeEdge edge;
  for (std::size_t size = 0; size <= leaves.size(); ++size) {
    const auto expected = group.at("root " + std::to_string(size));
    EXPECT_EQ(to_hex(root_of(std::span(leaves).first(size)).span()), expected);
    EXPECT_EQ(to_hex(edge.root().span()), expected);
    if (size < leaves.size()) edge.append(leaves[size]);
  }
}

TEST(Merkle, EveryInclusionProofOfSmallTreesHoldsAndNoOtherDoes) {
  Tree tree(70);
  for (std::uint64_t size = 1; size <= 70; ++size) {
    TileHashReader reader(tree.tiles, size);
    ASSERT_EQ(root(reader, size).value(), tree.roots[size]);
    ASSERT_EQ(root_of(std::span(tree.leaves).first(size)), tree.roots[size]);
    for (std::uint64_t index = 0; index < size; ++index) {
      auto path = inclusion_path(reader, index, size).value();
      ASSERT_TRUE(verify_inclusion(tree.leaves[index], index, size, path, tree.roots[size]));
      EXPECT_FALSE(verify_inclusion(tree.leaves[index], (index + 1) % (size + 1), size, path, tree.roots[size]) &&
                   size > 1);
      EXPECT_FALSE(verify_inclusion(numbered(1000), index, size, path, tree.roots[size]));
      path.push_back(numbered(1));
      EXPECT_FALSE(verify_inclusion(tree.leaves[index], index, size, path, tree.roots[size]));
      path.pop_back();
      if (path.empty()) continue;
      path.pop_back();
      EXPECT_FALSE(verify_inclusion(tree.leaves[index], index, size, path, tree.roots[size]));
    }
  }
}

TEST(Merkle, EveryConsistencyProofOfSmallTreesHoldsAndNoOtherDoes) {
  Tree tree(70);
  for (std::uint64_t size = 1; size <= 70; ++size) {
    TileHashReader reader(tree.tiles, size);
    for (std::uint64_t old = 0; old <= size; ++old) {
      auto path = consistency_path(reader, old, size).value();
      ASSERT_TRUE(verify_consistency(old, tree.roots[old], size, tree.roots[size], path)) << old << " to " << size;
      if (old > 0 && old < size) {
        EXPECT_FALSE(verify_consistency(old, numbered(5), size, tree.roots[size], path));
        EXPECT_FALSE(verify_consistency(old, tree.roots[old], size, numbered(5), path));
        for (auto& hash : path) {
          hash.bytes[0] ^= 1;
          EXPECT_FALSE(verify_consistency(old, tree.roots[old], size, tree.roots[size], path));
          hash.bytes[0] ^= 1;
        }
        path.pop_back();
        EXPECT_FALSE(verify_consistency(old, tree.roots[old], size, tree.roots[size], path));
      }
      path = consistency_path(reader, old, size).value();
      path.push_back(numbered(1));
      EXPECT_FALSE(verify_consistency(old, tree.roots[old], size, tree.roots[size], path));
    }
  }
}

TEST(Merkle, ProofsHoldAcrossTileBoundaries) {
  Tree tree(66000);
  for (const std::uint64_t size : {255, 256, 257, 511, 512, 65535, 65536, 65537, 66000}) {
    TileHashReader reader(tree.tiles, size);
    ASSERT_EQ(root(reader, size).value(), tree.roots[size]) << size;
    for (const std::uint64_t index : {std::uint64_t{0}, size / 2, size - 2, size - 1}) {
      const auto path = inclusion_path(reader, index, size).value();
      EXPECT_TRUE(verify_inclusion(tree.leaves[index], index, size, path, tree.roots[size]));
    }
    for (const std::uint64_t old : {std::uint64_t{1}, std::uint64_t{254}, size - 1}) {
      const auto path = consistency_path(reader, old, size).value();
      EXPECT_TRUE(verify_consistency(old, tree.roots[old], size, tree.roots[size], path));
    }
  }
}

TEST(TreeEdge, LoadedFromTilesGrowsAsTheOneThatWroteThem) {
  Tree tree(66000);
  for (const std::uint64_t size : {0, 1, 255, 256, 300, 65536, 65800}) {
    Tree prefix(size);
    auto edge = TreeEdge::load(prefix.tiles, size).value();
    ASSERT_EQ(edge.root(), tree.roots[size]) << size;
    for (std::uint64_t i = size; i < std::min<std::uint64_t>(size + 200, 66000); ++i) {
      edge.append(tree.leaves[i]);
      ASSERT_EQ(edge.root(), tree.roots[i + 1]);
    }
  }
}

TEST(Merkle, EveryProofOfSmallTreesIsTheReferences) {
  Tree tree(70);
  for (std::size_t size = 0; size <= 70; ++size) {
    const auto leaves = std::span(tree.leaves).first(size);
    ASSERT_EQ(root_of(leaves), reference::root(leaves));
    ASSERT_EQ(tree.roots[size], reference::root(leaves));
    TileHashReader reader(tree.tiles, size);
    for (std::size_t m = 0; m < size; ++m) {
      ASSERT_EQ(inclusion_path(reader, m, size).value(), reference::path(m, leaves));
      if (m == 0) continue;
      ASSERT_EQ(consistency_path(reader, m, size).value(), reference::subproof(m, leaves, true));
    }
    EXPECT_FALSE(inclusion_path(reader, size, size));
    EXPECT_FALSE(consistency_path(reader, size + 1, size));
  }
}

TEST(Merkle, ProofsAcrossTileBoundariesAreTheReferences) {
  Tree tree(65536 + 2);
  for (const std::size_t size : {255, 256, 257, 513, 65537}) {
    const auto leaves = std::span(tree.leaves).first(size);
    TileHashReader reader(tree.tiles, size);
    ASSERT_EQ(root(reader, size).value(), reference::root(leaves));
    for (const std::size_t m : {std::size_t{1}, std::size_t{128}, size / 2, size - 2, size - 1}) {
      ASSERT_EQ(inclusion_path(reader, m, size).value(), reference::path(m, leaves)) << m << " of " << size;
      ASSERT_EQ(consistency_path(reader, m, size).value(), reference::subproof(m, leaves, true)) << m << " to " << size;
    }
  }
}

TEST(Merkle, NoInclusionProofHoldsForAnotherPlaceOrHash) {
  Tree tree(33);
  for (std::uint64_t index = 0; index < 33; ++index) {
    TileHashReader reader(tree.tiles, 33);
    auto path = inclusion_path(reader, index, 33).value();
    for (std::uint64_t other = 0; other < 40; ++other) {
      EXPECT_EQ(verify_inclusion(tree.leaves[index], other, 33, path, tree.roots[33]).has_value(), other == index);
    }
    for (auto& hash : path) {
      for (auto& byte : hash.bytes) {
        byte ^= 0x80;
        EXPECT_FALSE(verify_inclusion(tree.leaves[index], index, 33, path, tree.roots[33]));
        byte ^= 0x80;
      }
    }
  }
}

// The tree of 2^63 leaves that are all alike has one hash a height: proofs of its size without its leaves.
class AlikeLeaves final : public HashReader {
 public:
  AlikeLeaves() {
    for (unsigned height = 1; height < 64; ++height) {
      hashes_.push_back(node_hash(hashes_.back(), hashes_.back()));
    }
  }
  Result<Digest> node(unsigned height, std::uint64_t) override { return hashes_.at(height); }

 private:
  std::vector<Digest> hashes_{numbered(0)};
};

TEST(Merkle, ProofsHoldInTheLargestTrees) {
  AlikeLeaves reader;
  constexpr std::uint64_t kHalf = 1ull << 62, kMost = ~0ull;
  for (const std::uint64_t size : {kHalf * 2, kHalf * 2 - 1, kHalf + 1, kHalf * 3 + 12345, kMost >> 1, kMost}) {
    const Digest whole = root(reader, size).value();
    for (const std::uint64_t index : {std::uint64_t{0}, kHalf, size / 3, size - 1}) {
      auto path = inclusion_path(reader, index, size).value();
      EXPECT_TRUE(verify_inclusion(numbered(0), index, size, path, whole));
      path.pop_back();
      EXPECT_FALSE(verify_inclusion(numbered(0), index, size, path, whole));
    }
    for (const std::uint64_t old : {std::uint64_t{1}, kHalf, size / 3, size - 1}) {
      auto path = consistency_path(reader, old, size).value();
      const Digest then = root(reader, old).value();
      EXPECT_TRUE(verify_consistency(old, then, size, whole, path)) << old << " to " << size;
      path.push_back(numbered(0));
      EXPECT_FALSE(verify_consistency(old, then, size, whole, path));
    }
  }
}

TEST(Merkle, RefusesProofsOfImpossiblePlacesWithoutRunningAway) {
  for (const std::size_t length : {0, 1, 63, 64, 65, 200}) {
    const std::vector<Digest> path(length, numbered(0));
    EXPECT_FALSE(verify_inclusion(numbered(0), 5, 5, path, numbered(0)));
    EXPECT_FALSE(verify_inclusion(numbered(0), 0, 0, path, numbered(0)));
    EXPECT_FALSE(verify_inclusion(numbered(0), ~0ull, ~0ull, path, numbered(0)));
    EXPECT_FALSE(verify_inclusion(numbered(0), 1ull << 62, 1ull << 63, path, numbered(0)));
    EXPECT_FALSE(verify_consistency(7, numbered(0), 3, numbered(0), path));
    EXPECT_FALSE(verify_consistency(1ull << 62, numbered(0), ~0ull, numbered(0), path));
    EXPECT_FALSE(verify_consistency(0, numbered(0), ~0ull, numbered(0), path));
  }
}

TEST(Tiles, ArePathsAsTheSpecificationSpellsThem) {
  EXPECT_EQ(tile_path({0, 1234067, 256}), "tile/0/x001/x234/067");
  EXPECT_EQ(tile_path({2, 5, 3}), "tile/2/005.p/3");
  EXPECT_EQ(parse_tile_name("x001/x234/067")->number, 1234067u);
  EXPECT_EQ(parse_tile_name("005.p/3")->width, 3u);
  for (const char* wrong : {"", "5", "x001", "001/067", "x000/001", "005.p/0", "005.p/256", "005.p/03", "x001/x234/67",
                            "..", "005.p/", "x999/x999/x999/x999/x999/x999/999"}) {
    EXPECT_FALSE(parse_tile_name(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace depone::crypto::log
