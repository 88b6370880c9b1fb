#include "crypto/log/proof.h"

#include "crypto/encoding.h"
#include "crypto/log/merkle.h"

namespace depone::crypto::log {
namespace {

constexpr std::string_view kHeader = "c2sp.org/tlog-proof@v1";
constexpr std::string_view kExtra = "extra ";
constexpr std::string_view kIndex = "index ";

Error malformed(const char* why) { return fail(ErrorCode::malformed, why); }

}  // namespace

std::string write_proof(const InclusionProof& proof) {
  std::string out(kHeader);
  out += '\n';
  if (proof.extra && !proof.extra->empty()) out += std::string(kExtra) + to_base64(*proof.extra) + '\n';
  out += std::string(kIndex) + std::to_string(proof.index) + '\n';
  for (const auto& hash : proof.path) out += to_base64(hash.span()) + '\n';
  return out + '\n' + proof.checkpoint;
}

Result<InclusionProof> parse_proof(std::string_view text) {
  if (text.size() > kProofBytesMax) return fail(ErrorCode::too_large, "a proof is larger than 128 KiB");
  const auto gap = text.find("\n\n");
  if (gap == std::string_view::npos) return malformed("a proof has no checkpoint");
  InclusionProof proof;
  proof.checkpoint = text.substr(gap + 2);

  std::vector<std::string_view> lines;
  for (auto head = text.substr(0, gap + 1); !head.empty();) {
    const auto end = head.find('\n');
    lines.push_back(head.substr(0, end));
    head.remove_prefix(end + 1);
  }
  std::size_t at = 0;
  if (lines[at++] != kHeader) return malformed("this is not a proof of the C2SP form, version 1");
  if (at < lines.size() && lines[at].starts_with(kExtra)) {
    const auto extra = lines[at++].substr(kExtra.size());
    if (extra.empty()) return malformed("a proof has an extra line without data");
    proof.extra = from_base64(extra);
    if (!proof.extra) return malformed("a proof's extra line is not base64");
  }
  if (at == lines.size() || !lines[at].starts_with(kIndex)) return malformed("a proof has no index line");
  const auto index = parse_decimal(lines[at++].substr(kIndex.size()));
  if (!index) return malformed("a proof's index is not a number as it must be written");
  proof.index = *index;
  if (lines.size() - at > kProofHashesMax) return malformed("a proof is too long");
  for (; at < lines.size(); ++at) {
    const auto hash = fixed_from_base64<Digest>(lines[at]);
    if (!hash) return malformed("a proof's hash is not 32 bytes in base64");
    proof.path.push_back(*hash);
  }
  // One proof, one spelling, whatever the decoders let through.
  if (write_proof(proof) != text) return malformed("a proof's base64 is not written as it must be");
  return proof;
}

Result<Checkpoint> verify_proof(const InclusionProof& proof, const Digest& leaf, CheckpointOpener& log) {
  DEPONE_ASSIGN(Checkpoint checkpoint, log.open(proof.checkpoint));
  DEPONE_TRY(verify_inclusion(leaf, proof.index, checkpoint.size, proof.path, checkpoint.root));
  return checkpoint;
}

}  // namespace depone::crypto::log
