// Runs corpora of fuzz targets as ordinary tests.
//   fuzz_replay TARGET FOLDER|FILE   every file of FOLDER, or one: what a finding is reproduced with
//   fuzz_replay --list               the targets
//   fuzz_replay --write-seeds DIR    DIR/<target>/<seed>, the same each time
#include <algorithm>
#include <filesystem>
#include <iostream>

#include "crypto/secret.h"
#include "system/file.h"
#include "tests/fuzz/target.h"

namespace {

using namespace depone;
namespace fs = std::filesystem;

constexpr std::size_t kInputBytesMax = 1 << 20;

int replay(const fuzz::Target& target, const fs::path& folder) {
  std::vector<fs::path> files;
  if (fs::is_regular_file(folder)) files.push_back(folder);
  if (fs::is_directory(folder)) {
    for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  if (files.empty()) {
    std::cerr << "no corpus in " << folder << "\n";
    return 1;
  }
  target.run({});
  for (const auto& file : files) {
    std::cout << file.filename().string() << std::endl;  // flushed: the last line names what crashed
    target.run(system::read_file(file, kInputBytesMax).value());
  }
  std::cout << target.name << ": " << files.size() << " inputs\n";
  return 0;
}

int write_seeds(const fs::path& folder) {
  for (const auto& target : fuzz::targets()) {
    fs::create_directories(folder / target.name);
    for (const auto& seed : target.seeds()) {
      const auto written =
          system::write_file_durably(folder / target.name / seed.name, seed.bytes, system::IfExists::replace);
      if (!written) {
        std::cerr << written.error().detail << "\n";
        return 1;
      }
    }
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (!crypto::prepare_secret_memory(crypto::UnlockedMemory::allow)) return 1;
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 1 && words[0] == "--list") {
    for (const auto& target : fuzz::targets()) std::cout << target.name << "\n";
    return 0;
  }
  if (words.size() == 2 && words[0] == "--write-seeds") return write_seeds(words[1]);
  if (words.size() == 2) {
    for (const auto& target : fuzz::targets()) {
      if (target.name == words[0]) return replay(target, words[1]);
    }
  }
  std::cerr << "usage: fuzz_replay TARGET FOLDER|FILE | --list | --write-seeds DIR\n";
  return 2;
}
