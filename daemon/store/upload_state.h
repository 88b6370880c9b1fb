// What survives of an unfinished upload: uploads/<id> holds the bytes, uploads/<id>.state who sends how many, and how
// far they are durable. Not thread-safe for one id.
#pragma once

#include <filesystem>
#include <vector>

#include "crypto/bytes.h"
#include "protocol/record/time.h"
#include "system/result.h"

namespace depone::daemon::store {

using UploadId = crypto::FixedBytes<struct UploadIdTag, 16>;

struct UploadState {
  UploadId id;
  crypto::KeyId owner;
  std::uint64_t length = 0;
  std::uint64_t offset = 0;  // bytes before it are durable
  protocol::record::TimePoint touched;
};

std::filesystem::path upload_file(const std::filesystem::path& folder, const UploadId& id);
// Durable when it returns; io where there is no room, and then the old state stands. Throws AmbiguousWrite.
Result<> record_state(const std::filesystem::path& folder, const UploadState& state);
// The bytes first, so that what a crash leaves between the two is dropped by recover_uploads.
void remove_upload_files(const std::filesystem::path& folder, const UploadId& id);

// Start-up: cuts each file back to its recorded offset (what came after it may be torn), and removes what cannot go on:
// bytes without a state, a state without its bytes (they became an object) or that cannot be read. Files whose names
// are no upload's are left alone. What it gives is durable. io. Throws AmbiguousWrite.
Result<std::vector<UploadState>> recover_uploads(const std::filesystem::path& folder);

}  // namespace depone::daemon::store
