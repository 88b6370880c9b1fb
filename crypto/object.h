// The sealed object v1 (DESIGN section 4; docs/FORMAT.md "Sealed object"): a 32-byte header, then STREAM (Hoang,
// Reyhanitabar, Rogaway, Vizar 2015, as in age's payload) over 64 KiB chunks of ChaCha20-Poly1305-IETF without AD.
//   header = "DEPONE-SEALED-v1" (16) || chunk size u32be = 65536 || 12 random bytes
//   nonce  = 11-byte big-endian counter || 1 on the last chunk, else 0
// The last chunk is empty only when the content is. Chunks stand alone: ranges and resumption work.
// The cipher is libcrypto's; the bytes are the same as libsodium's. One sealer or opener a thread.
#pragma once

#include <memory>
#include <span>

#include "crypto/bytes.h"
#include "crypto/item_keys.h"
#include "crypto/secret.h"
#include "system/result.h"

namespace depone::crypto {

constexpr std::size_t kObjectHeaderBytes = 16 + 4 + 12;
constexpr std::size_t kChunkPlainBytes = 65536;
constexpr std::size_t kChunkTagBytes = 16;
constexpr std::size_t kChunkSealedBytes = kChunkPlainBytes + kChunkTagBytes;
constexpr std::string_view kObjectFormat = "DEPONE-SEALED-v1";  // the header's magic, and its name in acts

ObjectHeader new_object_header();                          // fresh random bytes
Result<ObjectHeader> parse_object_header(ByteView bytes);  // malformed, unsupported

std::uint64_t sealed_object_bytes(std::uint64_t content_bytes);
// How many chunks a sealed object of this length has, or `malformed` for an impossible length.
Result<std::uint64_t> object_chunks(std::uint64_t sealed_bytes);

class ChunkCipher {
 public:
  explicit ChunkCipher(const ContentKey& key);
  ~ChunkCipher();
  ChunkCipher(ChunkCipher&&) noexcept;

  // Seals chunk `index` into `out`, which is plain.size() + kChunkTagBytes long. The same index must never be sealed
  // twice over different bytes under one key.
  void seal(std::uint64_t index, bool last, ByteView plain, std::span<std::uint8_t> out);
  // Opens chunk `index` into `out`, which is sealed.size() - kChunkTagBytes long; `damaged` names the chunk.
  Result<> open(std::uint64_t index, bool last, ByteView sealed, std::span<std::uint8_t> out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace depone::crypto
