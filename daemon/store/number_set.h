// A set of numbers that mostly lie close together: rows, or entries of a log. Two bits or so a number then, 48 bytes
// where each lies by itself.
#pragma once

#include <cstdint>
#include <unordered_map>

namespace depone::daemon::store {

class NumberSet {
 public:
  void insert(std::uint64_t number) { words_[number / 64] |= std::uint64_t{1} << (number % 64); }
  void insert(const NumberSet& others) {
    for (const auto& [place, word] : others.words_) words_[place] |= word;
  }
  bool contains(std::uint64_t number) const {
    const auto word = words_.find(number / 64);
    return word != words_.end() && (word->second >> (number % 64) & 1) != 0;
  }

 private:
  std::unordered_map<std::uint64_t, std::uint64_t> words_;
};

}  // namespace depone::daemon::store
