// What a log says of each subject, act and serving, kept in a file and not in memory: records, in parts by a keyed hash
// of what they are about. Who reads one part finds all that was said of one thing, in the order in which it was added,
// and needs memory for the things of that part alone. The key is secret, so that whoever writes a log cannot choose who
// shares a part. Adding is not thread-safe; several threads may read.
//
// The file is a sequence of blocks: u8 part, u24be length, 8 bytes of the SHA-256 of length and records, records; a
// record is 16 bytes of key, u8 length, bytes.
#pragma once

#include <array>
#include <bitset>
#include <functional>

#include "crypto/bytes.h"
#include "system/file.h"

namespace depone::policy {

using RecordKey = crypto::FixedBytes<struct RecordKeyTag, 16>;

class KeyedRecords {
 public:
  static constexpr std::size_t kParts = 256;
  using Parts = std::bitset<kParts>;

  static Result<KeyedRecords> create(const std::filesystem::path& path);  // an older file of this name is emptied
  static Result<KeyedRecords> without_name(const std::filesystem::path& folder);  // gone with this object
  // Goes on where the file had this size; what stands behind is cut off. malformed: it is no file of records.
  static Result<KeyedRecords> resume(const std::filesystem::path& path, const crypto::Salt32& salt,
                                     std::uint64_t bytes);

  const crypto::Salt32& salt() const { return salt_; }
  RecordKey key_of(char kind, ByteView name) const;  // thread-safe

  // Records, each with its key and length. Memory is bounded: what was added goes to the file when it fills a block. An
  // error is kept, and said by write_out().
  void add(ByteView records);
  // All that was added stands in the file; io. The file's size is then bytes().
  Result<> write_out();
  void sync() { file_.sync(); }  // throws AmbiguousWrite
  std::uint64_t bytes() const { return bytes_; }

  // Parts that something was added to behind this size of the file.
  Parts changed_since(std::uint64_t bytes) const;
  // After write_out(). damaged, io.
  using Take = std::function<void(const RecordKey& key, ByteView record)>;
  Result<> for_each(std::size_t part, const Take& take) const;

 private:
  struct Block {
    std::uint64_t offset = 0;
    std::uint32_t length = 0;
  };
  explicit KeyedRecords(system::File file);
  Result<> find_blocks(std::uint64_t bytes);
  void end_block(std::size_t part);
  void write_pending();

  system::File file_;
  crypto::Salt32 salt_;
  std::uint64_t bytes_ = 0;  // of the file, and of what is pending
  std::array<std::vector<Block>, kParts> blocks_;
  std::array<Bytes, kParts> open_;  // the block that each part is filling
  Bytes pending_;                   // blocks that are to be written behind the file's end
  Result<> failed_;
};

// Writes one record, with its key, behind others.
void append_record(Bytes& records, const RecordKey& key, ByteView record);

}  // namespace depone::policy
