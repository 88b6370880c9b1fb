// Unfinished uploads (tus), as files (upload_state.h). An acknowledged offset survives a power cut: a file is cut back
// to its recorded offset when it is opened again. Thread-safe; one writer an upload, and a second supersedes the first.
//
// A full disk is an answer, and what was durable stays so. Whatever else fails here throws; a failed fsync throws
// AmbiguousWrite. An upload holds a file descriptor only while somebody writes to it.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>

#include "crypto/bytes.h"
#include "daemon/store/upload_state.h"
#include "protocol/record/reason.h"
#include "protocol/record/time.h"
#include "system/result.h"

namespace depone::daemon::store {

struct UploadLimits {
  std::uint64_t bytes_max = std::uint64_t{1} << 40;             // of one upload
  std::uint64_t unfinished_bytes_max = std::uint64_t{1} << 42;  // of all
  // Of one member: below the whole, so that nobody takes the room of all others.
  std::uint64_t unfinished_bytes_per_member_max = std::uint64_t{1} << 40;
  std::size_t unfinished_per_member_max = 64;
  std::chrono::hours kept{24 * 7};  // without progress: without more durable bytes than ever before
};

// A complete upload, ready to become an object.
struct CompleteUpload {
  UploadId id;
  std::filesystem::path file;
  crypto::Digest sha256;
  std::uint64_t size = 0;
};

class Uploads {
 public:
  // Opens the folder (made if missing), cutting every file back to what is known to be durable.
  static Result<std::unique_ptr<Uploads>> open(std::filesystem::path folder, UploadLimits limits);

  struct Upload;
  // The right to append, until another takes it, or the upload is complete or removed. When it goes, what was received
  // is made durable and recorded; where that fails in the destructor the process ends. It must not outlive its Uploads.
  class Writer {
   public:
    Writer(Uploads& uploads, std::shared_ptr<Upload> upload, std::uint64_t turn, protocol::record::TimePoint began);
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;
    std::uint64_t offset() const;
    std::uint64_t left() const;
    Result<> write(ByteView bytes);  // refused: superseded; too_large; no_space; io
    // Forgets what came since `offset`: its checksum was wrong. The new offset.
    std::uint64_t take_back(std::uint64_t offset);
    std::uint64_t finish();  // makes durable; the new offset. Throws AmbiguousWrite

   private:
    Uploads& uploads_;
    std::shared_ptr<Upload> upload_;
    std::uint64_t turn_;
    protocol::record::TimePoint began_;
    bool finished_ = false;
  };

  using Refusal = protocol::record::Reason;
  std::optional<Refusal> create(const crypto::KeyId& owner, std::uint64_t length, protocol::record::TimePoint now,
                                UploadId& id);
  // Durable offset and length, without waiting for any disk. Another member's upload is as unknown as none.
  struct Standing {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
  };
  std::optional<Standing> standing(const UploadId& id, const crypto::KeyId& owner);
  // Takes the turn from a writer that stalled. An offset that is not where the upload stands takes nothing.
  std::optional<Refusal> append(const UploadId& id, const crypto::KeyId& owner, std::uint64_t offset,
                                protocol::record::TimePoint now, std::unique_ptr<Writer>& writer);
  struct Usage {
    std::size_t count = 0;
    std::uint64_t bytes = 0;  // that they are to have
  };
  Usage usage();
  const UploadLimits& limits() const { return limits_; }
  bool remove(const UploadId& id, const crypto::KeyId& owner);
  // All bytes are there and durable; hashes what a restart has forgotten. From then on no writer can take bytes back.
  std::optional<CompleteUpload> complete(const UploadId& id, const crypto::KeyId& owner);
  // After its file was adopted as an object.
  void forget(const UploadId& id);
  // Removes what made no progress for too long; how many.
  std::size_t expire(protocol::record::TimePoint now);

 private:
  Uploads(std::filesystem::path folder, UploadLimits limits) : folder_(std::move(folder)), limits_(limits) {}
  std::shared_ptr<Upload> find(const UploadId& id, const crypto::KeyId& owner);
  void drop(const UploadId& id);
  Result<> record(const Upload& upload, std::uint64_t offset);
  Result<> make_durable(Upload& upload, protocol::record::TimePoint now);

  std::filesystem::path folder_;
  UploadLimits limits_;
  std::mutex mutex_;  // of the map; never held while a disk is waited for
  std::map<UploadId, std::shared_ptr<Upload>> uploads_;
};

}  // namespace depone::daemon::store
