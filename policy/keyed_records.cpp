#include "policy/keyed_records.h"

#include <algorithm>

#include <unistd.h>

#include "crypto/encoding.h"
#include "crypto/hash.h"
#include "crypto/secret.h"

namespace depone::policy {

namespace {

constexpr std::size_t kHeadBytes = 1 + 3 + 8;
constexpr std::size_t kBlockBytes = 8 * 1024;  // times kParts is what waits in memory
constexpr std::size_t kPendingBytes = 256 * 1024;
constexpr std::size_t kRecordBytesMax = 255;

using Head = std::array<std::uint8_t, kHeadBytes>;

Head head_of(std::size_t part, ByteView records) {
  Head head{static_cast<std::uint8_t>(part), static_cast<std::uint8_t>(records.size() >> 16),
            static_cast<std::uint8_t>(records.size() >> 8), static_cast<std::uint8_t>(records.size())};
  const auto digest = crypto::sha256({ByteView(head).first(4), records});
  std::copy_n(digest.bytes.begin(), 8, head.begin() + 4);
  return head;
}
std::uint32_t length_in(const Head& head) {
  return std::uint32_t{head[1]} << 16 | std::uint32_t{head[2]} << 8 | head[3];
}

Error damaged() { return fail(ErrorCode::damaged, "what was noted of the log was changed"); }

}  // namespace

void append_record(Bytes& records, const RecordKey& key, ByteView record) {
  records.insert(records.end(), key.bytes.begin(), key.bytes.end());
  records.push_back(static_cast<std::uint8_t>(std::min(record.size(), kRecordBytesMax)));
  records.insert(records.end(), record.begin(), record.end());
}

KeyedRecords::KeyedRecords(system::File file) : file_(std::move(file)), salt_(crypto::random_fixed<crypto::Salt32>()) {}

Result<KeyedRecords> KeyedRecords::create(const std::filesystem::path& path) {
  DEPONE_ASSIGN(auto file, system::File::open_or_create(path));
  DEPONE_TRY(file.truncate(0));
  return KeyedRecords(std::move(file));
}

Result<KeyedRecords> KeyedRecords::without_name(const std::filesystem::path& folder) {
  const auto path = folder / (".records-" + crypto::to_hex(crypto::random_fixed<crypto::Salt16>().span()));
  DEPONE_ASSIGN(auto file, system::File::create_new(path));
  ::unlink(path.c_str());
  return KeyedRecords(std::move(file));
}

Result<KeyedRecords> KeyedRecords::resume(const std::filesystem::path& path, const crypto::Salt32& salt,
                                          std::uint64_t bytes) {
  DEPONE_ASSIGN(auto file, system::File::open_or_create(path));
  KeyedRecords out(std::move(file));
  out.salt_ = salt;
  DEPONE_TRY(out.find_blocks(bytes));
  DEPONE_TRY(out.file_.truncate(bytes));
  return out;
}

Result<> KeyedRecords::find_blocks(std::uint64_t bytes) {
  const auto cut = [] { return fail(ErrorCode::malformed, "what was noted of the log was cut"); };
  DEPONE_ASSIGN(const auto size, file_.size());
  if (size < bytes) return cut();
  while (bytes_ < bytes) {
    Head head;
    DEPONE_ASSIGN(const auto read, file_.read_at(bytes_, head));
    const auto length = length_in(head);
    if (read != head.size() || length == 0 || length > kBlockBytes || bytes - bytes_ < kHeadBytes + length)
      return cut();
    blocks_[head[0]].push_back({bytes_, length});
    bytes_ += kHeadBytes + length;
  }
  return {};
}

RecordKey KeyedRecords::key_of(char kind, ByteView name) const {
  std::array<std::uint8_t, 32> hash;
  const auto tag = static_cast<std::uint8_t>(kind);
  crypto::blake2b_256(salt_.span(), {ByteView(&tag, 1), name}, hash);
  return *RecordKey::from(ByteView(hash).first(RecordKey::kSize));
}

void KeyedRecords::add(ByteView records) {
  while (!records.empty()) {
    const auto size = RecordKey::kSize + 1 + records[RecordKey::kSize];
    const auto part = std::size_t{records[0]};
    auto& open = open_[part];
    if (open.size() + size > kBlockBytes) end_block(part);
    const auto record = records.first(size);
    open.insert(open.end(), record.begin(), record.end());
    records = records.subspan(size);
  }
}

void KeyedRecords::end_block(std::size_t part) {
  auto& open = open_[part];
  if (open.empty()) return;
  const auto head = head_of(part, open);
  blocks_[part].push_back({bytes_, static_cast<std::uint32_t>(open.size())});
  pending_.insert(pending_.end(), head.begin(), head.end());
  pending_.insert(pending_.end(), open.begin(), open.end());
  bytes_ += head.size() + open.size();
  open.clear();
  if (pending_.size() >= kPendingBytes) write_pending();
}

void KeyedRecords::write_pending() {
  if (failed_) failed_ = file_.write_at(bytes_ - pending_.size(), pending_);
  pending_.clear();
}

Result<> KeyedRecords::write_out() {
  for (std::size_t part = 0; part < kParts; ++part) end_block(part);
  write_pending();
  return failed_;
}

KeyedRecords::Parts KeyedRecords::changed_since(std::uint64_t bytes) const {
  Parts out;
  for (std::size_t part = 0; part < kParts; ++part)
    out[part] = !open_[part].empty() || (!blocks_[part].empty() && blocks_[part].back().offset >= bytes);
  return out;
}

Result<> KeyedRecords::for_each(std::size_t part, const Take& take) const {
  Bytes read;
  for (const auto& block : blocks_[part]) {
    read.resize(kHeadBytes + block.length);
    DEPONE_ASSIGN(const auto got, file_.read_at(block.offset, read));
    const auto records = ByteView(read).subspan(kHeadBytes);
    const auto head = head_of(part, records);
    if (got != read.size() || !std::equal(head.begin(), head.end(), read.begin())) return damaged();
    for (auto rest = records; !rest.empty();) {
      const auto size =
          rest.size() > RecordKey::kSize ? RecordKey::kSize + 1 + rest[RecordKey::kSize] : rest.size() + 1;
      if (size > rest.size()) return damaged();
      take(*RecordKey::from(rest.first(RecordKey::kSize)),
           rest.subspan(RecordKey::kSize + 1, size - RecordKey::kSize - 1));
      rest = rest.subspan(size);
    }
  }
  return {};
}

}  // namespace depone::policy
