// The checkpoints outside the database: what shows that a database was put back to an earlier state. One line of base64
// a signed checkpoint, appended after each commit and made durable before anything is answered; compacted at start.
#pragma once

#include <filesystem>

#include "crypto/log/checkpoint.h"
#include "system/file.h"

namespace depone::daemon::ledger {

class CheckpointFile {
 public:
  // A new file with the first checkpoint; exists.
  static Result<> create(const std::filesystem::path& path, std::string_view note);
  // The last whole checkpoint of a file; a torn last line is passed over, since nothing was answered on it. not_found,
  // damaged (no valid checkpoint of this log).
  static Result<crypto::log::Checkpoint> last(const std::filesystem::path& path,
                                              const crypto::log::VerifierKey& log_key);
  // Opens for appending, after writing the file anew with this note alone.
  static Result<CheckpointFile> open_compacted(const std::filesystem::path& path, std::string_view note);

  // Durable when it returns. Throws AmbiguousWrite.
  void append(std::string_view note);

 private:
  CheckpointFile(system::File file, std::uint64_t end) : file_(std::move(file)), end_(end) {}
  system::File file_;
  std::uint64_t end_;
};

}  // namespace depone::daemon::ledger
