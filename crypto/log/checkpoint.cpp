#include "crypto/log/checkpoint.h"

#include <charconv>

#include "crypto/encoding.h"

namespace depone::crypto::log {
namespace {

// Takes a line off the front of `text`, without its newline.
std::optional<std::string_view> take_line(std::string_view& text) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const auto line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

std::string text_of(const Checkpoint& checkpoint) {
  return checkpoint.origin + '\n' + std::to_string(checkpoint.size) + '\n' + to_base64(checkpoint.root.span()) + '\n';
}

}  // namespace

std::optional<std::uint64_t> parse_decimal(std::string_view text) {
  if (text.empty() || text.size() > 16 || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value >> 53 != 0) return std::nullopt;
  return value;
}

std::string sign_checkpoint(const Checkpoint& checkpoint, const SigningKey& key) {
  return sign_note(text_of(checkpoint), checkpoint.origin, key);
}

Result<Checkpoint> open_checkpoint(std::string_view note, const VerifierKey& log_key) {
  DEPONE_ASSIGN(const std::string text, open_note(note, log_key));
  std::string_view rest = text;
  const auto origin = take_line(rest), size = take_line(rest), root = take_line(rest);
  if (!root || !rest.empty()) return fail(ErrorCode::malformed, "a checkpoint does not have exactly three lines");
  const auto number = parse_decimal(*size);
  const auto digest = root->empty() ? std::nullopt : fixed_from_base64<Digest>(*root);
  const auto checkpoint =
      number && digest ? std::optional(Checkpoint{std::string(*origin), *number, *digest}) : std::nullopt;
  if (!checkpoint || text_of(*checkpoint) != text)
    return fail(ErrorCode::malformed, "a checkpoint's size or root is not written as it must be");
  if (*origin != log_key.name) return fail(ErrorCode::damaged, "a checkpoint is of another log");
  return *checkpoint;
}

Result<Checkpoint> CheckpointOpener::open(std::string_view note) {
  if (!note.empty() && note == note_) return opened_;
  DEPONE_ASSIGN(opened_, open_checkpoint(note, log_key_));
  note_ = note;
  return opened_;
}

}  // namespace depone::crypto::log
