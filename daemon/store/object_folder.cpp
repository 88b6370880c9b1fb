#include "daemon/store/object_folder.h"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <unistd.h>

#include "crypto/encoding.h"

namespace depone::daemon::store {

// All 256 at once: an adoption never has to make one, so two at a time cannot race for its durability.
Result<ObjectFolder> ObjectFolder::open(std::filesystem::path folder) {
  DEPONE_TRY(system::make_folders(folder));
  bool made = false;
  for (unsigned first = 0; first < 256; ++first) {
    const auto part = folder / fmt::format("{:02x}", first);
    if (std::filesystem::exists(part)) continue;
    DEPONE_TRY(system::make_folders(part));
    made = true;
  }
  if (made) system::sync_folder(folder);
  return ObjectFolder(std::move(folder));
}

std::filesystem::path ObjectFolder::path_of(const crypto::Digest& object) const {
  const auto name = crypto::to_hex(object.span());
  return folder_ / name.substr(0, 2) / name;
}

Result<system::File> ObjectFolder::read(const crypto::Digest& object) const {
  return system::File::open(path_of(object));
}
bool ObjectFolder::has(const crypto::Digest& object) const { return std::filesystem::exists(path_of(object)); }

Result<> ObjectFolder::adopt(const std::filesystem::path& file, const crypto::Digest& object) {
  const auto target = path_of(object);
  if (std::filesystem::exists(target)) return fail(ErrorCode::exists, "this object is in the archive already");
  return system::rename_durably(file, target);
}

Result<> ObjectFolder::remove(const crypto::Digest& object) {
  if (::unlink(path_of(object).c_str()) == 0) return {};
  const int number = errno;
  return fail(number == ENOENT ? ErrorCode::not_found : ErrorCode::io,
              fmt::format("an object cannot be removed: {}", std::strerror(number)));
}

void ObjectFolder::for_each(
    const std::function<void(const std::filesystem::path&, std::optional<crypto::Digest>)>& visit) const {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_)) {
    const auto status = entry.symlink_status();
    if (std::filesystem::is_directory(status)) continue;
    auto digest = crypto::fixed_from_hex<crypto::Digest>(entry.path().filename().string());
    if (digest && (!std::filesystem::is_regular_file(status) || path_of(*digest) != entry.path())) digest.reset();
    visit(entry.path(), digest);
  }
}

}  // namespace depone::daemon::store
