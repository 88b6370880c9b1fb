// Files: what both programs need of the operating system to write durably, and no more.
//
// Errors that a user can cause (no such file, no permission, no space before anything was written) are Results.
// A failed fsync is an AmbiguousWrite: nobody knows what reached the disk, so the process must stop.
// Paths are bytes; none is ever interpreted. Modes: what Depone writes is 0600, its folders 0700, unless told
// otherwise.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "system/result.h"

namespace depone::system {

// Thrown when it is unknown whether a write is durable.
class AmbiguousWrite : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What a failed write is, by its errno: a quota and a limit on the size of files are no room, too.
ErrorCode code_of_write(int number);

// An open file descriptor, closed by the destructor. Move-only. Not thread-safe, but for read_at.
class File {
 public:
  File() = default;
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;
  ~File();

  static Result<File> open(const std::filesystem::path& path);            // reading; not_found, io
  static Result<File> create_new(const std::filesystem::path& path);      // writing, 0600; exists, io
  static Result<File> open_or_create(const std::filesystem::path& path);  // reading and writing, 0600
  static Result<File> standard_input();

  bool is_open() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }

  Result<std::uint64_t> size() const;
  // Reads until `into` is full or the file ends; returns how much.
  Result<std::size_t> read(std::span<std::uint8_t> into);
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::uint8_t> into) const;
  // Writes all of `from`, or answers `no_space` or `io` (read-only, broken); a part may have been written.
  Result<> write(std::span<const std::uint8_t> from);
  Result<> write_at(std::uint64_t offset, std::span<const std::uint8_t> from);
  Result<> truncate(std::uint64_t size);
  // Makes contents durable. Throws AmbiguousWrite.
  void sync();
  // Takes room for [offset, offset + length) without changing the file's size: no_space. Where the filesystem cannot do
  // that, nothing is taken.
  Result<> take_room(std::uint64_t offset, std::uint64_t length);
  // Asks the kernel to begin writing back [offset, offset + length), without waiting: keeps the final sync short.
  void begin_writeback(std::uint64_t offset, std::uint64_t length);

 private:
  int descriptor_ = -1;
};

// Reads a whole file of at most `bytes_max`; not_found, too_large, io.
Result<std::vector<std::uint8_t>> read_file(const std::filesystem::path& path, std::size_t bytes_max);

// Writes `path` whole and durably: a temporary beside it, fsync, rename, fsync of the folder. A crash leaves the old
// file or the new one. `replace` false answers `exists` if the file is there. Throws AmbiguousWrite.
enum class IfExists { refuse, replace };
Result<> write_file_durably(const std::filesystem::path& path, std::span<const std::uint8_t> contents,
                            IfExists if_exists);
// The same without any fsync, for batches that sync once at their end (sync_folder on each folder, and File::sync).
Result<> write_file(const std::filesystem::path& path, std::span<const std::uint8_t> contents, IfExists if_exists);

// rename(2), then fsync of the target's folder. Throws AmbiguousWrite if that fails.
Result<> rename_durably(const std::filesystem::path& from, const std::filesystem::path& to);
// not_found, io. Durable with the next fsync of its folder.
Result<> remove_file(const std::filesystem::path& path);
// The folder that a path stands in; "." where it names none.
std::filesystem::path folder_of(const std::filesystem::path& path);
// fsync of a folder. Throws AmbiguousWrite.
void sync_folder(const std::filesystem::path& folder);
// All that was written to the filesystem of this folder becomes durable at once: for batches of small files. Throws
// AmbiguousWrite.
void sync_filesystem_of(const std::filesystem::path& folder);
// Makes a folder (0700), unless it is there. Durable with the next fsync of the one that it stands in.
Result<> make_folder(const std::filesystem::path& folder);
// Makes a folder and its missing parents, durably. Throws AmbiguousWrite.
Result<> make_folders(const std::filesystem::path& folder);

}  // namespace depone::system
