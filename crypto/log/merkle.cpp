#include "crypto/log/merkle.h"

#include <bit>

#include "crypto/hash.h"

namespace depone::crypto::log {
namespace {

constexpr std::uint8_t kLeaf = 0x00;
constexpr std::uint8_t kNode = 0x01;

Error bad_proof(const char* why) { return fail(ErrorCode::damaged, why); }

// The largest power of two smaller than n, for n > 1: where RFC 6962 splits a tree.
std::uint64_t split(std::uint64_t n) { return std::bit_floor(n - 1); }

// The root over leaves [begin, begin + size); begin is a multiple of bit_ceil(size).
Result<Digest> subtree(HashReader& reader, std::uint64_t begin, std::uint64_t size) {
  if (std::has_single_bit(size)) {
    const auto height = static_cast<unsigned>(std::countr_zero(size));
    return reader.node(height, begin >> height);
  }
  const auto left_size = split(size);
  DEPONE_ASSIGN(const Digest left, subtree(reader, begin, left_size));
  DEPONE_ASSIGN(const Digest right, subtree(reader, begin + left_size, size - left_size));
  return node_hash(left, right);
}

Result<> append_path(HashReader& reader, std::uint64_t index, std::uint64_t begin, std::uint64_t size,
                     std::vector<Digest>& path) {
  if (size == 1) return {};
  const auto left_size = split(size);
  const bool left = index < left_size;
  DEPONE_TRY(left ? append_path(reader, index, begin, left_size, path)
                  : append_path(reader, index - left_size, begin + left_size, size - left_size, path));
  DEPONE_ASSIGN(const Digest sibling,
                left ? subtree(reader, begin + left_size, size - left_size) : subtree(reader, begin, left_size));
  path.push_back(sibling);
  return {};
}

// RFC 6962 section 2.1.2, SUBPROOF(m, D[begin:begin+size], known).
Result<> append_subproof(HashReader& reader, std::uint64_t m, std::uint64_t begin, std::uint64_t size, bool known,
                         std::vector<Digest>& path) {
  if (m == size) {
    if (known) return {};
    DEPONE_ASSIGN(const Digest whole, subtree(reader, begin, size));
    path.push_back(whole);
    return {};
  }
  const auto left_size = split(size);
  if (m <= left_size) {
    DEPONE_TRY(append_subproof(reader, m, begin, left_size, known, path));
    DEPONE_ASSIGN(const Digest right, subtree(reader, begin + left_size, size - left_size));
    path.push_back(right);
  } else {
    DEPONE_TRY(append_subproof(reader, m - left_size, begin + left_size, size - left_size, false, path));
    DEPONE_ASSIGN(const Digest left, subtree(reader, begin, left_size));
    path.push_back(left);
  }
  return {};
}

}  // namespace

Digest leaf_hash(ByteView leaf) { return sha256({ByteView(&kLeaf, 1), leaf}); }
Digest node_hash(const Digest& left, const Digest& right) {
  return sha256({ByteView(&kNode, 1), left.span(), right.span()});
}
Digest empty_root() { return sha256(ByteView{}); }

Digest root_of(std::span<const Digest> leaves) {
  if (leaves.empty()) return empty_root();
  if (leaves.size() == 1) return leaves.front();
  const auto left_size = split(leaves.size());
  return node_hash(root_of(leaves.first(left_size)), root_of(leaves.subspan(left_size)));
}

Result<Digest> root(HashReader& reader, std::uint64_t size) {
  if (size == 0) return empty_root();
  return subtree(reader, 0, size);
}

Result<std::vector<Digest>> inclusion_path(HashReader& reader, std::uint64_t index, std::uint64_t size) {
  if (index >= size) return fail(ErrorCode::not_found, "the log has no entry of that number yet");
  std::vector<Digest> path;
  DEPONE_TRY(append_path(reader, index, 0, size, path));
  return path;
}

Result<std::vector<Digest>> consistency_path(HashReader& reader, std::uint64_t old_size, std::uint64_t new_size) {
  if (old_size > new_size) return fail(ErrorCode::not_found, "the log has not reached that size yet");
  std::vector<Digest> path;
  if (old_size == 0 || old_size == new_size) return path;
  DEPONE_TRY(append_subproof(reader, old_size, 0, new_size, true, path));
  return path;
}

Result<> verify_inclusion(const Digest& leaf, std::uint64_t index, std::uint64_t size, std::span<const Digest> path,
                          const Digest& root) {
  if (index >= size) return bad_proof("an inclusion proof is for a place outside the tree");
  Digest hash = leaf;
  std::uint64_t fn = index, sn = size - 1;
  for (const auto& sibling : path) {
    if (sn == 0) return bad_proof("an inclusion proof is too long");
    if ((fn & 1) == 1 || fn == sn) {
      hash = node_hash(sibling, hash);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      hash = node_hash(hash, sibling);
    }
    fn >>= 1;
    sn >>= 1;
  }
  if (sn != 0) return bad_proof("an inclusion proof is too short");
  if (hash != root) return bad_proof("an inclusion proof does not lead to the root of the checkpoint");
  return {};
}

Result<> verify_consistency(std::uint64_t old_size, const Digest& old_root, std::uint64_t new_size,
                            const Digest& new_root, std::span<const Digest> path) {
  if (old_size > new_size) return bad_proof("a consistency proof goes from a larger tree to a smaller one");
  if (old_size == new_size) {
    if (!path.empty()) return bad_proof("a consistency proof is too long");
    if (old_root != new_root) return bad_proof("two checkpoints of one size have different roots: the log was forked");
    return {};
  }
  if (old_size == 0) {
    if (!path.empty()) return bad_proof("a consistency proof is too long");
    if (old_root != empty_root()) return bad_proof("the empty tree has another root");
    return {};
  }
  std::uint64_t fn = old_size - 1, sn = new_size - 1;
  while ((fn & 1) == 1) {
    fn >>= 1;
    sn >>= 1;
  }
  std::size_t at = 0;
  Digest old_hash = old_root;
  if (fn != 0) {
    if (path.empty()) return bad_proof("a consistency proof is too short");
    old_hash = path[at++];
  }
  Digest new_hash = old_hash;
  for (; at < path.size(); ++at) {
    if (sn == 0) return bad_proof("a consistency proof is too long");
    if ((fn & 1) == 1 || fn == sn) {
      old_hash = node_hash(path[at], old_hash);
      new_hash = node_hash(path[at], new_hash);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      new_hash = node_hash(new_hash, path[at]);
    }
    fn >>= 1;
    sn >>= 1;
  }
  if (sn != 0) return bad_proof("a consistency proof is too short");
  if (old_hash != old_root) return bad_proof("the log no longer begins as it did: its history was rewritten");
  if (new_hash != new_root) return bad_proof("a consistency proof does not lead to the new root");
  return {};
}

}  // namespace depone::crypto::log
