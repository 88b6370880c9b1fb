// Inclusion and consistency: proofs of trees that the input chooses hold, damaged ones do not, and numbers at the edges
// are refused. The paths come from a reader that hashes leaves, and must be those that tiles give.
#include "crypto/log/merkle.h"
#include "crypto/log/tile.h"
#include "tests/fuzz/target.h"

namespace depone::fuzz {
namespace {

namespace log = crypto::log;
using crypto::Digest;

constexpr std::size_t kLeavesMax = 600;  // more than two tiles

const std::vector<Digest>& leaves() {
  static const auto* const all = [] {
    auto* const out = new std::vector<Digest>;
    for (std::size_t i = 0; i < kLeavesMax; ++i) out->push_back(log::leaf_hash(view(std::to_string(i))));
    return out;
  }();
  return *all;
}

class LeafReader final : public log::HashReader {
 public:
  Result<Digest> node(unsigned height, std::uint64_t index) override {
    return log::root_of(std::span(leaves()).subspan(index << height, std::size_t{1} << height));
  }
};
class LeafTiles final : public log::TileReader {
 public:
  Result<std::vector<Digest>> tile(unsigned level, std::uint64_t number, std::size_t width) override {
    LeafReader reader;
    std::vector<Digest> out;
    for (std::size_t i = 0; i < width; ++i)
      out.push_back(reader.node(level * log::kTileHeight, number * log::kTileWidth + i).value());
    return out;
  }
};

// The path with one change that the input chooses; the same where nothing is left to choose from.
std::vector<Digest> changed_path(std::vector<Digest> path, Choices& choices) {
  const auto at = choices.below(path.size() + 1);
  const auto place = path.begin() + static_cast<std::ptrdiff_t>(at);
  switch (choices.below(5)) {
    case 1:
      if (at < path.size()) place->bytes[choices.below(32)] ^= choices.byte();
      break;
    case 2:
      path.insert(place, choices.below(2) == 0 ? leaves().front() : log::empty_root());
      break;
    case 3:
      if (at < path.size()) path.erase(place);
      break;
    case 4:
      std::rotate(path.begin(), place, path.end());
      break;
    default:
      break;
  }
  return path;
}

std::vector<Digest> digests_of(ByteView bytes) {
  std::vector<Digest> out;
  for (; bytes.size() >= Digest::kSize; bytes = bytes.subspan(Digest::kSize))
    out.push_back(*Digest::from(bytes.first(Digest::kSize)));
  return out;
}

void fuzz(ByteView input) {
  Choices choices(input);
  const auto size = 1 + choices.below(kLeavesMax), index = choices.below(size), old = 1 + choices.below(size);
  const auto root = log::root_of(std::span(leaves()).first(size));
  const auto old_root = log::root_of(std::span(leaves()).first(old));
  LeafReader reader;
  LeafTiles tiles;
  log::TileHashReader by_tiles(tiles, size);

  const auto inclusion = log::inclusion_path(reader, index, size).value();
  require(log::inclusion_path(by_tiles, index, size).value() == inclusion, "tiles give the same path");
  const auto changed = changed_path(inclusion, choices);
  const bool holds = log::verify_inclusion(leaves()[index], index, size, changed, root).has_value();
  require(holds == (changed == inclusion), "an inclusion proof holds as it was made, and no other way");
  const auto elsewhere = choices.below(size);
  require(log::verify_inclusion(leaves()[index], elsewhere, size, inclusion, root).has_value() == (elsewhere == index),
          "an inclusion proof holds for its own place");

  const auto consistency = log::consistency_path(reader, old, size).value();
  require(log::consistency_path(by_tiles, old, size).value() == consistency, "tiles give the same path");
  const auto bent = changed_path(consistency, choices);
  const bool consistent = log::verify_consistency(old, old_root, size, root, bent).has_value();
  require(consistent == (bent == consistency), "a consistency proof holds as it was made, and no other way");
  require(!log::verify_consistency(old, log::empty_root(), size, root, consistency), "another root is refused");

  // Numbers and hashes of any kind: refused, without end or crash. (No tree has the root of nothing but zeros.)
  const auto any = digests_of(input);
  const auto a = choices.number(), b = choices.number();
  require(!log::verify_inclusion(leaves().front(), a, b, any, {}), "what leads nowhere is refused");
  if (a != 0 && a != b) require(!log::verify_consistency(a, {}, b, {}, any), "what leads nowhere is refused");
}

Seeds seeds() {
  Seeds out;
  for (std::uint8_t i = 0; i < 16; ++i) {
    Bytes bytes(96 + 24);
    for (std::size_t k = 0; k < bytes.size(); ++k) bytes[k] = static_cast<std::uint8_t>(k * 37 + i * 101u);
    out.push_back({"choice_" + std::to_string(i), bytes});
  }
  return out;
}

const Registered kTarget{{"merkle", fuzz, seeds}};

}  // namespace
}  // namespace depone::fuzz
