#include "crypto/key_slot.h"

#include <stdexcept>

#include <fmt/format.h>
#include <sodium.h>

#include "crypto/hash.h"

namespace depone::crypto {
namespace {

constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kKeyFileBytes = 32;
constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;

Bytes slot_parameters(const KeySlot& slot) {
  Bytes out = to_bytes("depone/key-slot/v1");
  out.push_back(static_cast<std::uint8_t>(slot.kind));
  for (const auto number : {slot.ops, slot.mem_kib}) {
    for (const int shift : {24, 16, 8, 0}) out.push_back(static_cast<std::uint8_t>(number >> shift));
  }
  out.insert(out.end(), slot.salt.bytes.begin(), slot.salt.bytes.end());
  return out;
}

WrappingKey wrapping_key(const KeySlot& slot, const SecretBuffer& secret) {
  WrappingKey key;
  if (slot.kind == SlotKind::key_file) {
    if (secret.size() != kKeyFileBytes) throw_wrong_secret_size();
    blake2b_256(secret.expose(), {view("depone/key-file/v1"), slot.salt.span()},
                std::span<std::uint8_t, 32>(key.expose_for_writing()));
    return key;
  }
  const auto text = text_view(secret.expose());
  if (crypto_pwhash(key.expose_for_writing().data(), WrappingKey::kSize, text.data(), text.size(),
                    slot.salt.bytes.data(), slot.ops, std::size_t{slot.mem_kib} * 1024,
                    crypto_pwhash_ALG_ARGON2ID13) != 0) {
    throw std::runtime_error(
        fmt::format("not enough memory to stretch the passphrase ({} MiB are needed)", slot.mem_kib / 1024));
  }
  return key;
}

void wrap(KeySlot& slot, const MasterKey& master, const SecretBuffer& secret) {
  slot.salt = random_fixed<Salt16>();
  slot.nonce.resize(kNonce);
  fill_random(slot.nonce);
  slot.wrapped.resize(MasterKey::kSize + kTag);
  const auto parameters = slot_parameters(slot);
  crypto_aead_xchacha20poly1305_ietf_encrypt(slot.wrapped.data(), nullptr, master.expose().data(), MasterKey::kSize,
                                             parameters.data(), parameters.size(), nullptr, slot.nonce.data(),
                                             wrapping_key(slot, secret).expose().data());
}

Result<> check_bounds(const KeySlot& slot) {
  const bool sizes = slot.nonce.size() == kNonce && slot.wrapped.size() == MasterKey::kSize + kTag;
  const bool stretched = slot.kind == SlotKind::passphrase;
  const bool cost = stretched ? slot.ops >= kArgonOps && slot.ops <= kArgonOpsMax && slot.mem_kib >= kArgonMemKib &&
                                    slot.mem_kib <= kArgonMemKibMax
                              : slot.ops == 0 && slot.mem_kib == 0;
  if (sizes && cost) return {};
  return fail(ErrorCode::malformed, "a key slot has parameters out of bounds: the key file of this folder was changed");
}

WrappingKey purpose_key(const MasterKey& master, std::string_view purpose) {
  WrappingKey key;
  blake2b_256(master.expose(), {view(purpose)}, std::span<std::uint8_t, 32>(key.expose_for_writing()));
  return key;
}

}  // namespace

KeySlot wrap_with_passphrase(const MasterKey& master, const SecretBuffer& passphrase) {
  KeySlot slot{SlotKind::passphrase, kArgonOps, kArgonMemKib, {}, {}, {}};
  wrap(slot, master, passphrase);
  return slot;
}

KeySlot wrap_with_key_file(const MasterKey& master, const SecretBuffer& key_file_bytes) {
  KeySlot slot;
  wrap(slot, master, key_file_bytes);
  return slot;
}

Result<MasterKey> unwrap(const KeySlot& slot, const SecretBuffer& secret) {
  DEPONE_TRY(check_bounds(slot));
  MasterKey master;
  const auto parameters = slot_parameters(slot);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          master.expose_for_writing().data(), nullptr, nullptr, slot.wrapped.data(), slot.wrapped.size(),
          parameters.data(), parameters.size(), slot.nonce.data(), wrapping_key(slot, secret).expose().data()) != 0) {
    return fail(ErrorCode::wrong_key,
                slot.kind == SlotKind::passphrase ? "the passphrase is wrong" : "the key file is not the one for this");
  }
  return master;
}

Bytes box(const WrappingKey& key, ByteView associated, ByteView secret) {
  Bytes out(kNonce + secret.size() + kTag);
  fill_random(std::span(out).first(kNonce));
  crypto_aead_xchacha20poly1305_ietf_encrypt(out.data() + kNonce, nullptr, secret.data(), secret.size(),
                                             associated.data(), associated.size(), nullptr, out.data(),
                                             key.expose().data());
  return out;
}

Bytes box(const MasterKey& master, std::string_view purpose, ByteView associated, ByteView secret) {
  return box(purpose_key(master, purpose), associated, secret);
}

Result<SecretBuffer> unbox(const WrappingKey& key, ByteView associated, ByteView boxed) {
  const auto damaged = [] {
    return fail(ErrorCode::damaged, "the sealed keys were changed: restore this file from a copy");
  };
  if (boxed.size() < kNonce + kTag) return damaged();
  SecretBuffer out(boxed.size() - kNonce - kTag);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(out.expose_for_writing().data(), nullptr, nullptr,
                                                 boxed.data() + kNonce, boxed.size() - kNonce, associated.data(),
                                                 associated.size(), boxed.data(), key.expose().data()) != 0) {
    return damaged();
  }
  return out;
}

Result<SecretBuffer> unbox(const MasterKey& master, std::string_view purpose, ByteView associated, ByteView boxed) {
  return unbox(purpose_key(master, purpose), associated, boxed);
}

DatabaseKey database_key(const MasterKey& master) {
  DatabaseKey key;
  blake2b_256(master.expose(), {view("depone/database-key/v1")}, std::span<std::uint8_t, 32>(key.expose_for_writing()));
  return key;
}

}  // namespace depone::crypto
