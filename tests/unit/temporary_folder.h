// A folder of a test's own, removed with all that is in it. In memory where there is room, since a test that founds an
// archive waits for dozens of fsyncs; TMPDIR says otherwise. The end-to-end tests are on the disk.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace depone::tests {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    auto name = (where() / "depone-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  static std::filesystem::path where() {
    constexpr const char* kMemory = "/dev/shm";
    constexpr std::uintmax_t kRoomBytes = 256 << 20;
    std::error_code error;
    const auto space = std::filesystem::space(kMemory, error);
    const bool chosen = std::getenv("TMPDIR") != nullptr;
    return chosen || error || space.available < kRoomBytes ? std::filesystem::temp_directory_path() : kMemory;
  }

  std::filesystem::path path_;
};

}  // namespace depone::tests
