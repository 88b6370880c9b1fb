#include "system/file.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/disk.h"
#include "system/unfinished_file.h"

namespace depone::system {
namespace {

Error system_error(const char* verb, const std::filesystem::path& path) {
  const int number = errno;
  ErrorCode code = code_of_write(number);
  if (number == ENOENT || number == ENOTDIR) code = ErrorCode::not_found;
  if (number == EEXIST) code = ErrorCode::exists;
  return fail(code, fmt::format("cannot {} {}: {}", verb, path.string(), std::strerror(number)));
}

Error system_error(const char* verb) {
  const int number = errno;
  return fail(code_of_write(number), fmt::format("cannot {}: {}", verb, std::strerror(number)));
}

Result<File> open_with(const std::filesystem::path& path, int flags, const char* verb) {
  const int descriptor = disk::open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (descriptor < 0) return system_error(verb, path);
  return File(descriptor);
}

Result<> write_whole(const std::filesystem::path& path, std::span<const std::uint8_t> contents, IfExists if_exists,
                     Durable durable) {
  if (if_exists == IfExists::refuse && ::access(path.c_str(), F_OK) == 0) {
    return fail(ErrorCode::exists, fmt::format("{} exists already", path.string()));
  }
  DEPONE_ASSIGN(auto unfinished, UnfinishedFile::create(path));
  if (auto written = unfinished.file().write(contents); !written) {
    return fail(written.error().code, fmt::format("cannot write {}: {}", path.string(), written.error().detail));
  }
  return unfinished.finish(if_exists, durable);
}

}  // namespace

ErrorCode code_of_write(int number) {
  return number == ENOSPC || number == EDQUOT || number == EFBIG ? ErrorCode::no_space : ErrorCode::io;
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

File::File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
File& File::operator=(File&& other) noexcept {
  if (this != &other) {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = std::exchange(other.descriptor_, -1);
  }
  return *this;
}
File::~File() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<File> File::open(const std::filesystem::path& path) { return open_with(path, O_RDONLY, "open"); }
Result<File> File::create_new(const std::filesystem::path& path) {
  return open_with(path, O_RDWR | O_CREAT | O_EXCL, "create");
}
Result<File> File::open_or_create(const std::filesystem::path& path) {
  return open_with(path, O_RDWR | O_CREAT, "open");
}
Result<File> File::standard_input() {
  const int descriptor = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
  if (descriptor < 0) return system_error("read standard input");
  return File(descriptor);
}

Result<std::uint64_t> File::size() const {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) return system_error("examine a file");
  return static_cast<std::uint64_t>(status.st_size);
}

Result<std::size_t> File::read(std::span<std::uint8_t> into) {
  std::size_t done = 0;
  while (done < into.size()) {
    const ssize_t n = disk::read(descriptor_, into.data() + done, into.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error("read");
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  return done;
}

Result<std::size_t> File::read_at(std::uint64_t offset, std::span<std::uint8_t> into) const {
  std::size_t done = 0;
  while (done < into.size()) {
    const ssize_t n =
        disk::pread(descriptor_, into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error("read");
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  return done;
}

Result<> File::write(std::span<const std::uint8_t> from) {
  while (!from.empty()) {
    const ssize_t n = disk::write(descriptor_, from.data(), from.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error("write");
    from = from.subspan(static_cast<std::size_t>(n));
  }
  return {};
}

Result<> File::write_at(std::uint64_t offset, std::span<const std::uint8_t> from) {
  while (!from.empty()) {
    const ssize_t n = disk::pwrite(descriptor_, from.data(), from.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error("write");
    from = from.subspan(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
  return {};
}

Result<> File::truncate(std::uint64_t size) {
  if (disk::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) return system_error("shorten a file");
  return {};
}

void File::sync() {
  if (disk::fdatasync(descriptor_) != 0)
    throw AmbiguousWrite(fmt::format("fdatasync failed: {}", std::strerror(errno)));
}

Result<> File::take_room(std::uint64_t offset, std::uint64_t length) {
  while (::fallocate(descriptor_, FALLOC_FL_KEEP_SIZE, static_cast<off_t>(offset), static_cast<off_t>(length)) != 0) {
    if (errno == EOPNOTSUPP || errno == ENOSYS) return {};
    if (errno != EINTR) return system_error("take room on the disk");
  }
  return {};
}

void File::begin_writeback(std::uint64_t offset, std::uint64_t length) {
  // A hint: a failure here costs speed, never durability, which sync() alone provides.
  (void)::sync_file_range(descriptor_, static_cast<off_t>(offset), static_cast<off_t>(length), SYNC_FILE_RANGE_WRITE);
}

Result<std::vector<std::uint8_t>> read_file(const std::filesystem::path& path, std::size_t bytes_max) {
  DEPONE_ASSIGN(File file, File::open(path));
  DEPONE_ASSIGN(const std::uint64_t size, file.size());
  if (size > bytes_max) {
    return fail(ErrorCode::too_large, fmt::format("{} is larger than {} bytes", path.string(), bytes_max));
  }
  std::vector<std::uint8_t> contents(size);
  auto got = file.read(contents);
  if (!got) return fail(ErrorCode::io, fmt::format("{}: {}", path.string(), got.error().detail));
  contents.resize(*got);
  return contents;
}

Result<> write_file_durably(const std::filesystem::path& path, std::span<const std::uint8_t> contents,
                            IfExists if_exists) {
  return write_whole(path, contents, if_exists, Durable::yes);
}
Result<> write_file(const std::filesystem::path& path, std::span<const std::uint8_t> contents, IfExists if_exists) {
  return write_whole(path, contents, if_exists, Durable::no);
}

Result<> rename_durably(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (disk::rename(from.c_str(), to.c_str()) != 0) return system_error("move to", to);
  sync_folder(folder_of(to));
  return {};
}

Result<> remove_file(const std::filesystem::path& path) {
  if (disk::unlink(path.c_str()) != 0) return system_error("remove", path);
  return {};
}

void sync_folder(const std::filesystem::path& folder) {
  auto opened = open_with(folder, O_RDONLY | O_DIRECTORY, "open");
  if (!opened || disk::fsync(opened->descriptor()) != 0) {
    throw AmbiguousWrite(fmt::format("fsync of folder {} failed: {}", folder.string(), std::strerror(errno)));
  }
}

void sync_filesystem_of(const std::filesystem::path& folder) {
  auto opened = open_with(folder, O_RDONLY | O_DIRECTORY, "open");
  if (!opened || disk::syncfs(opened->descriptor()) != 0) {
    throw AmbiguousWrite(fmt::format("syncfs of {} failed: {}", folder.string(), std::strerror(errno)));
  }
}

Result<> make_folder(const std::filesystem::path& folder) {
  if (disk::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return system_error("make folder", folder);
  return {};
}

Result<> make_folders(const std::filesystem::path& folder) {
  std::error_code none;
  if (std::filesystem::is_directory(folder, none)) return {};
  std::filesystem::path so_far;
  for (const auto& step : folder) {
    so_far /= step;
    if (so_far.empty()) continue;
    if (disk::mkdir(so_far.c_str(), 0700) == 0)
      sync_folder(folder_of(so_far));
    else if (errno != EEXIST)
      return system_error("make folder", so_far);
  }
  if (!std::filesystem::is_directory(folder)) {
    return fail(ErrorCode::io, fmt::format("{} is not a folder", folder.string()));
  }
  return {};
}

}  // namespace depone::system
