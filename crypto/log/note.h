// C2SP signed notes (signed-note v1.0.0): text that ends in a newline, an empty line, then one line a signature:
//   — <name> <base64(keyID 4 || signature)>
// keyID = SHA-256(name || 0x0A || type || public key)[:4]; type 0x01 is plain Ed25519 over the text. Pure.
#pragma once

#include <string>
#include <string_view>

#include "crypto/sign.h"
#include "system/result.h"

namespace depone::crypto::log {

constexpr std::size_t kNoteBytesMax = 64 * 1024;
constexpr std::size_t kNoteSignaturesMax = 64;

// Who may sign a note: name+<8 hex keyID>+<base64(type || public key)>.
struct VerifierKey {
  std::string name;
  SignPublicKey key;
  bool operator==(const VerifierKey&) const = default;
};
std::string to_text(const VerifierKey& key);
Result<VerifierKey> parse_verifier_key(std::string_view text);
bool is_key_name(std::string_view name);  // non-empty UTF-8 without Unicode spaces, controls, '+'

// `text` ends in a newline. One signature.
std::string sign_note(std::string_view text, std::string_view name, const SigningKey& key);

// The text of a note that carries a valid signature of `key`. Signatures of other keys are passed over; one of this key
// that does not verify refuses the whole note. malformed, damaged, too_large.
Result<std::string> open_note(std::string_view note, const VerifierKey& key);

}  // namespace depone::crypto::log
