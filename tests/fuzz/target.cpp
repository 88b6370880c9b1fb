#include "tests/fuzz/target.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace depone::fuzz {
namespace {

std::vector<Target>& registry() {
  static auto* const all = new std::vector<Target>;
  return *all;
}

}  // namespace

Registered::Registered(const Target& target) { registry().push_back(target); }
const std::vector<Target>& targets() { return registry(); }

void require(bool holds, const char* what, boost::source_location where) {
  if (holds) return;
  std::fprintf(stderr, "%s:%u: does not hold: %s\n", where.file_name(), where.line(), what);
  std::abort();
}

std::size_t Choices::below(std::size_t limit) {
  if (limit < 2) return 0;
  std::size_t out = 0;
  for (std::size_t most = limit - 1; most > 0 && !rest_.empty(); most >>= 8) {
    out = out << 8 | rest_.back();
    rest_ = rest_.first(rest_.size() - 1);
  }
  return out % limit;
}

std::uint64_t Choices::number() {
  const auto shift = below(64);
  return (std::uint64_t{1} << shift) - 2 + below(4) + (below(2) == 0 ? 0 : below(std::size_t{1} << 32));
}

namespace {

void change(Bytes& bytes, Choices& choices) {
  constexpr std::size_t kRunMax = 32;
  const auto kind = choices.below(8);
  const auto at = choices.below(bytes.size() + 1);
  const auto run = std::min(choices.below(kRunMax), bytes.size() - at);
  const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(at);
  const auto end = begin + static_cast<std::ptrdiff_t>(run);
  switch (kind) {
    case 0:
      if (at < bytes.size()) bytes[at] ^= static_cast<std::uint8_t>(1u << choices.below(8));
      break;
    case 1:
      if (at < bytes.size()) bytes[at] = choices.byte();
      break;
    case 2:
      bytes.resize(at);
      break;
    case 3:
      bytes.erase(begin, end);
      break;
    case 4:
      for (std::size_t i = 0, n = choices.below(kRunMax); i < n; ++i)
        bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), choices.byte());
      break;
    case 5: {
      const Bytes copy(begin, end);
      bytes.insert(begin, copy.begin(), copy.end());
      break;
    }
    case 6:
      std::rotate(begin, end, bytes.end());
      break;
    default:
      std::reverse(begin, end);
  }
}

}  // namespace

Bytes damaged(ByteView valid, Choices& choices) {
  Bytes out = to_bytes(valid);
  for (auto times = choices.below(3); times > 0; --times) change(out, choices);
  return out;
}

std::string file_of(ByteView bytes) {
  static int last = -1, before = -1;
  if (before >= 0) ::close(before);
  before = std::exchange(last, ::memfd_create("fuzz", MFD_CLOEXEC));
  const bool written = last >= 0 && ::fchmod(last, 0600) == 0 &&
                       ::write(last, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
  require(written, "a file in memory can be written");
  return "/proc/self/fd/" + std::to_string(last);
}

}  // namespace depone::fuzz
