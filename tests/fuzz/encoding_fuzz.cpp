// Hex, base64 and base32: one spelling for bytes, and all bytes have one.
#include "crypto/encoding.h"
#include "protocol/record/ids.h"
#include "tests/fuzz/target.h"

namespace depone::fuzz {
namespace {

using namespace crypto;
using protocol::record::from_base32, protocol::record::to_base32;

void fuzz(ByteView input) {
  const auto text = text_view(input);
  if (const auto bytes = from_hex(text)) require(to_hex(*bytes) == text, "hex has one spelling");
  if (const auto bytes = from_base64(text)) require(to_base64(*bytes) == text, "base64 has one spelling");
  if (const auto bytes = from_base32(text)) require(to_base32(*bytes) == text, "base32 has one spelling");
  const auto same = [&](const std::optional<Bytes>& bytes) { return bytes && *bytes == to_bytes(input); };
  require(same(from_hex(to_hex(input))), "hex comes back");
  require(same(from_base64(to_base64(input))), "base64 comes back");
  require(same(from_base32(to_base32(input))), "base32 comes back");

  Choices choices(input);
  static const std::string valid = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh/w8fLz9A==";
  const auto changed = damaged(view(valid), choices);
  const auto bytes = from_base64(text_view(changed));
  require((bytes && to_base64(*bytes) == valid) == (text_view(changed) == valid), "no two spellings are one");
  if (const auto digest = fixed_from_hex<Digest>(text)) require(text.size() == 64, "a digest is 64 digits");
}

Seeds seeds() {
  Seeds out;
  const auto add = [&](const char* name, std::string_view bytes) { out.push_back({name, to_bytes(bytes)}); };
  add("hex", "7b6544a78103dd9bc80ca7a71e4cc06fdc53a13f0e49c9e42bf4eb11203c6a60");
  add("base64", "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=");
  add("base32", "w6ahw2rwq4es5xu6fwpoeg64a4");
  add("nasty_capitals", "7B65");
  add("nasty_odd", "7b6");
  add("nasty_trailing_bits", "QR==");
  add("nasty_no_padding", "QQ");
  add("nasty_space", "QU FB");
  add("nasty_high_bytes", "QUF\x80");
  add("nasty_url_alphabet", "-_-_");
  add("nasty_base32_trailing", "ab");
  return out;
}

const Registered kTarget{{"encoding", fuzz, seeds}};

}  // namespace
}  // namespace depone::fuzz
