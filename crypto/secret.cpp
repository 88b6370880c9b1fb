#include "crypto/secret.h"

#include <algorithm>
#include <mutex>
#include <stdexcept>
#include <vector>

#include <sodium.h>
#include <sys/mman.h>

namespace depone::crypto {
namespace {

constexpr std::size_t kUnit = 64;          // two 32-byte secrets never share a cache line
constexpr std::size_t kChunkUnits = 1024;  // 64 KiB: one mlock for a thousand secrets
constexpr std::size_t kChunkBytes = kUnit * kChunkUnits;

class Arena {
 public:
  static Arena& instance() {
    static Arena* const arena = new Arena;  // never destroyed: secrets in statics may outlive it
    return *arena;
  }

  Result<> prepare(UnlockedMemory if_unlocked) {
    const std::lock_guard lock(mutex_);
    allow_unlocked_ = if_unlocked == UnlockedMemory::allow;
    if (!chunks_.empty() || add_chunk(kChunkBytes)) return {};
    return fail(ErrorCode::refused,
                "this system does not let memory be locked, so keys could reach the swap file; raise the limit "
                "(ulimit -l) or accept that with --allow-unlocked-memory");
  }

  std::uint8_t* allocate(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    const std::size_t units = (bytes + kUnit - 1) / kUnit;
    for (auto& chunk : chunks_) {
      if (auto* const at = chunk.take(units)) return at;
    }
    if (!add_chunk(std::max(kChunkBytes, units * kUnit))) {
      throw std::runtime_error("no more memory can be locked for secrets; raise the limit (ulimit -l)");
    }
    return chunks_.back().take(units);
  }

  void release(std::uint8_t* at, std::size_t bytes) {
    sodium_memzero(at, bytes);
    const std::lock_guard lock(mutex_);
    const std::size_t units = (bytes + kUnit - 1) / kUnit;
    for (auto& chunk : chunks_) {
      if (chunk.give_back(at, units)) return;
    }
  }

 private:
  struct Chunk {
    std::uint8_t* base;
    std::vector<bool> used;

    std::uint8_t* take(std::size_t units) {
      std::size_t run = 0;
      for (std::size_t i = 0; i < used.size(); ++i) {
        run = used[i] ? 0 : run + 1;
        if (run < units) continue;
        const std::size_t first = i + 1 - units;
        for (std::size_t j = first; j <= i; ++j) used[j] = true;
        return base + first * kUnit;
      }
      return nullptr;
    }
    bool give_back(const std::uint8_t* at, std::size_t units) {
      if (at < base || at >= base + used.size() * kUnit) return false;
      const auto first = static_cast<std::size_t>(at - base) / kUnit;
      for (std::size_t j = first; j < first + units; ++j) used[j] = false;
      return true;
    }
  };

  bool add_chunk(std::size_t bytes) {
    void* const at = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) return false;
    // sodium_mlock also keeps the range out of core dumps, whether or not the lock is granted.
    if (sodium_mlock(at, bytes) != 0 && !allow_unlocked_) {
      ::munmap(at, bytes);
      return false;
    }
    chunks_.push_back({static_cast<std::uint8_t*>(at), std::vector<bool>(bytes / kUnit)});
    return true;
  }

  std::mutex mutex_;
  std::vector<Chunk> chunks_;
  bool allow_unlocked_ = false;
};

}  // namespace

Result<> prepare_secret_memory(UnlockedMemory if_unlocked) {
  if (sodium_init() < 0) return fail(ErrorCode::unsupported, "libsodium cannot start: no source of random numbers");
  return Arena::instance().prepare(if_unlocked);
}

SecretBuffer::SecretBuffer(std::size_t size) : allocated_(size) {
  if (size > 0) data_ = {Arena::instance().allocate(size), size};
}
SecretBuffer& SecretBuffer::operator=(SecretBuffer&& other) noexcept {
  if (this != &other) {
    if (!data_.empty()) Arena::instance().release(data_.data(), allocated_);
    data_ = std::exchange(other.data_, {});
    allocated_ = std::exchange(other.allocated_, 0);
  }
  return *this;
}
SecretBuffer SecretBuffer::copy_of(ByteView from) {
  SecretBuffer copy(from.size());
  std::copy(from.begin(), from.end(), copy.data_.begin());
  return copy;
}
SecretBuffer::~SecretBuffer() {
  if (!data_.empty()) Arena::instance().release(data_.data(), allocated_);
}
void SecretBuffer::shorten(std::size_t size) {
  if (size >= data_.size()) return;
  SecretBuffer shorter(size);
  std::copy_n(data_.begin(), size, shorter.data_.begin());
  *this = std::move(shorter);
}

void fill_random(std::span<std::uint8_t> into) { randombytes_buf(into.data(), into.size()); }
void wipe(std::span<std::uint8_t> bytes) { sodium_memzero(bytes.data(), bytes.size()); }
bool equal_constant_time(ByteView a, ByteView b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}
void throw_wrong_secret_size() { throw std::logic_error("a secret was copied from bytes of another size"); }

}  // namespace depone::crypto
