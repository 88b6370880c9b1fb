#include "daemon/store/upload_state.h"

#include <set>

#include "protocol/record/ids.h"
#include "protocol/record/values.h"
#include "system/file.h"

namespace depone::daemon::store {

using protocol::record::TimePoint;

namespace {

constexpr std::size_t kStateBytesMax = 1024;

struct StateForm {
  std::uint64_t v = 1;
  crypto::KeyId owner;
  std::uint64_t length = 0;
  std::uint64_t offset = 0;
  TimePoint touched;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("v", s.v);
    f("owner", s.owner);
    f("length", s.length);
    f("offset", s.offset);
    f("touched", s.touched);
  }
};

std::filesystem::path state_file(const std::filesystem::path& folder, const UploadId& id) {
  auto path = upload_file(folder, id);
  path += ".state";
  return path;
}

// The upload that a file belongs to: <id>, <id>.state or what a crash left of writing that.
std::optional<UploadId> upload_of(const std::filesystem::path& file) {
  const auto name = file.filename().string();
  const auto id = protocol::record::from_base32(std::string_view(name).substr(0, name.find('.')));
  return id ? UploadId::from(*id) : std::nullopt;
}

// Nothing where the upload cannot go on.
Result<std::optional<UploadState>> recover(const std::filesystem::path& folder, const UploadId& id) {
  const auto text = system::read_file(state_file(folder, id), kStateBytesMax);
  if (!text && text.error().code == ErrorCode::io) return text.error();
  if (!text) return std::nullopt;
  const auto form = protocol::record::parse_form<StateForm>(*text, "the state of an upload");
  if (!form || form->v != 1 || form->offset > form->length) return std::nullopt;
  std::error_code error;
  const auto size = std::filesystem::file_size(upload_file(folder, id), error);
  if (error || size < form->offset) return std::nullopt;
  if (size > form->offset) {
    DEPONE_ASSIGN(auto file, system::File::open_or_create(upload_file(folder, id)));
    DEPONE_TRY(file.truncate(form->offset));
  }
  return UploadState{id, form->owner, form->length, form->offset, form->touched};
}

}  // namespace

std::filesystem::path upload_file(const std::filesystem::path& folder, const UploadId& id) {
  return folder / protocol::record::to_base32(id.span());
}

Result<> record_state(const std::filesystem::path& folder, const UploadState& state) {
  const auto text = protocol::record::write_form(StateForm{1, state.owner, state.length, state.offset, state.touched});
  return system::write_file_durably(state_file(folder, state.id), view(text), system::IfExists::replace);
}

void remove_upload_files(const std::filesystem::path& folder, const UploadId& id) {
  (void)system::remove_file(upload_file(folder, id));
  (void)system::remove_file(state_file(folder, id));
}

Result<std::vector<UploadState>> recover_uploads(const std::filesystem::path& folder) {
  std::set<UploadId> ids;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const auto id = upload_of(entry.path());
    if (!id) continue;
    ids.insert(*id);
    if (entry.path().extension() == ".part") (void)system::remove_file(entry.path());
  }
  std::vector<UploadState> out;
  for (const auto& id : ids) {
    DEPONE_ASSIGN(const auto state, recover(folder, id));
    if (state) {
      out.push_back(*state);
    } else {
      remove_upload_files(folder, id);
    }
  }
  system::sync_folder(folder);  // an offset that was read may be of a state whose name is not durable yet
  return out;
}

}  // namespace depone::daemon::store
