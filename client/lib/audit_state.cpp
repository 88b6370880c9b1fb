#include "client/lib/audit_state.h"

#include <unistd.h>

namespace depone::client {

namespace {
constexpr std::size_t kStateBytesMax = 16 << 20;
}  // namespace

AuditState::AuditState(std::filesystem::path path, system::FolderLock lock)
    : path_(std::move(path)),
      lock_(std::move(lock)) {
  const auto found = system::read_file(path_, kStateBytesMax);
  if (!found || found->empty() || (found->front() != 'a' && found->front() != 'b')) return;
  named_ = static_cast<char>(found->front());
  current_ = named_ == 'a' ? 'b' : 'a';
  was_named_ = true;
  kept_ = text_view(ByteView(*found).subspan(1));
}

Result<AuditState> AuditState::hold(const std::filesystem::path& path) {
  const auto name = path.filename().string() + ".lock";
  auto lock = system::FolderLock::take(system::folder_of(path), name.c_str());
  if (!lock && lock.error().code == ErrorCode::exists)
    return fail(ErrorCode::exists, "another audit of this kind is running here: wait until it ends");
  if (!lock) return lock.error();
  return AuditState(path, std::move(*lock));
}

AuditState::~AuditState() {
  if (path_.empty()) return;  // moved from
  for (const char which : {'a', 'b'}) {
    if (!was_named_ || which != named_) ::unlink(records(which).c_str());
  }
}

std::filesystem::path AuditState::records(char which) const { return path_.string() + ".records-" + which; }

Result<policy::KeyedRecords> AuditState::begin() { return policy::KeyedRecords::create(records(current_)); }

void AuditState::resume(LogAuditor& auditor) {
  if (was_named_ && auditor.resume(view(kept_), records(named_))) current_ = named_;
  kept_.clear();
}

Result<> AuditState::keep(LogAuditor& auditor) {
  DEPONE_ASSIGN(const auto state, auditor.state());
  DEPONE_TRY(system::write_file_durably(path_, view(current_ + state), system::IfExists::replace));
  named_ = current_;
  was_named_ = true;
  return {};
}

void AuditState::drop() {
  was_named_ = false;
  ::unlink(path_.c_str());
}

}  // namespace depone::client
