#include "crypto/object.h"

#include <stdexcept>

#include <fmt/format.h>
#include <openssl/evp.h>

namespace depone::crypto {
namespace {

constexpr std::size_t kNonceBytes = 12;

std::array<std::uint8_t, kNonceBytes> chunk_nonce(std::uint64_t index, bool last) {
  std::array<std::uint8_t, kNonceBytes> nonce{};
  for (std::size_t i = 0; i < 8; ++i) nonce[10 - i] = static_cast<std::uint8_t>(index >> (8 * i));
  nonce[11] = last ? 1 : 0;
  return nonce;
}

void require(int ok, const char* step) {
  if (ok != 1) throw std::runtime_error(fmt::format("ChaCha20-Poly1305 failed to {}", step));
}

const EVP_CIPHER* cipher() {
  static const EVP_CIPHER* const fetched = EVP_CIPHER_fetch(nullptr, "ChaCha20-Poly1305", nullptr);
  if (fetched == nullptr) throw std::runtime_error("libcrypto has no ChaCha20-Poly1305");
  return fetched;
}

}  // namespace

ObjectHeader new_object_header() {
  ObjectHeader header;
  std::copy(kObjectFormat.begin(), kObjectFormat.end(), header.bytes.begin());
  header.bytes[17] = 1;  // 65536, big-endian
  fill_random(std::span(header.bytes).subspan(20));
  return header;
}

Result<ObjectHeader> parse_object_header(ByteView bytes) {
  if (bytes.size() < kObjectHeaderBytes)
    return fail(ErrorCode::malformed, "a sealed object is too short for its header");
  const auto header = *ObjectHeader::from(bytes.first(kObjectHeaderBytes));
  if (!std::equal(kObjectFormat.begin(), kObjectFormat.end(), header.bytes.begin())) {
    return fail(ErrorCode::malformed, "this is not a sealed object");
  }
  const std::array<std::uint8_t, 4> size{0, 1, 0, 0};
  if (!std::equal(size.begin(), size.end(), header.bytes.begin() + 16)) {
    return fail(ErrorCode::unsupported, "a sealed object has chunks of another size than 65536");
  }
  return header;
}

std::uint64_t sealed_object_bytes(std::uint64_t content_bytes) {
  const std::uint64_t chunks = content_bytes == 0 ? 1 : (content_bytes + kChunkPlainBytes - 1) / kChunkPlainBytes;
  return kObjectHeaderBytes + content_bytes + chunks * kChunkTagBytes;
}

Result<std::uint64_t> object_chunks(std::uint64_t sealed_bytes) {
  if (sealed_bytes < kObjectHeaderBytes + kChunkTagBytes) {
    return fail(ErrorCode::malformed, "a sealed object is too short");
  }
  const std::uint64_t payload = sealed_bytes - kObjectHeaderBytes;
  const std::uint64_t chunks = (payload + kChunkSealedBytes - 1) / kChunkSealedBytes;
  const std::uint64_t last = payload - (chunks - 1) * kChunkSealedBytes;
  if (last < kChunkTagBytes || (last == kChunkTagBytes && chunks > 1)) {
    return fail(ErrorCode::malformed, "a sealed object has a length that no content has: it was cut");
  }
  return chunks;
}

struct ChunkCipher::State {
  EVP_CIPHER_CTX* const sealing = EVP_CIPHER_CTX_new();
  EVP_CIPHER_CTX* const opening = EVP_CIPHER_CTX_new();

  explicit State(const ContentKey& key) {
    if (sealing == nullptr || opening == nullptr) throw std::bad_alloc();
    require(EVP_EncryptInit_ex2(sealing, cipher(), key.expose().data(), nullptr, nullptr), "take a key");
    require(EVP_DecryptInit_ex2(opening, cipher(), key.expose().data(), nullptr, nullptr), "take a key");
  }
  ~State() {
    EVP_CIPHER_CTX_free(sealing);
    EVP_CIPHER_CTX_free(opening);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

ChunkCipher::ChunkCipher(const ContentKey& key) : state_(std::make_unique<State>(key)) {}
ChunkCipher::~ChunkCipher() = default;
ChunkCipher::ChunkCipher(ChunkCipher&&) noexcept = default;

void ChunkCipher::seal(std::uint64_t index, bool last, ByteView plain, std::span<std::uint8_t> out) {
  if (plain.size() > kChunkPlainBytes || out.size() != plain.size() + kChunkTagBytes) {
    throw std::logic_error("a chunk of impossible size");
  }
  const auto nonce = chunk_nonce(index, last);
  auto* const context = state_->sealing;
  int n = 0;
  require(EVP_EncryptInit_ex2(context, nullptr, nullptr, nonce.data(), nullptr), "take a nonce");
  if (!plain.empty())
    require(EVP_EncryptUpdate(context, out.data(), &n, plain.data(), static_cast<int>(plain.size())), "seal");
  require(EVP_EncryptFinal_ex(context, out.data() + plain.size(), &n), "end");
  require(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kChunkTagBytes, out.data() + plain.size()),
          "give its tag");
}

Result<> ChunkCipher::open(std::uint64_t index, bool last, ByteView sealed, std::span<std::uint8_t> out) {
  if (sealed.size() < kChunkTagBytes || sealed.size() > kChunkSealedBytes ||
      out.size() != sealed.size() - kChunkTagBytes) {
    return fail(ErrorCode::damaged, fmt::format("chunk {} of the sealed object has an impossible size", index));
  }
  const auto nonce = chunk_nonce(index, last);
  auto* const context = state_->opening;
  std::array<std::uint8_t, kChunkTagBytes> tag;
  std::copy(sealed.end() - kChunkTagBytes, sealed.end(), tag.begin());
  int n = 0;
  require(EVP_DecryptInit_ex2(context, nullptr, nullptr, nonce.data(), nullptr), "take a nonce");
  require(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kChunkTagBytes, tag.data()), "take a tag");
  if (!out.empty())
    require(EVP_DecryptUpdate(context, out.data(), &n, sealed.data(), static_cast<int>(out.size())), "open");
  std::uint8_t rest = 0;
  if (EVP_DecryptFinal_ex(context, out.empty() ? &rest : out.data() + out.size(), &n) != 1) {
    wipe(out);
    return fail(ErrorCode::damaged, fmt::format("chunk {} of the sealed object was changed, cut, or moved", index));
  }
  return {};
}

}  // namespace depone::crypto
