#include "crypto/log/note.h"

#include "crypto/encoding.h"
#include "crypto/hash.h"

namespace depone::crypto::log {
namespace {

constexpr std::uint8_t kEd25519 = 0x01;
constexpr std::string_view kDash = "\xE2\x80\x94 ";  // U+2014 and a space
constexpr std::size_t kKeyId = 4;

Error malformed(const char* why) { return fail(ErrorCode::malformed, why); }

std::array<std::uint8_t, kKeyId> note_key_id(std::string_view name, const SignPublicKey& key) {
  const std::uint8_t separator[] = {0x0A, kEd25519};
  const Digest digest = sha256({view(name), separator, key.span()});
  return {digest.bytes[0], digest.bytes[1], digest.bytes[2], digest.bytes[3]};
}

// Takes one character off the front of `text`; nothing where it is not strict UTF-8.
std::optional<std::uint32_t> take_character(std::string_view& text) {
  const auto byte = static_cast<unsigned char>(text.front());
  const std::size_t more = byte < 0x80 ? 0 : byte >> 5 == 6 ? 1 : byte >> 4 == 14 ? 2 : byte >> 3 == 30 ? 3 : 4;
  if (more == 4 || more >= text.size()) return std::nullopt;
  std::uint32_t point = more == 0 ? byte : byte & (0x3Fu >> more);
  for (std::size_t k = 1; k <= more; ++k) {
    const auto next = static_cast<unsigned char>(text[k]);
    if (next >> 6 != 2) return std::nullopt;
    point = point << 6 | (next & 0x3Fu);
  }
  static constexpr std::uint32_t kLeast[] = {0, 0x80, 0x800, 0x10000};
  if (point < kLeast[more] || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) return std::nullopt;
  text.remove_prefix(more + 1);
  return point;
}

// Strict UTF-8 without control characters other than newline.
bool is_note_text(std::string_view text) {
  while (!text.empty()) {
    const auto point = take_character(text);
    if (!point || (*point < 0x20 && *point != '\n')) return false;
  }
  return true;
}

// What Unicode calls white space, below U+0020 left out.
bool is_space(std::uint32_t point) {
  return point == 0x20 || point == 0x85 || point == 0xA0 || point == 0x1680 || (point >= 0x2000 && point <= 0x200A) ||
         point == 0x2028 || point == 0x2029 || point == 0x202F || point == 0x205F || point == 0x3000;
}

struct SignatureLine {
  std::string_view name;
  Bytes payload;  // keyID || signature
};

Result<SignatureLine> parse_line(std::string_view line) {
  if (!line.starts_with(kDash)) return malformed("a note has a signature line that does not begin with a dash");
  line.remove_prefix(kDash.size());
  const auto space = line.find(' ');
  if (space == std::string_view::npos || !is_key_name(line.substr(0, space))) {
    return malformed("a note has a signature line without a name");
  }
  const auto signature = line.substr(space + 1);
  auto payload = signature.empty() ? std::nullopt : from_base64(signature);
  // Written again, so that one signature has one spelling whatever the decoder lets through.
  if (!payload || payload->size() <= kKeyId || to_base64(*payload) != signature) {
    return malformed("a note has a signature that is not base64");
  }
  return SignatureLine{line.substr(0, space), std::move(*payload)};
}

}  // namespace

bool is_key_name(std::string_view name) {
  if (name.empty()) return false;
  while (!name.empty()) {
    const auto point = take_character(name);
    if (!point || *point < 0x20 || *point == '+' || is_space(*point)) return false;
  }
  return true;
}

std::string to_text(const VerifierKey& key) {
  Bytes tail{kEd25519};
  tail.insert(tail.end(), key.key.bytes.begin(), key.key.bytes.end());
  return key.name + '+' + to_hex(note_key_id(key.name, key.key)) + '+' + to_base64(tail);
}

Result<VerifierKey> parse_verifier_key(std::string_view text) {
  const auto first = text.find('+');
  const auto second = first == std::string_view::npos ? first : text.find('+', first + 1);
  if (second == std::string_view::npos) return malformed("a verifier key is not written name+id+key");
  const auto bytes = from_base64(text.substr(second + 1));
  if (!bytes || bytes->size() != 33 || bytes->front() != kEd25519)
    return malformed("a verifier key is not an Ed25519 key");
  VerifierKey key{std::string(text.substr(0, first)), *SignPublicKey::from(ByteView(*bytes).subspan(1))};
  if (!is_key_name(key.name) || to_text(key) != text)
    return malformed("a verifier key's id does not fit its name and key");
  if (!is_valid_sign_key(key.key)) return malformed("a verifier key is not a valid Ed25519 point");
  return key;
}

std::string sign_note(std::string_view text, std::string_view name, const SigningKey& key) {
  const auto id = note_key_id(name, key.public_key());
  Bytes payload(id.begin(), id.end());
  const Signature signature = key.sign(view(text));
  payload.insert(payload.end(), signature.bytes.begin(), signature.bytes.end());
  std::string out(text);
  out += '\n';
  out += kDash;
  out += name;
  out += ' ' + to_base64(payload) + '\n';
  return out;
}

Result<std::string> open_note(std::string_view note, const VerifierKey& key) {
  if (note.size() > kNoteBytesMax) return fail(ErrorCode::too_large, "a note is larger than 64 KiB");
  if (!is_note_text(note)) return malformed("a note holds bytes that are not text");
  const auto gap = note.rfind("\n\n");
  if (gap == std::string_view::npos || !note.ends_with('\n')) return malformed("a note has no signatures");
  const auto text = note.substr(0, gap + 1);
  auto lines = note.substr(gap + 2);
  if (lines.empty()) return malformed("a note has no signatures");

  const auto id = note_key_id(key.name, key.key);
  bool found = false;
  for (std::size_t count = 0; !lines.empty(); ++count) {
    if (count == kNoteSignaturesMax) return malformed("a note has too many signatures");
    const auto end = lines.find('\n');
    DEPONE_ASSIGN(const SignatureLine line, parse_line(lines.substr(0, end)));
    lines.remove_prefix(end + 1);
    if (line.name != key.name || !std::equal(id.begin(), id.end(), line.payload.begin())) continue;
    const auto signature = Signature::from(ByteView(line.payload).subspan(kKeyId));
    if (!signature || !verify(key.key, view(text), *signature)) {
      return fail(ErrorCode::damaged, "the signature of a checkpoint does not verify with the log's key");
    }
    found = true;
  }
  if (!found) return fail(ErrorCode::damaged, "a checkpoint does not carry the log's signature");
  return std::string(text);
}

}  // namespace depone::crypto::log
