#include "daemon/store/uploads.h"

#include <fmt/format.h>
#include <unistd.h>

#include "protocol/record/values.h"

namespace depone::daemon::store {

using protocol::record::Reason;
using protocol::record::TimePoint;

namespace {

constexpr std::uint64_t kWritebackBytes = 8 << 20;  // begin writing back so often: the last sync is then short
constexpr std::uint64_t kDurableBytes = 64 << 20;   // and record an offset so often
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

}  // namespace

struct Uploads::Upload {
  std::mutex mutex;
  UploadId id;
  crypto::KeyId owner;
  std::uint64_t length = 0;
  std::uint64_t received = 0;
  std::uint64_t durable = 0;
  std::uint64_t written_back = 0;
  TimePoint touched;
  system::File file;
  std::optional<crypto::Sha256> hash;  // of all that was received; nothing after a restart
  std::uint64_t turn = 0;              // of the last writer
};

Result<std::unique_ptr<Uploads>> Uploads::open(std::filesystem::path folder, UploadLimits limits) {
  DEPONE_TRY(system::make_folders(folder));
  std::unique_ptr<Uploads> uploads(new Uploads(std::move(folder), limits));
  std::vector<std::filesystem::path> states;
  for (const auto& entry : std::filesystem::directory_iterator(uploads->folder_)) {
    if (entry.path().extension() == ".state") states.push_back(entry.path());
  }
  for (const auto& state : states) DEPONE_TRY(uploads->load(state));
  return uploads;
}

Result<> Uploads::load(const std::filesystem::path& state_file) {
  const auto id_bytes = protocol::record::from_base32(state_file.stem().string());
  const auto id = id_bytes ? UploadId::from(*id_bytes) : std::nullopt;
  DEPONE_ASSIGN(const auto text, system::read_file(state_file, kStateBytesMax));
  DEPONE_ASSIGN(const StateForm form, protocol::record::parse_form<StateForm>(text, "the state of an upload"));
  if (!id) return fail(ErrorCode::malformed, "the uploads folder holds a file of a strange name");
  auto upload = std::make_shared<Upload>();
  upload->id = *id;
  upload->owner = form.owner;
  upload->length = form.length;
  upload->received = upload->durable = upload->written_back = form.offset;
  upload->touched = form.touched;
  auto file = system::File::open_or_create(path_of(*id));
  if (!file) return file.error();
  upload->file = std::move(*file);
  DEPONE_TRY(upload->file.truncate(form.offset));  // what came after it may be torn
  uploads_.emplace(*id, std::move(upload));
  return {};
}

std::filesystem::path Uploads::path_of(const UploadId& id) const {
  return folder_ / protocol::record::to_base32(id.span());
}

void Uploads::record(const Upload& upload) {
  const auto text =
      protocol::record::write_form(StateForm{1, upload.owner, upload.length, upload.durable, upload.touched});
  auto path = path_of(upload.id);
  path += ".state";
  if (const auto written = system::write_file_durably(path, view(text), system::IfExists::replace); !written) {
    throw system::AmbiguousWrite(written.error().detail);
  }
}

void Uploads::make_durable(Upload& upload) {
  if (upload.durable == upload.received) return;
  upload.file.sync();
  upload.durable = upload.received;
  record(upload);
}

std::optional<Reason> Uploads::create(const crypto::KeyId& owner, std::uint64_t length, TimePoint now, UploadId& id) {
  const std::lock_guard lock(mutex_);
  std::uint64_t unfinished = length;
  std::size_t own = 0;
  for (const auto& [other, upload] : uploads_) {
    unfinished += upload->length;
    own += upload->owner == owner;
  }
  if (length > limits_.bytes_max) return Reason::request_too_large;
  if (unfinished > limits_.unfinished_bytes_max || own >= limits_.unfinished_per_member_max)
    return Reason::upload_quota;
  auto upload = std::make_shared<Upload>();
  id = upload->id = crypto::random_fixed<UploadId>();
  upload->owner = owner;
  upload->length = length;
  upload->touched = now;
  upload->hash.emplace();
  auto file = system::File::create_new(path_of(id));
  if (!file) throw std::runtime_error(file.error().detail);
  upload->file = std::move(*file);
  record(*upload);
  uploads_.emplace(id, std::move(upload));
  return std::nullopt;
}

std::shared_ptr<Uploads::Upload> Uploads::find(const UploadId& id, const crypto::KeyId& owner) {
  const std::lock_guard lock(mutex_);
  const auto found = uploads_.find(id);
  return found == uploads_.end() || found->second->owner != owner ? nullptr : found->second;
}

std::optional<Uploads::Standing> Uploads::standing(const UploadId& id, const crypto::KeyId& owner) {
  const auto upload = find(id, owner);
  if (!upload) return std::nullopt;
  const std::lock_guard lock(upload->mutex);
  return Standing{upload->durable, upload->length};
}

std::optional<Reason> Uploads::append(const UploadId& id, const crypto::KeyId& owner, std::uint64_t offset,
                                      TimePoint now, std::unique_ptr<Writer>& writer) {
  const auto upload = find(id, owner);
  if (!upload) return Reason::upload_unknown;
  std::uint64_t turn = 0;
  {
    const std::lock_guard lock(upload->mutex);
    turn = ++upload->turn;  // a writer that stalled finds this out at its next bytes
    make_durable(*upload);
    if (offset != upload->durable) return Reason::upload_offset;
    upload->touched = now;
  }
  writer = std::make_unique<Writer>(*this, upload, turn);
  return std::nullopt;
}

Uploads::Writer::Writer(Uploads& uploads, std::shared_ptr<Upload> upload, std::uint64_t turn)
    : uploads_(uploads),
      upload_(std::move(upload)),
      turn_(turn) {}
Uploads::Writer::~Writer() {
  if (!finished_) finish();
}
std::uint64_t Uploads::Writer::offset() const { return upload_->received; }
std::uint64_t Uploads::Writer::left() const { return upload_->length - upload_->received; }

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
  if (upload.received - upload.durable >= kDurableBytes) uploads_.make_durable(upload);
  return {};
}

std::uint64_t Uploads::Writer::finish() {
  finished_ = true;
  const std::lock_guard lock(upload_->mutex);
  if (turn_ == upload_->turn) uploads_.make_durable(*upload_);
  return upload_->durable;
}

std::uint64_t Uploads::Writer::take_back(std::uint64_t offset) {
  finished_ = true;
  auto& upload = *upload_;
  const std::lock_guard lock(upload.mutex);
  if (turn_ != upload.turn || offset >= upload.received) return upload.durable;
  if (const auto cut = upload.file.truncate(offset); !cut) throw system::AmbiguousWrite(cut.error().detail);
  upload.file.sync();
  upload.received = upload.durable = upload.written_back = offset;
  upload.hash.reset();  // read again when it is complete
  uploads_.record(upload);
  return offset;
}

bool Uploads::remove(const UploadId& id, const crypto::KeyId& owner) {
  if (!find(id, owner)) return false;
  ::unlink(path_of(id).c_str());
  forget(id);
  return true;
}

std::optional<CompleteUpload> Uploads::complete(const UploadId& id, const crypto::KeyId& owner) {
  const auto upload = find(id, owner);
  if (!upload) return std::nullopt;
  const std::lock_guard lock(upload->mutex);
  if (upload->durable != upload->length) return std::nullopt;
  crypto::Digest digest;
  if (upload->hash) {
    digest = upload->hash->finish();
  } else {
    crypto::Sha256 hash;
    Bytes piece(256 * 1024);
    for (std::uint64_t at = 0; at < upload->length;) {
      const auto n = upload->file.read_at(at, piece);
      if (!n || *n == 0) throw std::runtime_error("an upload cannot be read back");
      hash.update(ByteView(piece).first(*n));
      at += *n;
    }
    digest = hash.finish();
  }
  upload->hash.reset();  // finished: asked again, it is read again
  return CompleteUpload{id, path_of(id), digest, upload->length};
}

void Uploads::forget(const UploadId& id) {
  auto state = path_of(id);
  state += ".state";
  ::unlink(state.c_str());
  const std::lock_guard lock(mutex_);
  uploads_.erase(id);
}

std::size_t Uploads::expire(TimePoint now) {
  std::vector<std::pair<UploadId, crypto::KeyId>> old;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, upload] : uploads_) {
      if (now - upload->touched > limits_.kept) old.emplace_back(id, upload->owner);
    }
  }
  for (const auto& [id, owner] : old) remove(id, owner);
  return old.size();
}

}  // namespace depone::daemon::store
