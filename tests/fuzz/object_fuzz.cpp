// Sealed objects: header, length, chunks.
#include "crypto/object.h"
#include "tests/fuzz/specimen.h"

namespace depone::fuzz {
namespace {

using namespace crypto;

// The content, as a reader opens it; nothing where any of it is refused.
std::optional<Bytes> open(ByteView object) {
  const auto& s = specimen();
  const auto chunks = object_chunks(object.size());
  const auto header = parse_object_header(object);
  if (!chunks || !header) return std::nullopt;
  ChunkCipher cipher(content_key(s.item_secret, s.context, s.release_share, *header));
  Bytes content;
  for (std::uint64_t i = 0; i < *chunks; ++i) {
    const auto rest = object.subspan(kObjectHeaderBytes + i * kChunkSealedBytes);
    const auto chunk = rest.first(std::min(rest.size(), kChunkSealedBytes));
    const auto at = content.size();
    content.resize(at + chunk.size() - kChunkTagBytes);
    if (!cipher.open(i, i + 1 == *chunks, chunk, std::span(content).subspan(at))) return std::nullopt;
  }
  return content;
}

// An object of two chunks, the last of 5 bytes.
const Bytes& two_chunks() {
  static const auto* const made = [] {
    const auto& s = specimen();
    const auto header = *ObjectHeader::from(ByteView(s.object).first(kObjectHeaderBytes));
    ChunkCipher cipher(content_key(s.item_secret, s.context, s.release_share, header));
    const auto content = sequence(0, kChunkPlainBytes + 5);
    auto* const out = new Bytes(s.object.begin(), s.object.begin() + kObjectHeaderBytes);
    out->resize(sealed_object_bytes(content.size()));
    const auto into = std::span(*out).subspan(kObjectHeaderBytes);
    cipher.seal(0, false, ByteView(content).first(kChunkPlainBytes), into.first(kChunkSealedBytes));
    cipher.seal(1, true, ByteView(content).subspan(kChunkPlainBytes), into.subspan(kChunkSealedBytes));
    return out;
  }();
  return *made;
}

void fuzz(ByteView input) {
  const auto& s = specimen();
  if (open(input)) require(to_bytes(input) == s.object || to_bytes(input) == two_chunks(), "what was sealed opens");
  Choices choices(input);
  const auto changed = damaged(s.object, choices);
  const auto content = open(changed);
  require(content.has_value() == (changed == s.object), "an object opens as it was sealed, and no other way");
  if (content) require(text_view(*content) == "abc", "and holds what it held");
  if (choices.below(16) == 1) {  // 64 KiB each: now and then
    const auto longer = damaged(two_chunks(), choices);
    require(open(longer).has_value() == (longer == two_chunks()), "chunks stand in their order, whole");
  }
  const auto size = choices.number();
  if (size < std::uint64_t{1} << 62) {
    const auto sealed = sealed_object_bytes(size);
    require(object_chunks(sealed).value() == std::max<std::uint64_t>(1, (size + 65535) / 65536), "every content fits");
  }
  if (const auto chunks = object_chunks(size)) {
    const auto content_bytes = size - kObjectHeaderBytes - *chunks * kChunkTagBytes;
    require(sealed_object_bytes(content_bytes) == size, "a length that is taken is of a content");
  }
}

Seeds seeds() {
  const auto& object = specimen().object;
  Seeds out{{"object", object}, {"header", Bytes(object.begin(), object.begin() + kObjectHeaderBytes)}};
  auto other = object;
  other[18] = 1;
  out.push_back({"nasty_chunk_size", other});
  out.push_back({"nasty_two_chunks_wanted", Bytes(24, 1)});
  for (std::uint8_t i = 0; i < 8; ++i) out.push_back({"size_" + std::to_string(i), sequence(i, 24)});
  return out;
}

const Registered kTarget{{"object", fuzz, seeds}};

}  // namespace
}  // namespace depone::fuzz
