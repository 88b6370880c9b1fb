// memory_grep PID TEXT…: which of the texts stand in the memory of a running process, as a core dump of it would hold
// it. Prints each that does; exit code 1 if any. For the end-to-end tests.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace {

struct Region {
  std::uint64_t from = 0, to = 0;
};

std::vector<Region> readable_regions(const std::string& process) {
  std::vector<Region> out;
  std::ifstream maps(process + "/maps");
  for (std::string line; std::getline(maps, line);) {
    Region region;
    char mode[5] = {};
    if (std::sscanf(line.c_str(), "%lx-%lx %4s", &region.from, &region.to, mode) != 3) continue;
    if (mode[0] == 'r' && line.find("[vvar") == std::string::npos) out.push_back(region);
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const auto process = std::string("/proc/") + argv[1];
  const std::vector<std::string> texts(argv + 2, argv + argc);
  std::size_t longest = 0;
  for (const auto& text : texts) longest = std::max(longest, text.size());
  const int memory = ::open((process + "/mem").c_str(), O_RDONLY | O_CLOEXEC);
  const auto regions = readable_regions(process);
  if (memory < 0 || regions.empty()) {
    std::fprintf(stderr, "memory_grep: cannot read the memory of %s\n", argv[1]);
    return 2;
  }
  std::vector<bool> found(texts.size());
  std::uint64_t bytes = 0;
  std::string window;
  for (const auto& region : regions) {
    window.clear();
    for (auto at = region.from; at < region.to;) {
      constexpr std::uint64_t kPiece = 1 << 20;
      const auto kept = std::min<std::size_t>(window.size(), longest);  // a text may lie across two pieces
      window.erase(0, window.size() - kept);
      const auto want = std::min(kPiece, region.to - at);
      window.resize(kept + want);
      const auto n = ::pread(memory, window.data() + kept, want, static_cast<off_t>(at));
      if (n <= 0) break;
      window.resize(kept + static_cast<std::size_t>(n));
      for (std::size_t i = 0; i < texts.size(); ++i) {
        const std::boyer_moore_searcher searcher(texts[i].begin(), texts[i].end());
        if (!found[i]) found[i] = std::search(window.begin(), window.end(), searcher) != window.end();
      }
      at += static_cast<std::uint64_t>(n);
      bytes += static_cast<std::uint64_t>(n);
    }
  }
  std::printf("read %lu KiB\n", bytes / 1024);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (found[i]) std::printf("found %s\n", texts[i].c_str());
  }
  return std::find(found.begin(), found.end(), true) == found.end() ? 0 : 1;
}
