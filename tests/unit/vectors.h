// Known answers as text: lines of `name: value`, `comment:` lines ignored, an empty line between groups.
#pragma once

#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace depone::tests {

struct VectorGroup {
  std::multimap<std::string, std::string> values;
  std::string at(const std::string& name) const {
    const auto found = values.find(name);
    if (found == values.end()) throw std::runtime_error("no vector named " + name);
    return found->second;
  }
  std::vector<std::string> all(const std::string& name) const {
    std::vector<std::string> out;
    for (auto [at, end] = values.equal_range(name); at != end; ++at) out.push_back(at->second);
    return out;
  }
  bool has(const std::string& name) const { return values.contains(name); }
};

// The groups of tests/vectors/`file`.
inline std::vector<VectorGroup> read_vectors(const std::string& file) {
  std::ifstream in(std::string(DEPONE_VECTORS) + "/" + file);
  if (!in) throw std::runtime_error("cannot open vectors " + file);
  std::vector<VectorGroup> groups(1);
  for (std::string line; std::getline(in, line);) {
    if (line.empty()) {
      if (!groups.back().values.empty()) groups.emplace_back();
      continue;
    }
    const auto colon = line.find(':');
    if (colon == std::string::npos) throw std::runtime_error("no colon in " + file + ": " + line);
    auto value = line.substr(colon + 1);
    if (value.starts_with(' ')) value.erase(0, 1);
    if (line.substr(0, colon) != "comment") groups.back().values.emplace(line.substr(0, colon), value);
  }
  if (groups.back().values.empty()) groups.pop_back();
  return groups;
}

}  // namespace depone::tests
