// What happened to the files of an archive and what its people were told, in one order, in a file that outlives the
// process that wrote it: each record is there whole before what it tells of goes on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "crypto/bytes.h"

namespace depone::faults {

enum class What : std::uint8_t {
  // --- of the disk; `node` is an inode
  create,       // node; path, or nothing where it has no name
  write,        // node, number: offset, bytes
  truncate,     // node, number: size
  sync_file,    // node
  name,         // node, path
  rename,       // path, other
  remove,       // path
  make_folder,  // path
  sync_folder,  // path
  sync_all,     //
  // --- of the scenario
  founded,      // the archive was said to be there
  sent,         // node: whose request; path: method and target; other: fields; bytes: body
  answered,     // number: status
  receipt,      // number: seq; bytes: the entry's leaf hash
  head,         // number: size; bytes: root. It was known when an answer began
  served,       // an object's first bytes left
  upload,       // path: its id; number: offset, acknowledged
  upload_over,  // path: its id; it is about to become an object
  sent_again,   // after a restart, what had no answer was asked once more
};

struct Event {
  What what{};
  std::uint64_t node = 0, number = 0;
  std::string path, other;
  Bytes bytes;
};

class Trace {
 public:
  // Appends to this file.
  explicit Trace(const std::filesystem::path& file);
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;
  ~Trace();
  void add(const Event& event);

  static std::vector<Event> read(const std::filesystem::path& file);

 private:
  std::mutex mutex_;
  int descriptor_;
};

}  // namespace depone::faults
