// The RFC 6962 Merkle tree (section 2.1): leaf SHA-256(0x00 || d), node SHA-256(0x01 || l || r), empty root
// SHA-256(""). Proofs are made over a HashReader, which knows complete subtrees, and checked without one. Pure;
// thread-safe.
#pragma once

#include <span>
#include <vector>

#include "crypto/bytes.h"
#include "system/result.h"

namespace depone::crypto::log {

Digest leaf_hash(ByteView leaf);
Digest node_hash(const Digest& left, const Digest& right);
Digest empty_root();
Digest root_of(std::span<const Digest> leaves);

// Hashes of complete subtrees: node(h, i) is the root over the 2^h leaves from i * 2^h on; height 0 is the leaves.
class HashReader {
 public:
  virtual ~HashReader() = default;
  virtual Result<Digest> node(unsigned height, std::uint64_t index) = 0;
};

Result<Digest> root(HashReader& reader, std::uint64_t size);
// The audit path of leaf `index` in the tree of the first `size` leaves; the leaf's sibling first.
Result<std::vector<Digest>> inclusion_path(HashReader& reader, std::uint64_t index, std::uint64_t size);
Result<std::vector<Digest>> consistency_path(HashReader& reader, std::uint64_t old_size, std::uint64_t new_size);

// Each refuses a proof that is too long, too short, or for a place outside the tree: `damaged` says which.
Result<> verify_inclusion(const Digest& leaf, std::uint64_t index, std::uint64_t size, std::span<const Digest> path,
                          const Digest& root);
Result<> verify_consistency(std::uint64_t old_size, const Digest& old_root, std::uint64_t new_size,
                            const Digest& new_root, std::span<const Digest> path);

}  // namespace depone::crypto::log
