// Receipts: entry, place, checkpoint, act and opening must all be what they were.
#include "crypto/log/proof.h"
#include "protocol/record/bodies.h"
#include "protocol/record/receipt.h"
#include "tests/fuzz/byte_form.h"
#include "tests/fuzz/specimen.h"

namespace depone::fuzz {
namespace {

using namespace protocol::record;

void check(ByteView bytes) {
  const auto receipt = parse_receipt(bytes);
  if (!receipt) return;
  const auto end = bytes.size() - (bytes.back() == '\n' ? 1 : 0);
  require(is_byte_form(bytes.first(end)), "a receipt that is taken is in the byte form");
  require(write_form(*receipt) == text_view(bytes.first(end)), "a receipt has one spelling");
  (void)verify_receipt(*receipt, specimen().log_key);
}

// All that a client checks of a receipt for a file.
bool holds(ByteView bytes) {
  const auto& s = specimen();
  const auto receipt = parse_receipt(bytes);
  if (!receipt || !receipt->opening) return false;
  const auto verified = verify_receipt(*receipt, s.log_key);
  if (!verified || !verified->act) return false;
  if (!verify_envelope(verified->act->envelope, s.investigator.key.public_key())) return false;
  const auto body = body_of<EvidenceSubmit>(*verified->act);
  return body && crypto::content_commitment(s.context, receipt->opening->commitment_salt, receipt->opening->sha256) ==
                     body->content_commitment;
}

std::string what_it_says(ByteView bytes) {
  const auto receipt = parse_receipt(bytes).value();
  const auto verified = verify_receipt(receipt, specimen().log_key).value();
  return verified.entry_bytes + verified.act->bytes + write_form(verified.checkpoint.size) +
         crypto::to_hex(verified.checkpoint.root.span()) + write_form(*receipt.opening);
}

void fuzz(ByteView input) {
  const auto& s = specimen();
  check(input);
  auto other = s.receipt;
  other.proof = text_view(input);
  check(view(write_receipt(other)));
  other = s.receipt;
  other.act.json = text_view(input);
  check(view(write_receipt(other)));
  // An entry of the input's making, in a log of one that is signed as it should be.
  const auto root = crypto::log::leaf_hash(input);
  const auto note = crypto::log::sign_checkpoint({s.log_key.name, 1, root}, s.log);
  other.proof = crypto::log::write_proof({to_bytes(input), 0, {}, note});
  other.act.json = "{}";
  if (const auto verified = verify_receipt(other, s.log_key))
    require(verified->entry_bytes == text_view(input) && is_byte_form(input), "an entry has one spelling");

  Choices choices(input);
  const auto valid = to_bytes(write_receipt(s.receipt));
  const auto changed = damaged(valid, choices);
  static const auto right = what_it_says(valid);
  if (changed == valid) require(holds(changed), "a valid receipt holds");
  // The note may carry signatures of others, the file may end without its newline; nothing that is said may change.
  if (holds(changed)) require(what_it_says(changed) == right, "a receipt that holds says what was recorded");
}

Seeds seeds() {
  Seeds out = nasty_json();
  const auto& s = specimen();
  out.push_back({"receipt", to_bytes(write_receipt(s.receipt))});
  out.push_back({"proof", to_bytes(s.receipt.proof)});
  out.push_back({"act", to_bytes(s.submit.bytes)});
  out.push_back({"entry0", to_bytes(s.entry0)});
  auto without = s.receipt;
  without.opening.reset();
  out.push_back({"without_opening", to_bytes(write_receipt(without))});
  return out;
}

const Registered kTarget{{"receipt", fuzz, seeds}};

}  // namespace
}  // namespace depone::fuzz
