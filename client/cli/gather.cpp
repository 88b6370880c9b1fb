#include "client/cli/gather.h"

#include <algorithm>

#include <fmt/format.h>
#include <unistd.h>

#include "system/file.h"

namespace depone::client::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSidecar = ".depone.toml";
constexpr std::string_view kFolderFile = "depone.toml";
constexpr std::string_view kReceipt = ".receipt.json";

bool is_sidecar(const std::string& name) { return name == kFolderFile || name.ends_with(kSidecar); }

// What its own sidecar says, then what each folder's file says, from the nearest up to `top`.
Result<Said> said_of(const fs::path& file, const fs::path& top) {
  Said said;
  if (const fs::path sidecar = file.string() + std::string(kSidecar); fs::exists(sidecar)) {
    DEPONE_ASSIGN(said, read_sidecar(sidecar));
  }
  for (fs::path folder = file.parent_path();; folder = folder.parent_path()) {
    if (!top.empty()) {
      if (const auto file_of_folder = folder / kFolderFile; fs::exists(file_of_folder)) {
        DEPONE_ASSIGN(const auto outer, read_sidecar(file_of_folder));
        said.fill_from(outer);
      }
    }
    if (top.empty() || folder == top || folder == folder.parent_path()) return said;
  }
}

Result<> add_file(Gathered& out, const fs::path& file, const fs::path& top) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  if (error) return fail(ErrorCode::io, fmt::format("cannot read {}: {}", file.string(), error.message()));
  DEPONE_ASSIGN(auto said, said_of(file, top));
  out.files.push_back({file, file.filename().string(), size, std::move(said)});
  return {};
}

Result<> add_folder(Gathered& out, const fs::path& top) {
  std::vector<fs::path> files;
  std::error_code error;
  auto walk = fs::recursive_directory_iterator(top, error);
  if (error) return fail(ErrorCode::io, fmt::format("cannot read {}: {}", top.string(), error.message()));
  for (; walk != fs::recursive_directory_iterator(); walk.increment(error)) {
    if (error) return fail(ErrorCode::io, fmt::format("cannot read {}: {}", top.string(), error.message()));
    const auto name = walk->path().filename().string();
    if (walk->is_symlink())
      ++out.links;
    else if (name.starts_with('.')) {
      ++out.hidden;
      if (walk->is_directory()) walk.disable_recursion_pending();
    } else if (walk->is_directory())
      continue;
    else if (!walk->is_regular_file())
      ++out.others;
    else if (is_sidecar(name))
      ++out.sidecars;
    else if (name.ends_with(kReceipt))
      ++out.receipts;
    else
      files.push_back(walk->path());
  }
  std::ranges::sort(files);
  for (const auto& file : files) DEPONE_TRY(add_file(out, file, top));
  return {};
}

// Standard input has no length beforehand: its bytes are kept in a file that loses its name at once.
Result<> add_standard_input(Gathered& out, const fs::path& spool) {
  if (out.spooled.is_open()) return fail(ErrorCode::input, "standard input (-) can be named once");
  DEPONE_ASSIGN(auto input, system::File::standard_input());
  const auto named = spool / fmt::format("standard-input.{}", ::getpid());
  DEPONE_ASSIGN(out.spooled, system::File::create_new(named));
  ::unlink(named.c_str());
  Bytes piece(256 * 1024);
  std::uint64_t size = 0;
  for (;;) {
    DEPONE_ASSIGN(const std::size_t n, input.read(piece));
    if (n == 0) break;
    DEPONE_TRY(out.spooled.write(ByteView(piece).first(n)));
    size += n;
  }
  out.files.push_back({fmt::format("/proc/self/fd/{}", out.spooled.descriptor()), "standard-input", size, {}});
  return {};
}

}  // namespace

Result<Gathered> gather(const std::vector<std::string>& named, const std::filesystem::path& spool) {
  Gathered out;
  for (const auto& name : named) {
    if (name == "-") {
      DEPONE_TRY(add_standard_input(out, spool));
      continue;
    }
    fs::path path(name);
    if (path.has_relative_path() && !path.has_filename()) path = path.parent_path();  // "folder/"
    if (!fs::exists(path)) return fail(ErrorCode::not_found, fmt::format("there is no file {}", name));
    if (fs::is_directory(path))
      DEPONE_TRY(add_folder(out, path));
    else if (fs::is_regular_file(path))
      DEPONE_TRY(add_file(out, path, {}));
    else
      return fail(ErrorCode::input, fmt::format("{} is neither a file nor a folder", name));
  }
  return out;
}

}  // namespace depone::client::cli
