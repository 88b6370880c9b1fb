// The fields of tus: lengths, offsets and checksums.
#include "crypto/encoding.h"
#include "crypto/log/checkpoint.h"
#include "protocol/api/upload.h"
#include "tests/fuzz/target.h"

namespace depone::fuzz {
namespace {

void fuzz(ByteView input) {
  const auto text = text_view(input);
  if (const auto sum = protocol::api::parse_upload_checksum(text))
    require("sha256 " + crypto::to_base64(sum->span()) == text, "a checksum has one spelling");
  if (const auto number = crypto::log::parse_decimal(text))
    require(std::to_string(*number) == text && *number >> 53 == 0, "a length has one spelling");

  Choices choices(input);
  static const std::string valid = "sha256 ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
  static const auto right = protocol::api::parse_upload_checksum(valid).value();
  const auto changed = damaged(view(valid), choices);
  const auto sum = protocol::api::parse_upload_checksum(text_view(changed));
  require((sum && *sum == right) == (text_view(changed) == valid), "a checksum is read as it was written");
}

Seeds seeds() {
  Seeds out;
  const auto add = [&](const char* name, std::string_view bytes) { out.push_back({name, to_bytes(bytes)}); };
  add("checksum", "sha256 ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
  add("length", "123456789");
  add("nasty_algorithm", "SHA256 ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
  add("nasty_trailing_bits", "sha256 ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa1=");
  add("nasty_no_sum", "sha256 ");
  add("nasty_sign", "+1");
  add("nasty_2_53", "9007199254740992");
  add("nasty_wraps", "18446744073709551617");
  return out;
}

const Registered kTarget{{"upload_field", fuzz, seeds}};

}  // namespace
}  // namespace depone::fuzz
