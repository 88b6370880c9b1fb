#include "tests/faults/power_cut.h"

#include <algorithm>
#include <fstream>
#include <stdexcept>

namespace depone::faults {
namespace {

constexpr std::size_t kSectorBytes = 512;

std::string parent(const std::string& path) { return std::filesystem::path(path).parent_path().string(); }

}  // namespace

void PowerCut::apply(Bytes& bytes, const Event& event, std::size_t size) {
  if (event.what == What::truncate) {
    bytes.resize(event.number);
    return;
  }
  const auto end = static_cast<std::size_t>(event.number) + size;
  if (bytes.size() < end) bytes.resize(end);
  std::copy_n(event.bytes.begin(), size, bytes.begin() + static_cast<std::ptrdiff_t>(event.number));
}

void PowerCut::apply(Names& names, const Event& event, const std::shared_ptr<Node>& node) {
  if (event.what == What::remove) {
    names.erase(event.path);
  } else if (event.what == What::rename) {
    names.erase(event.path);
    names[event.other] = node;
  } else {
    names[event.path] = node;
  }
}

void PowerCut::sync_folder(const std::string& path) {
  const auto in = [&](const Naming& one) {
    return parent(one.event.path) == path || (one.event.what == What::rename && parent(one.event.other) == path);
  };
  std::vector<Naming> left;
  for (auto& one : pending_) {
    if (in(one))
      apply(durable_, one.event, one.node);
    else
      left.push_back(std::move(one));
  }
  pending_ = std::move(left);
}

void PowerCut::pend(const Event& event, std::shared_ptr<Node> node) {
  apply(now_, event, node);
  pending_.push_back({event, std::move(node)});
}

void PowerCut::take(const Event& event) {
  switch (event.what) {
    case What::create:
      nodes_[event.node] = std::make_shared<Node>();
      if (!event.path.empty()) pend(event, nodes_[event.node]);
      return;
    case What::write:
    case What::truncate:
      nodes_.at(event.node)->pending.push_back(event);
      return;
    case What::sync_file: {
      auto& node = *nodes_.at(event.node);
      for (const auto& one : node.pending) apply(node.durable, one, one.bytes.size());
      node.pending.clear();
      return;
    }
    case What::name:
      return pend(event, nodes_.at(event.node));
    case What::rename:
      return pend(event, now_.at(event.path));
    case What::remove:
    case What::make_folder:
      return pend(event, nullptr);
    case What::sync_folder:
      return sync_folder(event.path);
    case What::sync_all:
      throw std::logic_error("the archive syncs no file system as a whole");
    case What::founded:
    case What::sent:
    case What::answered:
    case What::receipt:
    case What::head:
    case What::served:
    case What::upload:
    case What::upload_over:
    case What::sent_again:
      return;
  }
}

bool PowerCut::is_ahead() const {
  return !pending_.empty() || std::ranges::any_of(nodes_, [](const auto& one) { return !one.second->pending.empty(); });
}

Bytes PowerCut::contents(const Node& node, Unsynced way, std::mt19937& lot) {
  Bytes bytes = node.durable;
  for (const auto& one : node.pending) {
    std::size_t size = one.bytes.size();
    const std::size_t half = size / 2 / kSectorBytes * kSectorBytes;
    if (way == Unsynced::dropped) break;
    if (way == Unsynced::torn && &one == &node.pending.back()) size = half;
    if (way == Unsynced::reordered) {
      const auto drawn = lot() % 4;
      if (drawn == 0) continue;
      if (drawn == 1 && one.what == What::write) size = half;
    }
    apply(bytes, one, size);
  }
  return bytes;
}

void PowerCut::write_image(const std::filesystem::path& target, Unsynced way, std::mt19937& lot) const {
  namespace fs = std::filesystem;
  fs::remove_all(target);
  fs::create_directories(target);
  Names names = durable_;
  for (const auto& one : pending_) {
    if (way == Unsynced::dropped || (way == Unsynced::reordered && lot() % 2 == 0)) continue;
    apply(names, one.event, one.node);
  }
  for (const auto& [path, node] : names) {  // folders come before what is in them
    const auto at = target / fs::path(path).lexically_relative(folder_);
    if (!node) {
      fs::create_directories(at);
      continue;
    }
    if (path.ends_with("-shm") || !fs::exists(at.parent_path())) continue;
    const auto bytes = contents(*node, way, lot);
    std::ofstream(at, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    fs::permissions(at, fs::perms::owner_read | fs::perms::owner_write);
  }
}

}  // namespace depone::faults
