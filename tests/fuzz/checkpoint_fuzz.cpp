// Signed notes, the checkpoints in them and verifier keys.
#include "crypto/log/checkpoint.h"
#include "tests/fuzz/byte_form.h"
#include "tests/fuzz/specimen.h"

namespace depone::fuzz {
namespace {

namespace log = crypto::log;

void check_verifier_key(ByteView bytes) {
  const auto key = log::parse_verifier_key(text_view(bytes));
  if (!key) return;
  require(log::to_text(*key) == text_view(bytes), "a verifier key has one spelling");
  require(crypto::is_valid_sign_key(key->key) && log::is_key_name(key->name), "a verifier key is one");
}

void fuzz(ByteView input) {
  const auto& s = specimen();
  const auto& name = s.log_key.name;
  check_verifier_key(input);
  const auto number = log::parse_decimal(text_view(input));
  if (number) require(std::to_string(*number) == text_view(input) && *number >> 53 == 0, "a number has one spelling");
  if (log::is_key_name(text_view(input))) require(is_utf8(input), "a key's name is UTF-8");

  // The input as a note, as a note's text under the log's signature, and as signatures below a valid note.
  (void)log::open_checkpoint(text_view(input), s.log_key);
  const auto note = log::sign_note(text_view(input), name, s.log);
  if (const auto checkpoint = log::open_checkpoint(note, s.log_key))
    require(log::sign_checkpoint(*checkpoint, s.log) == note, "a checkpoint has one spelling");
  static const auto valid = log::open_checkpoint(s.checkpoint, s.log_key).value();
  const auto below = log::open_checkpoint(s.checkpoint + std::string(text_view(input)), s.log_key);
  if (below) require(*below == valid, "signatures of others change nothing");

  Choices choices(input);
  const auto changed = damaged(view(s.checkpoint), choices);
  const auto read = log::open_checkpoint(text_view(changed), s.log_key);
  if (read) require(*read == valid, "a checkpoint that is taken says what was signed");
  if (text_view(changed) == s.checkpoint) require(read.has_value(), "a valid checkpoint is taken");
  require(!log::open_checkpoint(s.checkpoint, {name, s.custodian.key.public_key()}), "another key's is refused");
}

Seeds seeds() {
  const auto& s = specimen();
  const auto text = s.checkpoint.substr(0, s.checkpoint.find("\n\n") + 1);
  const auto other = log::sign_note(text, "witness.example/w", s.custodian.key);
  Seeds out{{"checkpoint", to_bytes(s.checkpoint)},
            {"text", to_bytes(text)},
            {"verifier_key", to_bytes(log::to_text(s.log_key))},
            {"signature", to_bytes(std::string_view(other).substr(text.size() + 1))}};
  const auto add = [&](const char* name, std::string_view bytes) { out.push_back({name, to_bytes(bytes)}); };
  add("number", "9007199254740991");
  add("nasty_2_53", "9007199254740992");
  add("nasty_zeros", "007");
  add("nasty_origin", "archive.example/nk\n02\n\n");
  add("nasty_surrogate", "\xED\xA0\x80\n\n\xE2\x80\x94 a AAAA\n");
  add("nasty_no_newline", "a\n\n\xE2\x80\x94 ");
  return out;
}

const Registered kTarget{{"checkpoint", fuzz, seeds}};

}  // namespace
}  // namespace depone::fuzz
