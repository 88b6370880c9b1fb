#include "crypto/item_keys.h"

#include <gtest/gtest.h>
#include <sodium.h>

#include "crypto/encoding.h"
#include "crypto/hash.h"
#include "crypto/object.h"
#include "tests/unit/vectors.h"

namespace depone::crypto {
namespace {

Bytes seq(int first, std::size_t count) {
  Bytes out(count);
  for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<std::uint8_t>(static_cast<std::size_t>(first) + i);
  return out;
}

// Both parts of the design's vectors: the names differ by suite, the item keys do not depend on it.
class ItemKeys : public testing::TestWithParam<int> {
 protected:
  ItemKeys() {
    int part = -1;
    for (const auto& group : tests::read_vectors("depone.txt")) {
      if (group.has("genesis")) ++part;
      if (part != GetParam()) continue;
      for (const auto& [name, value] : group.values) all_.emplace(name, value);
    }
    context_ = ItemContext::from(from_hex(all_.at("ctx")).value()).value();
    header_ = parse_object_header(from_hex(all_.at("object_abc")).value()).value();
  }
  Bytes seal_object(std::uint64_t size) const {
    Bytes content(size), out(header_.bytes.begin(), header_.bytes.end());
    for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<std::uint8_t>(i % 251);
    return seal_object(content, std::move(out));
  }
  Bytes seal_object(ByteView content, Bytes out) const {
    ChunkCipher cipher(content_key(secret_, context_, share_, header_));
    const auto chunks = object_chunks(sealed_object_bytes(content.size())).value();
    for (std::uint64_t i = 0; i < chunks; ++i) {
      const auto at = i * kChunkPlainBytes;
      const auto plain = content.subspan(at, std::min<std::size_t>(kChunkPlainBytes, content.size() - at));
      const auto end = out.size();
      out.resize(end + plain.size() + kChunkTagBytes);
      cipher.seal(i, i + 1 == chunks, plain, std::span(out).subspan(end));
    }
    return out;
  }
  Bytes seal_text(std::string_view text) const {
    return seal_object(view(text), Bytes(header_.bytes.begin(), header_.bytes.end()));
  }

  std::map<std::string, std::string> all_;
  ItemContext context_;
  ObjectHeader header_;
  ItemSecret secret_ = ItemSecret::copy_of(seq(1, 32));
  ReleaseShare share_ = ReleaseShare::copy_of(seq(2, 32));
  Salt32 salt_ = Salt32::from(seq(3, 32)).value();
};

TEST_P(ItemKeys, AgreeWithTheDesign) {
  const auto manifest_half = manifest_share(share_, context_);
  EXPECT_EQ(to_hex(manifest_half.expose()), all_.at("manifest_share"));
  EXPECT_EQ(to_hex(manifest_key(secret_, context_, manifest_half).expose()), all_.at("manifest_key"));
  EXPECT_EQ(to_hex(content_key(secret_, context_, share_, header_).expose()), all_.at("content_key"));
  EXPECT_EQ(to_hex(release_commitment(context_, share_).span()), all_.at("release_commitment"));
  EXPECT_EQ(to_hex(key_commitment(secret_, context_, share_).span()), all_.at("key_commitment"));
  EXPECT_EQ(to_hex(content_commitment(context_, salt_, sha256(view("abc"))).span()), all_.at("content_commitment"));
}

TEST_P(ItemKeys, SealTheDesignsObjects) {
  EXPECT_EQ(to_hex(seal_text("abc")), all_.at("object_abc"));
  EXPECT_EQ(to_hex(seal_text("")), all_.at("object_empty"));
  for (const std::uint64_t size : {65535, 65536, 65537, 131072, 200000}) {
    const auto sealed = seal_object(size);
    EXPECT_EQ(sealed.size(), sealed_object_bytes(size));
    EXPECT_EQ(to_hex(sha256(sealed).span()), all_.at("object_" + std::to_string(size) + "_sha256"));
  }
}

TEST_P(ItemKeys, SealTheDesignsManifest) {
  auto padded = to_bytes(all_.at("manifest-text"));
  padded.resize(std::stoul(all_.at("manifest_padded_bytes")), ' ');
  const auto key = manifest_key(secret_, context_, manifest_share(share_, context_));
  const auto nonce = seq(6, 24);
  const auto sealed = seal_manifest_with(key, context_, padded, std::span<const std::uint8_t, 24>(nonce));
  EXPECT_EQ(to_hex(sha256(sealed).span()), all_.at("manifest_part_sha256"));
  EXPECT_EQ(open_manifest(key, context_, sealed).value(), padded);
}

INSTANTIATE_TEST_SUITE_P(BothSuites, ItemKeys, testing::Values(0, 1));

TEST(ChunkCipher, WritesTheSameBytesAsLibsodium) {
  const auto key = ContentKey::copy_of(seq(9, 32));
  ChunkCipher cipher(key);
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{63}, std::size_t{64}, std::size_t{65535}, kChunkPlainBytes}) {
    const Bytes plain(size, 0x5a);
    Bytes ours(size + kChunkTagBytes), theirs(ours.size());
    cipher.seal(258, true, plain, ours);
    Bytes nonce(12, 0);
    nonce[9] = 1;
    nonce[10] = 2;
    nonce[11] = 1;
    crypto_aead_chacha20poly1305_ietf_encrypt(theirs.data(), nullptr, plain.data(), plain.size(), nullptr, 0, nullptr,
                                              nonce.data(), key.expose().data());
    EXPECT_EQ(ours, theirs) << size << " bytes";
  }
}

TEST(ChunkCipher, RefusesAChangedAMovedAndACutChunk) {
  ChunkCipher cipher(ContentKey::copy_of(seq(9, 32)));
  const Bytes plain(1000, 1);
  Bytes sealed(plain.size() + kChunkTagBytes), out(plain.size());
  cipher.seal(3, false, plain, sealed);
  ASSERT_TRUE(cipher.open(3, false, sealed, out).has_value());
  EXPECT_EQ(out, plain);
  EXPECT_FALSE(cipher.open(4, false, sealed, out).has_value());
  EXPECT_FALSE(cipher.open(3, true, sealed, out).has_value());
  for (std::size_t i = 0; i < sealed.size(); i += 97) {
    auto changed = sealed;
    changed[i] ^= 0x80;
    EXPECT_FALSE(cipher.open(3, false, changed, out).has_value());
  }
  Bytes shorter(plain.size() - 1);
  EXPECT_FALSE(cipher.open(3, false, ByteView(sealed).first(sealed.size() - 1), shorter).has_value());
}

TEST(ObjectLength, TellsImpossibleLengths) {
  EXPECT_FALSE(object_chunks(0).has_value());
  EXPECT_FALSE(object_chunks(kObjectHeaderBytes + 15).has_value());
  EXPECT_EQ(object_chunks(kObjectHeaderBytes + 16).value(), 1u);
  EXPECT_EQ(object_chunks(kObjectHeaderBytes + kChunkSealedBytes).value(), 1u);
  EXPECT_FALSE(object_chunks(kObjectHeaderBytes + kChunkSealedBytes + 16).has_value());
  EXPECT_EQ(object_chunks(kObjectHeaderBytes + kChunkSealedBytes + 17).value(), 2u);
}

TEST(ObjectHeaderForm, RefusesOtherMagicAndOtherChunkSizes) {
  const auto header = new_object_header();
  EXPECT_TRUE(parse_object_header(header.span()).has_value());
  for (std::size_t i = 0; i < 20; ++i) {
    auto changed = header;
    changed.bytes[i] ^= 1;
    EXPECT_FALSE(parse_object_header(changed.span()).has_value()) << "byte " << i;
  }
}

}  // namespace
}  // namespace depone::crypto
