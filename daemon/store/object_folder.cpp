#include "daemon/store/object_folder.h"

#include <unistd.h>

#include "crypto/encoding.h"

namespace depone::daemon::store {

Result<ObjectFolder> ObjectFolder::open(std::filesystem::path folder) {
  DEPONE_TRY(system::make_folders(folder));
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
  if (!std::filesystem::exists(target.parent_path())) {
    DEPONE_TRY(system::make_folders(target.parent_path()));
    system::sync_folder(folder_);
  }
  return system::rename_durably(file, target);
}

Result<> ObjectFolder::remove(const crypto::Digest& object) {
  if (::unlink(path_of(object).c_str()) != 0) return fail(ErrorCode::io, "an object cannot be removed");
  return {};
}

void ObjectFolder::for_each(
    const std::function<void(const std::filesystem::path&, std::optional<crypto::Digest>)>& visit) const {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_)) {
    if (entry.is_directory()) continue;
    auto digest = crypto::fixed_from_hex<crypto::Digest>(entry.path().filename().string());
    if (digest && path_of(*digest) != entry.path()) digest.reset();
    visit(entry.path(), digest);
  }
}

}  // namespace depone::daemon::store
