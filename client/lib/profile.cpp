#include "client/lib/profile.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "crypto/encoding.h"
#include "crypto/hash.h"
#include "system/file.h"

namespace depone::client {

using namespace protocol::record;

namespace {

constexpr std::size_t kPinBytesMax = 64 * 1024;
constexpr std::size_t kPathBytesMax = 4096;

constexpr std::size_t kDepositsBytesMax = 256 << 20;

// A line of `deposits`: key, size, item.
struct DepositLine {
  std::string key, size, item;
};
struct DepositLines {
  std::vector<DepositLine> lines;
  std::uint64_t whole_bytes = 0;  // up to the end of the last whole line: what follows was torn, as a crash leaves it
};

std::optional<DepositLine> parse_deposit(std::string_view text) {
  const auto first = text.find(' '), second = text.find(' ', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return std::nullopt;
  DepositLine line{std::string(text.substr(0, first)), std::string(text.substr(first + 1, second - first - 1)),
                   std::string(text.substr(second + 1))};
  const bool item = !line.item.empty() && std::ranges::all_of(line.item, [](char c) { return c > ' ' && c < 0x7f; });
  if (!crypto::fixed_from_hex<crypto::Digest>(line.key) || !crypto::log::parse_decimal(line.size) || !item)
    return std::nullopt;
  return line;
}

Result<DepositLines> read_deposits(const std::filesystem::path& path) {
  DepositLines out;
  const auto bytes = system::read_file(path, kDepositsBytesMax);
  if (!bytes && bytes.error().code == ErrorCode::not_found) return out;
  if (!bytes) return bytes.error();
  const auto damaged =
      fail(ErrorCode::damaged, fmt::format("{} was damaged; restore it from a copy, or remove it: files that were "
                                           "deposited before are then not recognised, and can be deposited twice",
                                           path.string()));
  std::string_view rest = text_view(*bytes);
  for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    auto line = parse_deposit(rest.substr(0, end));
    if (!line) return damaged;
    out.lines.push_back(std::move(*line));
    out.whole_bytes += end + 1;
    rest.remove_prefix(end + 1);
  }
  if (!std::ranges::all_of(rest, [](char c) { return c >= ' ' && c < 0x7f; })) return damaged;
  return out;
}

}  // namespace

bool is_archive_name(std::string_view name) {
  return !name.empty() && name.size() <= 40 && name.front() != '.' && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  });
}

Result<std::string> ArchiveProfile::pin() const {
  auto bytes = system::read_file(folder_ / "pin", kPinBytesMax);
  if (bytes) return std::string(text_view(*bytes));
  if (bytes.error().code == ErrorCode::not_found) return card_.checkpoint_note;
  return bytes.error();
}
Result<> ArchiveProfile::advance_pin(std::string_view note, std::uint64_t size) const {
  DEPONE_ASSIGN(const auto held, lock());
  DEPONE_ASSIGN(const auto before, pin());
  DEPONE_ASSIGN(const auto pinned, crypto::log::open_checkpoint(before, card_.log_key()));
  if (pinned.size >= size) return {};
  return system::write_file_durably(folder_ / "pin", view(note), system::IfExists::replace);
}
Result<system::FolderLock> ArchiveProfile::lock() const { return system::FolderLock::wait(folder_); }

std::string ArchiveProfile::deposit_key(const Identity& identity, const crypto::Digest& plaintext,
                                        const crypto::CaseId& case_id) const {
  const auto key = identity.local_key("deposits");
  crypto::Digest out;
  crypto::blake2b_256(key.expose(), {card_.genesis.span(), case_id.span(), plaintext.span()}, out.bytes);
  return crypto::to_hex(out.span());
}
Result<std::optional<std::string>> ArchiveProfile::deposited(const Identity& identity, const crypto::Digest& plaintext,
                                                             const crypto::CaseId& case_id) const {
  DEPONE_ASSIGN(const auto deposits, read_deposits(folder_ / "deposits"));
  const auto key = deposit_key(identity, plaintext, case_id);
  std::optional<std::string> item;
  for (const auto& line : deposits.lines) {
    if (line.key == key) item = line.item;
  }
  return item;
}
Result<bool> ArchiveProfile::deposited_of_size(std::uint64_t size) const {
  DEPONE_ASSIGN(const auto deposits, read_deposits(folder_ / "deposits"));
  return std::ranges::find(deposits.lines, std::to_string(size), &DepositLine::size) != deposits.lines.end();
}
Result<> ArchiveProfile::note_deposit(const Identity& identity, const crypto::Digest& plaintext, std::uint64_t size,
                                      const crypto::CaseId& case_id, std::string_view item) const {
  const DepositNote one{plaintext, size, std::string(item)};
  return note_deposits(identity, case_id, {&one, 1});
}
Result<> ArchiveProfile::note_deposits(const Identity& identity, const crypto::CaseId& case_id,
                                       std::span<const DepositNote> noted) const {
  DEPONE_ASSIGN(const auto held, lock());
  const auto path = folder_ / "deposits";
  DEPONE_ASSIGN(const auto deposits, read_deposits(path));
  DEPONE_ASSIGN(auto file, system::File::open_or_create(path));
  DEPONE_TRY(file.truncate(deposits.whole_bytes));
  std::string lines;
  for (const auto& one : noted)
    lines += fmt::format("{} {} {}\n", deposit_key(identity, one.plaintext, case_id), one.size, one.item);
  return file.write_at(deposits.whole_bytes, view(lines));
}

std::filesystem::path Profile::default_folder() {
  if (const char* const data = std::getenv("XDG_DATA_HOME"); data != nullptr && *data == '/')
    return std::filesystem::path(data) / "depone";
  const char* const home = std::getenv("HOME");
  return std::filesystem::path(home == nullptr ? "." : home) / ".local/share/depone";
}

std::optional<std::filesystem::path> Profile::key_file() const {
  const auto bytes = system::read_file(folder_ / "key_file", kPathBytesMax);
  if (!bytes) return std::nullopt;
  auto text = std::string(text_view(*bytes));
  while (text.ends_with('\n')) text.pop_back();
  // As set_key_file() writes it; anything else was damaged, and names nothing.
  if (!text.starts_with('/') || text.find('\0') != std::string::npos) return std::nullopt;
  return text;
}
Result<> Profile::set_key_file(const std::filesystem::path& key_file) const {
  return system::write_file_durably(folder_ / "key_file", view(std::filesystem::absolute(key_file).string() + '\n'),
                                    system::IfExists::replace);
}

Result<> Profile::forget_key_file() const {
  std::error_code error;
  std::filesystem::remove(folder_ / "key_file", error);
  if (error) return fail(ErrorCode::io, fmt::format("cannot remove {}", (folder_ / "key_file").string()));
  return {};
}

std::vector<std::string> Profile::archives() const {
  std::vector<std::string> names;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "archives", none)) {
    if (std::filesystem::exists(entry.path() / "archive.card", none)) names.push_back(entry.path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

Result<ArchiveProfile> Profile::join(const std::string& name, ByteView card_bytes) const {
  DEPONE_ASSIGN(auto card, parse_archive_card(card_bytes));
  if (!is_archive_name(name))
    return fail(ErrorCode::input, "an archive's short name is 1 to 40 small letters, digits, '.', '_' and '-'");
  if (!crypto::suite_is_built(card.facts.intake.suite)) {
    return fail(ErrorCode::unsupported, fmt::format("this archive seals with the suite {}, which this program was "
                                                    "built without; it needs OpenSSL 3.5 or later (Debian 13)",
                                                    crypto::to_string(card.facts.intake.suite)));
  }
  for (const auto& other : archives()) {
    DEPONE_ASSIGN(const auto known, archive(other));
    if (known.card().genesis == card.genesis && other != name)
      return fail(ErrorCode::exists, fmt::format("this archive was joined already, as '{}'", other));
    if (other == name && known.card().genesis != card.genesis)
      return fail(ErrorCode::exists, fmt::format("'{}' is the name of another archive; choose one with --name", name));
  }
  const auto folder = folder_ / "archives" / name;
  DEPONE_TRY(system::make_folders(folder / "receipts"));
  DEPONE_TRY(system::write_file_durably(folder / "archive.card", card_bytes, system::IfExists::replace));
  return ArchiveProfile(name, folder, std::move(card));
}

Result<ArchiveProfile> Profile::archive(const std::string& name) const {
  const auto names = archives();
  if (names.empty())
    return fail(ErrorCode::input,
                "no archive was joined yet; get its card from a custodian, then `depone join ARCHIVE_CARD`");
  if (name.empty() && names.size() > 1)
    return fail(ErrorCode::input,
                fmt::format("several archives were joined; choose one with --archive: {}", fmt::join(names, ", ")));
  const auto chosen = name.empty() ? names.front() : name;
  if (std::ranges::find(names, chosen) == names.end())
    return fail(ErrorCode::input,
                fmt::format("no archive '{}' was joined; there are: {}", chosen, fmt::join(names, ", ")));
  const auto folder = folder_ / "archives" / chosen;
  const auto path = folder / "archive.card";
  DEPONE_ASSIGN(const auto bytes, system::read_file(path, kArchiveCardBytesMax));
  auto card = parse_archive_card(bytes);
  if (!card) {
    return fail(card.error().code,
                fmt::format("{} was damaged ({}); restore it from a copy, or remove it and get the card from a "
                            "custodian again: `depone join ARCHIVE_CARD --name {}`",
                            path.string(), card.error().detail, chosen));
  }
  return ArchiveProfile(chosen, folder, std::move(*card));
}

}  // namespace depone::client
