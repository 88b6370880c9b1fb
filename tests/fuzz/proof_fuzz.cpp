// Proof files of C2SP: an entry, its place, its path and the checkpoint.
#include "crypto/log/merkle.h"
#include "crypto/log/proof.h"
#include "tests/fuzz/specimen.h"

namespace depone::fuzz {
namespace {

namespace log = crypto::log;

void check(std::string_view text) {
  const auto proof = log::parse_proof(text);
  if (!proof) return;
  require(log::write_proof(*proof) == text, "a proof has one spelling");
  require(proof->path.size() <= log::kProofHashesMax && (!proof->extra || !proof->extra->empty()), "within bounds");
}

void fuzz(ByteView input) {
  const auto& s = specimen();
  check(text_view(input));
  check("c2sp.org/tlog-proof@v1\n" + std::string(text_view(input)) + "\n" + s.checkpoint);

  Choices choices(input);
  const auto changed = damaged(view(s.receipt.proof), choices);
  const auto proof = log::parse_proof(text_view(changed));
  const auto leaf = log::leaf_hash(view(s.entry1));
  const auto right = log::parse_proof(s.receipt.proof).value();
  log::CheckpointOpener opener(s.log_key);
  if (proof && log::verify_proof(*proof, leaf, opener)) {
    require(proof->index == right.index && proof->path == right.path, "a proof that holds is the one there is");
  }
  if (text_view(changed) == s.receipt.proof)
    require(proof && log::verify_proof(*proof, leaf, opener).has_value(), "a valid proof holds");
  require(!log::verify_proof(right, s.genesis, opener), "a proof holds for its own leaf alone");
}

Seeds seeds() {
  const auto& proof = specimen().receipt.proof;
  Seeds out{{"proof", to_bytes(proof)}};
  const auto head = std::string_view(proof).substr(0, proof.find("\n\n") + 1);
  out.push_back({"head", to_bytes(head.substr(head.find('\n') + 1))});
  const auto add = [&](const char* name, std::string_view bytes) { out.push_back({name, to_bytes(bytes)}); };
  add("nasty_index", "index 9007199254740992\n");
  add("nasty_empty_extra", "extra \nindex 1\n");
  add("nasty_trailing_bits", "extra QR==\nindex 1\n");
  std::string lines = "index 1\n";
  for (int i = 0; i < 64; ++i) lines += "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
  add("nasty_long", lines);
  return out;
}

const Registered kTarget{{"proof", fuzz, seeds}};

}  // namespace
}  // namespace depone::fuzz
