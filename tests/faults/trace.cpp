#include "tests/faults/trace.h"

#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <fcntl.h>
#include <unistd.h>

namespace depone::faults {
namespace {

struct Head {
  std::uint64_t node, number;
  std::uint32_t path, other, bytes;
  std::uint8_t what;
};

}  // namespace

Trace::Trace(const std::filesystem::path& file)
    : descriptor_(::open(file.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600)) {
  if (descriptor_ < 0) throw std::runtime_error("cannot write " + file.string());
}
Trace::~Trace() { ::close(descriptor_); }

void Trace::add(const Event& event) {
  Head head{};
  head.what = static_cast<std::uint8_t>(event.what);
  head.node = event.node;
  head.number = event.number;
  head.path = static_cast<std::uint32_t>(event.path.size());
  head.other = static_cast<std::uint32_t>(event.other.size());
  head.bytes = static_cast<std::uint32_t>(event.bytes.size());
  std::string record(sizeof head, '\0');
  std::memcpy(record.data(), &head, sizeof head);
  record += event.path;
  record += event.other;
  record += text_view(event.bytes);
  const std::lock_guard lock(mutex_);
  if (::write(descriptor_, record.data(), record.size()) != static_cast<ssize_t>(record.size()))
    throw std::runtime_error("the trace cannot be written");
}

std::vector<Event> Trace::read(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  const std::string all(std::istreambuf_iterator<char>(stream), {});
  std::vector<Event> events;
  for (std::size_t at = 0; at < all.size();) {
    Head head{};
    std::memcpy(&head, all.data() + at, sizeof head);
    at += sizeof head;
    const auto take = [&](std::size_t size) {
      at += size;
      return std::string_view(all).substr(at - size, size);
    };
    Event event{static_cast<What>(head.what), head.node, head.number, {}, {}, {}};
    event.path = take(head.path);
    event.other = take(head.other);
    event.bytes = to_bytes(take(head.bytes));
    events.push_back(std::move(event));
  }
  return events;
}

}  // namespace depone::faults
