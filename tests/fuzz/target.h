// A fuzz target: one function over bytes from outside, and the seeds of its corpus. Each is built twice: into
// `fuzz_replay`, which runs a corpus as an ordinary test with any compiler, and with libFuzzer (preset `fuzz`).
//
// A target asserts both directions. What a parser takes must be the one spelling of what it read; a valid object must
// be taken, and the same object with damage that the input chooses must be refused.
#pragma once

#include <string>
#include <vector>

#include <boost/assert/source_location.hpp>

#include "crypto/bytes.h"

namespace depone::fuzz {

struct Seed {
  std::string name;
  Bytes bytes;
};
using Seeds = std::vector<Seed>;

struct Target {
  std::string_view name;
  void (*run)(ByteView input);
  Seeds (*seeds)();
};

// A static one in each target's file makes it known.
struct Registered {
  explicit Registered(const Target& target);
};
const std::vector<Target>& targets();

// Aborts where a target's assertion does not hold.
void require(bool holds, const char* what, boost::source_location where = BOOST_CURRENT_LOCATION);

// What an input asks for, read from its end: its beginning stays what a parser sees.
class Choices {
 public:
  explicit Choices(ByteView input) : rest_(input) {}
  std::size_t below(std::size_t limit);  // 0 where nothing is left
  std::uint8_t byte() { return static_cast<std::uint8_t>(below(256)); }
  std::uint64_t number();  // any, often near a power of two
  bool empty() const { return rest_.empty(); }
  ByteView rest() const { return rest_; }

 private:
  ByteView rest_;
};

// `valid` with one or two changes that the input chooses: bits, bytes, a cut, a run left out, put in, doubled or moved.
// May come out as it went in.
Bytes damaged(ByteView valid, Choices& choices);

// The bytes as a file without a name, 0600. It is there until the next call but one.
std::string file_of(ByteView bytes);

}  // namespace depone::fuzz
