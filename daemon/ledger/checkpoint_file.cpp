#include "daemon/ledger/checkpoint_file.h"

#include <algorithm>

#include <fmt/format.h>

#include "crypto/encoding.h"

namespace depone::daemon::ledger {
namespace {

// A note is at most 64 KiB, so 88 KiB in base64. The end of a file that must be read holds the last whole line, the
// newline before it, and what is torn behind it.
constexpr std::size_t kLineBytesMax = 88 * 1024;
constexpr std::size_t kTailBytes = 2 * kLineBytesMax + 1;
constexpr std::uint64_t kRoomBytes = 3 * kLineBytesMax;  // taken at a time; a line is some 300 bytes

std::string line_of(std::string_view note) { return crypto::to_base64(view(note)) + '\n'; }

}  // namespace

Result<> CheckpointFile::create(const std::filesystem::path& path, std::string_view note) {
  return system::write_file_durably(path, view(line_of(note)), system::IfExists::refuse);
}

Result<crypto::log::Checkpoint> CheckpointFile::last(const std::filesystem::path& path,
                                                     const crypto::log::VerifierKey& log_key) {
  DEPONE_ASSIGN(const auto file, system::File::open(path));
  DEPONE_ASSIGN(const auto size, file.size());
  Bytes bytes(static_cast<std::size_t>(std::min<std::uint64_t>(size, kTailBytes)));
  DEPONE_ASSIGN(const auto got, file.read_at(size - bytes.size(), bytes));
  if (got != bytes.size()) return fail(ErrorCode::io, fmt::format("{} cannot be read to its end", path.string()));
  const auto text = text_view(bytes);
  const auto end = text.rfind('\n');  // what follows it is torn
  if (end == std::string_view::npos)
    return fail(ErrorCode::damaged, fmt::format("{} holds no checkpoint", path.string()));
  const auto before = end == 0 ? std::string_view::npos : text.rfind('\n', end - 1);
  const auto begin = before == std::string_view::npos ? 0 : before + 1;
  const auto note = crypto::from_base64(text.substr(begin, end - begin));
  if (!note) return fail(ErrorCode::damaged, fmt::format("the last line of {} is not a checkpoint", path.string()));
  return crypto::log::open_checkpoint(text_view(*note), log_key);
}

Result<CheckpointFile> CheckpointFile::open_compacted(const std::filesystem::path& path, std::string_view note,
                                                      std::uint64_t bytes_max) {
  const auto line = line_of(note);
  DEPONE_TRY(system::write_file_durably(path, view(line), system::IfExists::replace));
  DEPONE_ASSIGN(auto file, system::File::open_or_create(path));
  return CheckpointFile(path, std::move(file), line.size(), bytes_max);
}

// False where the new file could not be written (no room for two): the old one is as it was.
bool CheckpointFile::write_anew(std::string_view line) {
  if (!system::write_file_durably(path_, view(line), system::IfExists::replace)) return false;
  auto file = system::File::open_or_create(path_);
  if (!file) throw system::AmbiguousWrite(file.error().detail);
  file_ = std::move(*file);
  end_ = line.size();
  room_end_ = 0;
  return true;
}

Result<> CheckpointFile::take_room() {
  if (room_end_ >= end_ + kLineBytesMax) return {};
  DEPONE_TRY(file_.take_room(end_, kRoomBytes));
  room_end_ = end_ + kRoomBytes;
  return {};
}

void CheckpointFile::append(std::string_view note) {
  const auto line = line_of(note);
  if (end_ + line.size() > bytes_max_ && write_anew(line)) return;
  if (const auto written = file_.write_at(end_, view(line)); !written)
    throw system::AmbiguousWrite(written.error().detail);
  file_.sync();
  end_ += line.size();
}

}  // namespace depone::daemon::ledger
