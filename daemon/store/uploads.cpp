#include "daemon/store/uploads.h"

#include <algorithm>
#include <atomic>
#include <stdexcept>

#include "crypto/hash.h"
#include "crypto/secret.h"
#include "system/file.h"

namespace depone::daemon::store {

using protocol::record::Reason;
using protocol::record::TimePoint;

namespace {

constexpr std::uint64_t kWritebackBytes = 8 << 20;  // begin writing back so often: the last sync is then short
constexpr std::uint64_t kDurableBytes = 64 << 20;   // and record an offset so often
constexpr std::size_t kReadBackBytes = 256 * 1024;

crypto::Digest hash_file(const std::filesystem::path& path, std::uint64_t length) {
  const auto file = system::File::open(path);
  if (!file) throw std::runtime_error(file.error().detail);
  crypto::Sha256 hash;
  Bytes piece(kReadBackBytes);
  for (std::uint64_t at = 0; at < length;) {
    const auto n = file->read_at(at, piece);
    if (!n || *n == 0) throw std::runtime_error("an upload cannot be read back");
    hash.update(ByteView(piece).first(*n));
    at += *n;
  }
  return hash.finish();
}

// How many bytes there are; nothing for a file that became an object this moment.
std::optional<std::uint64_t> stored_bytes(const std::filesystem::path& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return error ? std::nullopt : std::optional<std::uint64_t>(size);
}

}  // namespace

struct Uploads::Upload {
  explicit Upload(const UploadState& state)
      : id(state.id),
        owner(state.owner),
        length(state.length),
        durable(state.offset),
        touched(state.touched),
        furthest(state.offset),
        furthest_then(state.offset),
        received(state.offset),
        written_back(state.offset) {}

  const UploadId id;
  const crypto::KeyId owner;
  const std::uint64_t length;
  std::atomic<std::uint64_t> durable;
  std::atomic<TimePoint> touched;
  std::atomic<std::uint64_t> furthest;  // that was ever durable: bytes taken back and sent again are no progress
  std::uint64_t furthest_then;          // when expire() last looked; of Uploads::mutex_

  std::mutex mutex;  // of all that follows
  std::uint64_t received;
  std::uint64_t written_back;
  system::File file;                     // open while a writer has the turn
  std::optional<crypto::Sha256> hash;    // of all that was received; nothing after a restart
  std::optional<crypto::Digest> sha256;  // once complete
  std::uint64_t turn = 0;                // of the last writer
  bool gone = false;                     // removed or adopted: nothing may be written for it any more
};

Result<std::unique_ptr<Uploads>> Uploads::open(std::filesystem::path folder, UploadLimits limits) {
  DEPONE_TRY(system::make_folders(folder));
  DEPONE_ASSIGN(const auto states, recover_uploads(folder));
  std::unique_ptr<Uploads> uploads(new Uploads(std::move(folder), limits));
  for (const auto& state : states) uploads->uploads_.emplace(state.id, std::make_shared<Upload>(state));
  return uploads;
}

Result<> Uploads::record(const Upload& upload, std::uint64_t offset) {
  return record_state(folder_, {upload.id, upload.owner, upload.length, offset, upload.touched});
}

// The order: bytes, then the offset that says so, then the answer.
Result<> Uploads::make_durable(Upload& upload, TimePoint now) {
  if (upload.durable == upload.received) return {};
  upload.file.sync();
  if (upload.received > upload.furthest) {
    upload.furthest = upload.received;
    upload.touched = std::max(upload.touched.load(), now);
  }
  DEPONE_TRY(record(upload, upload.received));
  upload.durable = upload.received;
  return {};
}

std::optional<Reason> Uploads::create(const crypto::KeyId& owner, std::uint64_t length, TimePoint now, UploadId& id) {
  if (length > limits_.bytes_max) return Reason::request_too_large;
  id = crypto::random_fixed<UploadId>();
  const auto upload = std::make_shared<Upload>(UploadState{id, owner, length, 0, now});
  const std::lock_guard writing(upload->mutex);
  {
    const std::lock_guard lock(mutex_);
    std::uint64_t unfinished = length, own_bytes = length;
    std::size_t own = 0;
    for (const auto& [other_id, other] : uploads_) {
      unfinished += other->length;
      if (other->owner != owner) continue;
      own_bytes += other->length;
      ++own;
    }
    if (unfinished > limits_.unfinished_bytes_max || own_bytes > limits_.unfinished_bytes_per_member_max ||
        own >= limits_.unfinished_per_member_max)
      return Reason::upload_quota;
    uploads_.emplace(id, upload);
  }
  const auto file = system::File::create_new(upload_file(folder_, id));
  const auto recorded = file ? record(*upload, 0) : Result<>(file.error());
  if (!recorded) {
    upload->gone = true;
    drop(id);
    remove_upload_files(folder_, id);
    if (recorded.error().code == ErrorCode::no_space) return Reason::storage_full;
    throw std::runtime_error(recorded.error().detail);
  }
  upload->hash.emplace();
  return std::nullopt;
}

std::shared_ptr<Uploads::Upload> Uploads::find(const UploadId& id, const crypto::KeyId& owner) {
  const std::lock_guard lock(mutex_);
  const auto found = uploads_.find(id);
  return found == uploads_.end() || found->second->owner != owner ? nullptr : found->second;
}

void Uploads::drop(const UploadId& id) {
  const std::lock_guard lock(mutex_);
  uploads_.erase(id);
}

std::optional<Uploads::Standing> Uploads::standing(const UploadId& id, const crypto::KeyId& owner) {
  const auto upload = find(id, owner);
  if (!upload) return std::nullopt;
  return Standing{upload->durable, upload->length};
}

std::optional<Reason> Uploads::append(const UploadId& id, const crypto::KeyId& owner, std::uint64_t offset,
                                      TimePoint now, std::unique_ptr<Writer>& writer) {
  const auto upload = find(id, owner);
  if (!upload) return Reason::upload_unknown;
  const std::lock_guard lock(upload->mutex);
  if (upload->gone) return Reason::upload_unknown;
  if (offset != upload->durable && offset != upload->received) return Reason::upload_offset;
  ++upload->turn;  // a writer that stalled finds this out at its next bytes
  if (const auto kept = make_durable(*upload, now); !kept) {
    if (kept.error().code == ErrorCode::no_space) return Reason::storage_full;
    throw std::runtime_error(kept.error().detail);
  }
  if (offset != upload->durable) return Reason::upload_offset;
  if (stored_bytes(upload_file(folder_, id)) != offset) return Reason::upload_unknown;
  if (!upload->file.is_open()) {
    auto file = system::File::open_or_create(upload_file(folder_, id));
    if (!file) throw std::runtime_error(file.error().detail);
    upload->file = std::move(*file);
  }
  writer = std::make_unique<Writer>(*this, upload, upload->turn, now);
  return std::nullopt;
}

Uploads::Writer::Writer(Uploads& uploads, std::shared_ptr<Upload> upload, std::uint64_t turn, TimePoint began)
    : uploads_(uploads),
      upload_(std::move(upload)),
      turn_(turn),
      began_(began) {}
Uploads::Writer::~Writer() {
  if (!finished_) finish();
}
std::uint64_t Uploads::Writer::offset() const {
  const std::lock_guard lock(upload_->mutex);
  return upload_->received;
}
std::uint64_t Uploads::Writer::left() const { return upload_->length - offset(); }

Result<> Uploads::Writer::write(ByteView bytes) {
  auto& upload = *upload_;
  const std::lock_guard lock(upload.mutex);
  if (turn_ != upload.turn) return fail(ErrorCode::refused, "another request went on with this upload");
  if (bytes.size() > upload.length - upload.received)
    return fail(ErrorCode::too_large, "more bytes than the upload said");
  DEPONE_TRY(upload.file.write_at(upload.received, bytes));
  if (upload.hash) upload.hash->update(bytes);
  upload.received += bytes.size();
  if (upload.received - upload.written_back >= kWritebackBytes) {
    upload.file.begin_writeback(upload.written_back, upload.received - upload.written_back);
    upload.written_back = upload.received;
  }
  if (upload.received - upload.durable < kDurableBytes) return {};
  return uploads_.make_durable(upload, began_);
}

std::uint64_t Uploads::Writer::finish() {
  finished_ = true;
  auto& upload = *upload_;
  const std::lock_guard lock(upload.mutex);
  // With no room to record the offset, the file stays open and the older offset is the answer: the sender comes again.
  if (turn_ == upload.turn && uploads_.make_durable(upload, began_)) upload.file = {};
  return upload.durable;
}

std::uint64_t Uploads::Writer::take_back(std::uint64_t offset) {
  finished_ = true;
  auto& upload = *upload_;
  const std::lock_guard lock(upload.mutex);
  if (turn_ != upload.turn || offset >= upload.received) return upload.durable;
  // The offset first: after a crash in between, the file is cut back to it.
  if (const auto recorded = uploads_.record(upload, offset); !recorded)
    throw std::runtime_error(recorded.error().detail);
  upload.received = upload.durable = upload.written_back = offset;
  upload.hash.reset();  // read again when it is complete
  if (const auto cut = upload.file.truncate(offset); !cut) throw std::runtime_error(cut.error().detail);
  upload.file = {};
  return offset;
}

bool Uploads::remove(const UploadId& id, const crypto::KeyId& owner) {
  const auto upload = find(id, owner);
  if (!upload) return false;
  const std::lock_guard lock(upload->mutex);
  if (upload->gone) return false;
  upload->gone = true;
  ++upload->turn;
  upload->file = {};
  remove_upload_files(folder_, id);
  drop(id);
  return true;
}

std::optional<CompleteUpload> Uploads::complete(const UploadId& id, const crypto::KeyId& owner) {
  const auto upload = find(id, owner);
  if (!upload) return std::nullopt;
  const std::lock_guard lock(upload->mutex);
  if (upload->gone || upload->durable != upload->length) return std::nullopt;
  if (stored_bytes(upload_file(folder_, id)) != upload->length) return std::nullopt;
  ++upload->turn;  // a writer that could still take bytes back would do so to an object
  upload->file = {};
  if (!upload->sha256)
    upload->sha256 = upload->hash ? upload->hash->finish() : hash_file(upload_file(folder_, id), upload->length);
  upload->hash.reset();
  return CompleteUpload{id, upload_file(folder_, id), *upload->sha256, upload->length};
}

void Uploads::forget(const UploadId& id) {
  std::shared_ptr<Upload> upload;
  {
    const std::lock_guard lock(mutex_);
    const auto found = uploads_.find(id);
    if (found == uploads_.end()) return;
    upload = found->second;
  }
  remove(id, upload->owner);
}

Uploads::Usage Uploads::usage() {
  const std::lock_guard lock(mutex_);
  Usage out;
  for (const auto& [id, upload] : uploads_) {
    ++out.count;
    out.bytes += upload->length;
  }
  return out;
}

std::size_t Uploads::expire(TimePoint now) {
  std::vector<std::shared_ptr<Upload>> old;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, upload] : uploads_) {
      // A request may take longer than what is kept: what it brought since the last look counts as of now.
      if (const std::uint64_t furthest = upload->furthest; furthest != upload->furthest_then) {
        upload->furthest_then = furthest;
        upload->touched = now;
      }
      if (now - upload->touched.load() > limits_.kept) old.push_back(upload);
    }
  }
  std::size_t gone = 0;
  for (const auto& upload : old) gone += remove(upload->id, upload->owner);
  return gone;
}

}  // namespace depone::daemon::store
