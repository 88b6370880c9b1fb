// The checkpoints outside the database: what shows that a database was put back to an earlier state. One line of base64
// a signed checkpoint, appended after each commit and made durable before anything is answered. Written anew with the
// latest alone at start, and whenever it has grown to a megabyte.
#pragma once

#include <filesystem>

#include "crypto/log/checkpoint.h"
#include "system/file.h"

namespace depone::daemon::ledger {

class CheckpointFile {
 public:
  static constexpr std::uint64_t kBytesMax = 1 << 20;  // beyond it, append() writes the file anew

  // A new file with the first checkpoint; exists.
  static Result<> create(const std::filesystem::path& path, std::string_view note);
  // The last whole checkpoint of a file, of which only the end is read; a torn last line is passed over, since nothing
  // was answered on it. not_found, damaged (no valid checkpoint of this log).
  static Result<crypto::log::Checkpoint> last(const std::filesystem::path& path,
                                              const crypto::log::VerifierKey& log_key);
  // Opens for appending, after writing the file anew with this note alone.
  static Result<CheckpointFile> open_compacted(const std::filesystem::path& path, std::string_view note,
                                               std::uint64_t bytes_max = kBytesMax);

  // Takes room for the next lines, so that append() does not fail for want of it: no_space.
  Result<> take_room();
  // Durable when it returns. A crash leaves this checkpoint or the one before as the last. Throws AmbiguousWrite.
  void append(std::string_view note);

 private:
  CheckpointFile(std::filesystem::path path, system::File file, std::uint64_t end, std::uint64_t bytes_max)
      : path_(std::move(path)),
        file_(std::move(file)),
        end_(end),
        bytes_max_(bytes_max) {}
  bool write_anew(std::string_view line);

  std::filesystem::path path_;
  system::File file_;
  std::uint64_t end_;
  std::uint64_t room_end_ = 0;  // up to where room was taken
  std::uint64_t bytes_max_;
};

}  // namespace depone::daemon::ledger
