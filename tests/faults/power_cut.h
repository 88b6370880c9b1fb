// What a disk holds after a power cut: what was synced, and of what was not, nothing, all, or what it happened to
// write. Pessimistic where systems differ: a name is durable by the fsync of its folder alone, contents by that of
// their file.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <random>
#include <vector>

#include "tests/faults/trace.h"

namespace depone::faults {

enum class Unsynced {
  dropped,    // nothing of it
  kept,       // all of it
  torn,       // all of it, but the last write of each file is cut at a sector
  reordered,  // of each write and each name, by lot, all, half or nothing
};
constexpr const char* kUnsyncedNames[] = {"dropped", "kept", "torn", "reordered"};

class PowerCut {
 public:
  // `folder` is there, durably.
  explicit PowerCut(std::filesystem::path folder) : folder_(std::move(folder)) {}

  void take(const Event& event);
  // Whether anything is unsynced, so that the ways differ.
  bool is_ahead() const;
  // Makes `target`, in place of what is there, the folder as it is after a cut now.
  void write_image(const std::filesystem::path& target, Unsynced way, std::mt19937& lot) const;

 private:
  struct Node {
    Bytes durable;
    std::vector<Event> pending;  // writes and truncations
  };
  using Names = std::map<std::string, std::shared_ptr<Node>>;  // null: a folder
  static void apply(Bytes& bytes, const Event& event, std::size_t size);
  static void apply(Names& names, const Event& event, const std::shared_ptr<Node>& node);
  static Bytes contents(const Node& node, Unsynced way, std::mt19937& lot);
  void sync_folder(const std::string& path);
  void pend(const Event& event, std::shared_ptr<Node> node);

  struct Naming {
    Event event;
    std::shared_ptr<Node> node;
  };
  std::filesystem::path folder_;
  std::map<std::uint64_t, std::shared_ptr<Node>> nodes_;  // by inode, as they are now
  Names durable_, now_;
  std::vector<Naming> pending_;
};

}  // namespace depone::faults
