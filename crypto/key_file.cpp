#include <fmt/format.h>
#include <sys/stat.h>

#include "crypto/key_slot.h"
#include "system/file.h"

namespace depone::crypto {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kTextBytes = 2 * kKeyBytes + 1;
constexpr std::string_view kDigits = "0123456789abcdef";

Result<> check_mode(const system::File& file, const std::filesystem::path& path) {
  struct stat status {};
  if (::fstat(file.descriptor(), &status) != 0)
    return fail(ErrorCode::io, fmt::format("cannot examine {}", path.string()));
  const auto mode = status.st_mode & 07777U;
  if (mode == 0600 || mode == 0400) return {};
  return fail(ErrorCode::wrong_key, fmt::format("the key file {} has mode {:04o}, but must be its owner's alone: "
                                                "chmod 600 {}",
                                                path.string(), mode, path.string()));
}

}  // namespace

Result<> create_key_file(const std::filesystem::path& path) {
  SecretBuffer key(kKeyBytes), text(kTextBytes);
  fill_random(key.expose_for_writing());
  auto out = text.expose_for_writing();
  for (std::size_t i = 0; i < kKeyBytes; ++i) {
    out[2 * i] = static_cast<std::uint8_t>(kDigits[key.expose()[i] >> 4]);
    out[2 * i + 1] = static_cast<std::uint8_t>(kDigits[key.expose()[i] & 15]);
  }
  out[kTextBytes - 1] = '\n';
  return system::write_file_durably(path, text.expose(), system::IfExists::refuse);
}

Result<SecretBuffer> read_key_file(const std::filesystem::path& path) {
  DEPONE_ASSIGN(system::File file, system::File::open(path));
  DEPONE_TRY(check_mode(file, path));
  SecretBuffer text(kTextBytes + 1), key(kKeyBytes);
  DEPONE_ASSIGN(const std::size_t size, file.read(text.expose_for_writing()));
  const auto not_one =
      fail(ErrorCode::malformed, fmt::format("{} is not a key file (64 hex digits and a newline)", path.string()));
  if (size != kTextBytes || text.expose()[kTextBytes - 1] != '\n') return not_one;
  for (std::size_t i = 0; i < 2 * kKeyBytes; ++i) {
    const auto digit = kDigits.find(static_cast<char>(text.expose()[i]));
    if (digit == std::string_view::npos) return not_one;
    auto& byte = key.expose_for_writing()[i / 2];
    byte = static_cast<std::uint8_t>(byte << 4 | digit);
  }
  return key;
}

}  // namespace depone::crypto
