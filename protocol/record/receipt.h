// Receipts (DESIGN section 6; docs/FORMAT.md "Receipts"): one JSON file that proves, offline, that an act was answered
// by an entry at one place in one log:
//   {"v":1,"proof":<C2SP tlog-proof, the entry in its extra line>,"act":<envelope>,"opening":{…}}
// The opening ties a plaintext file to the act; it stays out where the device must not know. Pure.
#pragma once

#include "crypto/log/checkpoint.h"
#include "crypto/log/note.h"
#include "protocol/record/act.h"
#include "protocol/record/entry.h"

namespace depone::protocol::record {

constexpr std::size_t kReceiptFileBytesMax = 256 * 1024;

struct Opening {
  crypto::Digest sha256;  // of the plaintext
  crypto::Salt32 commitment_salt;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("sha256", s.sha256);
    f("commitment_salt", s.commitment_salt);
  }
};

struct Receipt {
  std::uint64_t v = 1;
  std::string proof;
  RawObject act;  // the envelope, as an object: {} for an entry that no act asked for, or whose act is withheld
  std::optional<Opening> opening;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("v", s.v);
    f("proof", s.proof);
    f("act", s.act);
    f.optional("opening", s.opening);
  }
};

Result<Receipt> parse_receipt(ByteView bytes);  // malformed, too_large; a final newline is allowed
std::string write_receipt(const Receipt& receipt);

// What a receipt proves once it has been checked against a log's key.
struct VerifiedReceipt {
  Entry entry;
  std::string entry_bytes;
  crypto::Digest leaf;
  std::optional<Act> act;  // of which signature and actor's key are still to be checked: verify_envelope
  crypto::log::Checkpoint checkpoint;
  std::string checkpoint_note;
};

// In an item's history the act is left out where it names items that the asker may not see: the entry is proved all the
// same, but not who signed what.
enum class WithheldAct { refuse, accept };

// Checks proof, checkpoint signature, that the entry is the proof's leaf and stands at its own seq, and that the act is
// the one the entry names. malformed, damaged.
Result<VerifiedReceipt> verify_receipt(const Receipt& receipt, crypto::log::CheckpointOpener& log,
                                       WithheldAct withheld = WithheldAct::refuse);
Result<VerifiedReceipt> verify_receipt(const Receipt& receipt, const crypto::log::VerifierKey& log_key,
                                       WithheldAct withheld = WithheldAct::refuse);

}  // namespace depone::protocol::record
