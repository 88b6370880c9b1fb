#include "crypto/item_keys.h"

#include <sodium.h>

#include "crypto/hash.h"

namespace depone::crypto {
namespace {

template <class Secret>
std::span<std::uint8_t, 32> output_of(Secret& secret) {
  return std::span<std::uint8_t, 32>(secret.expose_for_writing());
}

constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;  // 24
constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;       // 16

}  // namespace

ManifestShare manifest_share(const ReleaseShare& share, const ItemContext& context) {
  ManifestShare out;
  blake2b_256(share.expose(), {view("depone/manifest-share/v1"), context.span()}, output_of(out));
  return out;
}

ManifestKey manifest_key(const ItemSecret& secret, const ItemContext& context, const ManifestShare& share) {
  ManifestKey out;
  blake2b_256(secret.expose(), {view("depone/manifest/v1"), context.span(), share.expose()}, output_of(out));
  return out;
}

ContentKey content_key(const ItemSecret& secret, const ItemContext& context, const ReleaseShare& share,
                       const ObjectHeader& header) {
  ContentKey out;
  blake2b_256(secret.expose(), {view("depone/content/v1"), context.span(), share.expose(), header.span()},
              output_of(out));
  return out;
}

Digest release_commitment(const ItemContext& context, const ReleaseShare& share) {
  return sha256({view("depone/release-commitment/v1"), context.span(), share.expose()});
}

Digest key_commitment(const ItemSecret& secret, const ItemContext& context, const ReleaseShare& share) {
  Digest out;
  blake2b_256(secret.expose(), {view("depone/key-commitment/v1"), context.span(), share.expose()}, out.bytes);
  return out;
}

Digest content_commitment(const ItemContext& context, const Salt32& commitment_salt, const Digest& plaintext) {
  return sha256({view("depone/content-commitment/v1"), context.span(), commitment_salt.span(), plaintext.span()});
}

Bytes seal_manifest(const ManifestKey& key, const ItemContext& context, ByteView padded_manifest) {
  std::array<std::uint8_t, kNonce> nonce;
  fill_random(nonce);
  return seal_manifest_with(key, context, padded_manifest, nonce);
}

Bytes seal_manifest_with(const ManifestKey& key, const ItemContext& context, ByteView padded_manifest,
                         std::span<const std::uint8_t, 24> nonce) {
  Bytes out(nonce.begin(), nonce.end());
  out.resize(kNonce + padded_manifest.size() + kTag);
  crypto_aead_xchacha20poly1305_ietf_encrypt(out.data() + kNonce, nullptr, padded_manifest.data(),
                                             padded_manifest.size(), context.bytes.data(), context.bytes.size(),
                                             nullptr, nonce.data(), key.expose().data());
  return out;
}

Result<Bytes> open_manifest(const ManifestKey& key, const ItemContext& context, ByteView sealed) {
  if (sealed.size() < kNonce + kTag) return fail(ErrorCode::damaged, "a sealed manifest is too short to be one");
  Bytes out(sealed.size() - kNonce - kTag);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(out.data(), nullptr, nullptr, sealed.data() + kNonce,
                                                 sealed.size() - kNonce, context.bytes.data(), context.bytes.size(),
                                                 sealed.data(), key.expose().data()) != 0) {
    return fail(ErrorCode::damaged,
                "the sealed manifest does not open: it was changed, or the keys are another item's");
  }
  return out;
}

}  // namespace depone::crypto
