// Key slots, as LUKS has them: one random master key, wrapped once by each thing that can open it. A passphrase is
// stretched by Argon2id; a key file's 32 bytes need no stretching. The parameters of a slot are authenticated with it.
//   wrapped = XChaCha20-Poly1305(wrapping key, nonce, AD = "depone/key-slot/v1" || kind || ops u32be || mem_kib u32be
//   || salt)
// Pure but for randomness. A passphrase costs its memory for about a second.
#pragma once

#include <filesystem>

#include "crypto/secret.h"

namespace depone::crypto {

enum class SlotKind : std::uint8_t { key_file = 1, passphrase = 2 };

struct KeySlot {
  SlotKind kind = SlotKind::key_file;
  std::uint32_t ops = 0;      // Argon2id passes; 0 for a key file
  std::uint32_t mem_kib = 0;  // Argon2id memory; 0 for a key file
  Salt16 salt;
  Bytes nonce;    // 24
  Bytes wrapped;  // 48
};

// Floor when made and when read; ceiling when read, so that a hostile file cannot take the machine's memory.
constexpr std::uint32_t kArgonOps = 3, kArgonOpsMax = 10;
constexpr std::uint32_t kArgonMemKib = 256 * 1024, kArgonMemKibMax = 2 * 1024 * 1024;

KeySlot wrap_with_passphrase(const MasterKey& master, const SecretBuffer& passphrase);
KeySlot wrap_with_key_file(const MasterKey& master, const SecretBuffer& key_file_bytes);
// A key file's secret is 32 bytes (checked: std::logic_error).
// wrong_key where the secret does not open it; malformed where the slot's parameters are out of bounds.
Result<MasterKey> unwrap(const KeySlot& slot, const SecretBuffer& secret);

// What a master key protects, boxed under a key of its own for each purpose: nonce24 || XChaCha20-Poly1305.
Bytes box(const MasterKey& master, std::string_view purpose, ByteView associated, ByteView secret);
Result<SecretBuffer> unbox(const MasterKey& master, std::string_view purpose, ByteView associated, ByteView boxed);
// The same under a key that serves one purpose already.
Bytes box(const WrappingKey& key, ByteView associated, ByteView secret);
Result<SecretBuffer> unbox(const WrappingKey& key, ByteView associated, ByteView boxed);
// A key derived for one purpose (32 bytes): B2(master, purpose).
DatabaseKey database_key(const MasterKey& master);

// Key files: 64 hex digits and a newline, mode 0600 (or 0400). Others are refused with a sentence.
Result<> create_key_file(const std::filesystem::path& path);            // exists, io
Result<SecretBuffer> read_key_file(const std::filesystem::path& path);  // wrong_key (its mode), malformed, not_found

}  // namespace depone::crypto
