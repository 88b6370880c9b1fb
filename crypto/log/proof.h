// C2SP proof files (tlog-proof): an inclusion proof and the checkpoint that it leads to, as text.
//   c2sp.org/tlog-proof@v1
//   extra <base64>            (optional; for us the entry, authenticated because it must hash to the leaf)
//   index <n>
//   <base64 hash>…            (the leaf's sibling first)
//
//   <checkpoint, verbatim>
// Pure.
#pragma once

#include "crypto/log/checkpoint.h"

namespace depone::crypto::log {

constexpr std::size_t kProofBytesMax = 128 * 1024;
constexpr std::size_t kProofHashesMax = 63;

struct InclusionProof {
  std::optional<Bytes> extra;  // never written when empty, and refused then
  std::uint64_t index = 0;
  std::vector<Digest> path;
  std::string checkpoint;  // the note
};

std::string write_proof(const InclusionProof& proof);
Result<InclusionProof> parse_proof(std::string_view text);  // malformed, too_large
// The checkpoint in which `leaf` stands at the proof's index.
Result<Checkpoint> verify_proof(const InclusionProof& proof, const Digest& leaf, CheckpointOpener& log);

}  // namespace depone::crypto::log
