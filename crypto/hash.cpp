#include "crypto/hash.h"

#include <stdexcept>

#include <openssl/evp.h>
#include <sodium.h>

namespace depone::crypto {
namespace {

// Fetched once: an implicit fetch costs more than hashing a tree node.
const EVP_MD* sha256_method() {
  static const EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  if (method == nullptr) throw std::runtime_error("libcrypto has no SHA-256");
  return method;
}

struct Context {
  EVP_MD_CTX* const value = EVP_MD_CTX_new();
  Context() {
    if (value == nullptr) throw std::bad_alloc();
  }
  ~Context() { EVP_MD_CTX_free(value); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  void begin() {
    if (EVP_DigestInit_ex2(value, sha256_method(), nullptr) != 1) throw std::runtime_error("SHA-256 failed to start");
  }
  void update(ByteView bytes) {
    if (EVP_DigestUpdate(value, bytes.data(), bytes.size()) != 1) throw std::runtime_error("SHA-256 failed");
  }
  Digest finish() {
    Digest out;
    if (EVP_DigestFinal_ex(value, out.bytes.data(), nullptr) != 1) throw std::runtime_error("SHA-256 failed to end");
    return out;
  }
};

}  // namespace

Digest sha256(std::initializer_list<ByteView> pieces) {
  thread_local Context context;
  context.begin();
  for (const auto& piece : pieces) context.update(piece);
  return context.finish();
}

struct Sha256::State : Context {};

Sha256::Sha256() : state_(std::make_unique<State>()) { state_->begin(); }
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
void Sha256::update(ByteView bytes) { state_->update(bytes); }
Digest Sha256::finish() {
  const Digest out = state_->finish();
  state_->begin();
  return out;
}

void blake2b_256(ByteView key, std::initializer_list<ByteView> pieces, std::span<std::uint8_t, 32> out) {
  crypto_generichash_state state;
  if (crypto_generichash_init(&state, key.data(), key.size(), out.size()) != 0) {
    throw std::logic_error("BLAKE2b: a key of impossible size");
  }
  for (const auto& piece : pieces) crypto_generichash_update(&state, piece.data(), piece.size());
  crypto_generichash_final(&state, out.data(), out.size());
  sodium_memzero(&state, sizeof state);
}

void hkdf_extract(ByteView salt, std::initializer_list<ByteView> input, std::span<std::uint8_t, 32> out) {
  crypto_auth_hmacsha256_state state;
  static constexpr std::uint8_t kNone = 0;  // an empty salt is a null pointer, which memcpy may not be given
  crypto_auth_hmacsha256_init(&state, salt.empty() ? &kNone : salt.data(), salt.size());
  for (const auto& piece : input) crypto_auth_hmacsha256_update(&state, piece.data(), piece.size());
  crypto_auth_hmacsha256_final(&state, out.data());
  sodium_memzero(&state, sizeof state);
}

void hkdf_expand(ByteView pseudorandom_key, std::initializer_list<ByteView> info, std::span<std::uint8_t> out) {
  if (out.size() > 255 * 32) throw std::logic_error("HKDF-Expand: more than 255 blocks asked for");
  std::array<std::uint8_t, 32> block{};
  std::size_t block_size = 0;  // T(0) is empty
  crypto_auth_hmacsha256_state state;
  std::uint8_t counter = 0;
  for (std::size_t done = 0; done < out.size();) {
    crypto_auth_hmacsha256_init(&state, pseudorandom_key.data(), pseudorandom_key.size());
    crypto_auth_hmacsha256_update(&state, block.data(), block_size);
    for (const auto& piece : info) crypto_auth_hmacsha256_update(&state, piece.data(), piece.size());
    ++counter;
    crypto_auth_hmacsha256_update(&state, &counter, 1);
    crypto_auth_hmacsha256_final(&state, block.data());
    block_size = block.size();
    const std::size_t n = std::min(block.size(), out.size() - done);
    std::copy_n(block.begin(), n, out.begin() + static_cast<std::ptrdiff_t>(done));
    done += n;
  }
  sodium_memzero(&state, sizeof state);
  sodium_memzero(block.data(), block.size());
}

}  // namespace depone::crypto
