#include <fmt/format.h>
#include <sys/stat.h>

#include "crypto/encoding.h"
#include "crypto/key_slot.h"
#include "system/file.h"

namespace depone::crypto {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kTextBytes = 2 * kKeyBytes + 1;

}  // namespace

Result<> create_key_file(const std::filesystem::path& path) {
  SecretBuffer key(kKeyBytes), text(kTextBytes);
  fill_random(key.expose_for_writing());
  auto out = text.expose_for_writing();
  constexpr std::string_view digits = "0123456789abcdef";
  for (std::size_t i = 0; i < kKeyBytes; ++i) {
    out[2 * i] = static_cast<std::uint8_t>(digits[key.expose()[i] >> 4]);
    out[2 * i + 1] = static_cast<std::uint8_t>(digits[key.expose()[i] & 15]);
  }
  out[kTextBytes - 1] = '\n';
  return system::write_file_durably(path, text.expose(), system::IfExists::refuse);
}

Result<SecretBuffer> read_key_file(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 && (status.st_mode & 0077) != 0) {
    return fail(ErrorCode::refused, fmt::format("others can read the key file {}; make it yours alone: chmod 600 {}",
                                                path.string(), path.string()));
  }
  DEPONE_ASSIGN(system::File file, system::File::open(path));
  SecretBuffer text(kTextBytes + 1), key(kKeyBytes);
  DEPONE_ASSIGN(const std::size_t size, file.read(text.expose_for_writing()));
  const auto not_one =
      fail(ErrorCode::malformed, fmt::format("{} is not a key file (64 hex digits and a newline)", path.string()));
  if (size != kTextBytes || text.expose()[kTextBytes - 1] != '\n') return not_one;
  for (std::size_t i = 0; i < kKeyBytes; ++i) {
    const auto byte = from_hex(text_view(text.expose().subspan(2 * i, 2)));
    if (!byte) return not_one;
    key.expose_for_writing()[i] = byte->front();
  }
  return key;
}

}  // namespace depone::crypto
