#include "daemon/store/object_folder.h"

#include <fmt/format.h>

#include "crypto/encoding.h"

namespace depone::daemon::store {

// All 256 at once: an adoption never has to make one, so two at a time cannot race for its durability.
Result<ObjectFolder> ObjectFolder::open(std::filesystem::path folder) {
  DEPONE_TRY(system::make_folders(folder));
  bool made = false;
  for (unsigned first = 0; first < 256; ++first) {
    const auto part = folder / fmt::format("{:02x}", first);
    if (std::filesystem::exists(part)) continue;
    DEPONE_TRY(system::make_folder(part));
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
// Who named it may have been killed before the name was durable.
bool ObjectFolder::has(const crypto::Digest& object) const {
  const auto path = path_of(object);
  if (!std::filesystem::exists(path)) return false;
  system::sync_folder(path.parent_path());
  return true;
}

Result<> ObjectFolder::adopt(const std::filesystem::path& file, const crypto::Digest& object) {
  const auto target = path_of(object);
  if (has(object)) return fail(ErrorCode::exists, "this object is in the archive already");
  return system::rename_durably(file, target);
}

Result<> ObjectFolder::remove(const crypto::Digest& object) { return system::remove_file(path_of(object)); }

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
