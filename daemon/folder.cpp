#include "daemon/folder.h"

#include <fmt/format.h>

#include "system/terminal.h"

namespace depone::daemon {
namespace {

constexpr std::size_t kKeysBytesMax = 64 * 1024;
constexpr std::size_t kPassphraseBytesMax = 1024;
constexpr std::size_t kPassphraseBytesMin = 12;

Result<crypto::SecretBuffer> ask(std::string_view prompt) {
  crypto::SecretBuffer line(kPassphraseBytesMax);
  DEPONE_ASSIGN(const std::size_t size, system::read_hidden_line(prompt, line.expose_for_writing()));
  line.shorten(size);
  return line;
}

}  // namespace

Result<> Folder::check() const {
  std::vector<std::string> missing;
  for (const auto& file : {keys(), database()}) {
    std::error_code error;
    if (std::filesystem::exists(file, error)) continue;
    if (error) return fail(ErrorCode::io, fmt::format("cannot open {}: {}", file.string(), error.message()));
    missing.push_back(file.filename().string());
  }
  if (missing.empty()) return {};
  return fail(ErrorCode::not_found,
              fmt::format("{} is not an archive: it has no {}; {}", path.string(), missing.front(),
                          missing.size() == 1 ? "restore it from a copy" : "make one with `deponed init`"));
}

Result<system::FolderLock> Folder::lock() const {
  auto lock = system::FolderLock::take(path);
  if (!lock && lock.error().code == ErrorCode::exists) {
    return fail(ErrorCode::exists,
                fmt::format("a deponed is running on {}; stop it first, or ask it with `deponed status {}`",
                            path.string(), path.string()));
  }
  return lock;
}

Result<crypto::SecretBuffer> read_passphrase(const UnlockSource& source, bool again) {
  if (source.passphrase_fd >= 0) {
    crypto::SecretBuffer line(kPassphraseBytesMax);
    DEPONE_ASSIGN(const std::size_t size, system::read_line_from(source.passphrase_fd, line.expose_for_writing()));
    line.shorten(size);
    if (again && size < kPassphraseBytesMin) return fail(ErrorCode::input, "a passphrase has at least 12 characters");
    return line;
  }
  DEPONE_ASSIGN(auto first, ask(again ? "New passphrase for the archive: " : "Passphrase of the archive: "));
  if (!again) return first;
  if (first.size() < kPassphraseBytesMin)
    return fail(ErrorCode::input, "a passphrase has at least 12 characters; several words are best");
  DEPONE_ASSIGN(const auto second, ask("Once more: "));
  if (!crypto::equal_constant_time(first.expose(), second.expose()))
    return fail(ErrorCode::input, "the two passphrases differ");
  return first;
}

Result<crypto::MasterKey> create_keys(const Folder& folder, const UnlockSource& source) {
  auto master = crypto::MasterKey::random();
  protocol::record::KeySlots slots;
  if (!source.key_file.empty()) {
    if (!std::filesystem::exists(source.key_file)) DEPONE_TRY(crypto::create_key_file(source.key_file));
    DEPONE_ASSIGN(const auto key, crypto::read_key_file(source.key_file));
    slots.add(crypto::wrap_with_key_file(master, key));
  } else {
    DEPONE_ASSIGN(const auto passphrase, read_passphrase(source, true));
    slots.add(crypto::wrap_with_passphrase(master, passphrase));
  }
  const auto text = protocol::record::write_form(slots) + '\n';
  DEPONE_TRY(system::write_file_durably(folder.keys(), view(text), system::IfExists::refuse));
  return master;
}

Result<crypto::MasterKey> unlock_keys(const Folder& folder, const UnlockSource& source) {
  DEPONE_ASSIGN(const auto bytes, system::read_file(folder.keys(), kKeysBytesMax));
  const auto slots_read = protocol::record::parse_key_slots(bytes);
  if (!slots_read) {
    return fail(slots_read.error().code, fmt::format("{} was changed or cut ({}); restore it from a copy",
                                                     folder.keys().string(), slots_read.error().detail));
  }
  const auto& slots = *slots_read;
  if (!source.key_file.empty()) {
    DEPONE_ASSIGN(const auto key, crypto::read_key_file(source.key_file));
    return protocol::record::unlock(slots, crypto::SlotKind::key_file, key);
  }
  if (!slots.has(crypto::SlotKind::passphrase)) {
    return fail(ErrorCode::input, "this archive opens with a key file: name it with --key-file, or in config.toml");
  }
  DEPONE_ASSIGN(const auto passphrase, read_passphrase(source, false));
  return protocol::record::unlock(slots, crypto::SlotKind::passphrase, passphrase);
}

}  // namespace depone::daemon
