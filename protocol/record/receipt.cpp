#include "protocol/record/receipt.h"

#include <fmt/format.h>

#include "crypto/log/proof.h"

namespace depone::protocol::record {

Result<Receipt> parse_receipt(ByteView bytes) {
  if (bytes.size() > kReceiptFileBytesMax) return fail(ErrorCode::too_large, "a receipt is larger than 256 KiB");
  if (!bytes.empty() && bytes.back() == '\n') bytes = bytes.first(bytes.size() - 1);
  DEPONE_ASSIGN(Receipt receipt, parse_form<Receipt>(bytes, "the receipt"));
  if (receipt.v != 1) return fail(ErrorCode::unsupported, "the receipt is of another version than 1");
  return receipt;
}

std::string write_receipt(const Receipt& receipt) { return write_form(receipt) + '\n'; }

Result<VerifiedReceipt> verify_receipt(const Receipt& receipt, const crypto::log::VerifierKey& log_key,
                                       WithheldAct withheld) {
  crypto::log::CheckpointOpener log(log_key);
  return verify_receipt(receipt, log, withheld);
}

Result<VerifiedReceipt> verify_receipt(const Receipt& receipt, crypto::log::CheckpointOpener& log,
                                       WithheldAct withheld) {
  DEPONE_ASSIGN(const auto proof, crypto::log::parse_proof(receipt.proof));
  if (!proof.extra) return fail(ErrorCode::malformed, "the receipt's proof does not carry its entry");
  VerifiedReceipt out;
  out.entry_bytes = text_view(*proof.extra);
  out.leaf = crypto::log::leaf_hash(*proof.extra);
  DEPONE_ASSIGN(out.checkpoint, crypto::log::verify_proof(proof, out.leaf, log));
  DEPONE_ASSIGN(out.entry, parse_entry(*proof.extra));
  out.checkpoint_note = proof.checkpoint;
  if (out.entry.seq != proof.index) {
    return fail(ErrorCode::damaged,
                fmt::format("the receipt's entry calls itself {}, but stands at {}", out.entry.seq, proof.index));
  }
  if (receipt.act.json == "{}") {
    if (out.entry.act && withheld == WithheldAct::refuse)
      return fail(ErrorCode::damaged, "the receipt lacks the act that its entry names");
    return out;
  }
  DEPONE_ASSIGN(out.act, parse_act(view(receipt.act.json)));
  if (!out.entry.act || *out.entry.act != out.act->hash) {
    return fail(ErrorCode::damaged, "the receipt's act is not the one that its entry names: one of them was changed");
  }
  return out;
}

}  // namespace depone::protocol::record
