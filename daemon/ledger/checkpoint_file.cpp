#include "daemon/ledger/checkpoint_file.h"

#include <fmt/format.h>

#include "crypto/encoding.h"

namespace depone::daemon::ledger {
namespace {

constexpr std::size_t kFileBytesMax = 256 << 20;

std::string line_of(std::string_view note) { return crypto::to_base64(view(note)) + '\n'; }

}  // namespace

Result<> CheckpointFile::create(const std::filesystem::path& path, std::string_view note) {
  return system::write_file_durably(path, view(line_of(note)), system::IfExists::refuse);
}

Result<crypto::log::Checkpoint> CheckpointFile::last(const std::filesystem::path& path,
                                                     const crypto::log::VerifierKey& log_key) {
  DEPONE_ASSIGN(const auto bytes, system::read_file(path, kFileBytesMax));
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

Result<CheckpointFile> CheckpointFile::open_compacted(const std::filesystem::path& path, std::string_view note) {
  const auto line = line_of(note);
  DEPONE_TRY(system::write_file_durably(path, view(line), system::IfExists::replace));
  DEPONE_ASSIGN(auto file, system::File::open_or_create(path));
  return CheckpointFile(std::move(file), line.size());
}

void CheckpointFile::append(std::string_view note) {
  const auto line = line_of(note);
  if (const auto written = file_.write_at(end_, view(line)); !written)
    throw system::AmbiguousWrite(written.error().detail);
  file_.sync();
  end_ += line.size();
}

}  // namespace depone::daemon::ledger
