#include "client/lib/log_entries.h"

#include <algorithm>

#include <fmt/format.h>

#include "crypto/log/tile.h"

namespace depone::client {

using namespace protocol::record;
namespace log = crypto::log;

namespace {

constexpr std::size_t kBundleBytesMax = 256 * (kEntryBytesMax + 2);

// Tiles as the archive gives them: what is made of them is compared with a root that was verified.
class ServedTiles final : public log::TileReader {
 public:
  explicit ServedTiles(Session& session) : session_(session) {}
  Result<std::vector<crypto::Digest>> tile(unsigned level, std::uint64_t number, std::size_t width) override {
    DEPONE_ASSIGN(const auto bytes,
                  session_.get("/v1/log/" + log::tile_path({level, number, width}), width * crypto::Digest::kSize));
    std::vector<crypto::Digest> out;
    for (ByteView rest = bytes; rest.size() >= crypto::Digest::kSize; rest = rest.subspan(crypto::Digest::kSize))
      out.push_back(*crypto::Digest::from(rest.first(crypto::Digest::kSize)));
    if (out.size() != width) return fail(ErrorCode::damaged, "a tile of the log is cut");
    return out;
  }

 private:
  Session& session_;
};

}  // namespace

Result<std::vector<std::string>> entry_bundle(Session& session, std::uint64_t number, std::size_t width) {
  const auto name = log::tile_path({0, number, width}).substr(std::string_view("tile/0/").size());
  DEPONE_ASSIGN(const auto bytes, session.get("/v1/log/tile/entries/" + name, kBundleBytesMax));
  std::vector<std::string> out;
  for (ByteView rest = bytes; !rest.empty();) {
    const std::size_t size = rest.size() < 2 ? rest.size() : std::size_t{rest[0]} << 8 | rest[1];
    if (rest.size() < 2 || rest.size() - 2 < size) return fail(ErrorCode::damaged, "a bundle of entries is cut");
    out.emplace_back(text_view(rest.subspan(2, size)));
    rest = rest.subspan(2 + size);
  }
  if (out.size() != width) return fail(ErrorCode::damaged, "a bundle of entries is cut");
  return out;
}

Result<std::vector<Entry>> proved_entries(Session& session, std::uint64_t number) {
  const auto head = session.seen();
  const auto first = number * log::kTileWidth;
  const auto width = static_cast<std::size_t>(std::min<std::uint64_t>(log::kTileWidth, head.size - first));
  DEPONE_ASSIGN(const auto bundle, entry_bundle(session, number, width));
  ServedTiles tiles(session);
  log::TileHashReader hashes(tiles, head.size);
  std::vector<Entry> out;
  for (std::size_t i = 0; i < width; ++i) {
    DEPONE_ASSIGN(const auto path, log::inclusion_path(hashes, first + i, head.size));
    if (!log::verify_inclusion(log::leaf_hash(view(bundle[i])), first + i, head.size, path, head.root))
      return fail(ErrorCode::damaged, fmt::format("the archive gave an entry {} that is not in its log", first + i));
    DEPONE_ASSIGN(auto entry, parse_entry(view(bundle[i])));
    out.push_back(std::move(entry));
  }
  return out;
}

}  // namespace depone::client
