#include "client/cli/output.h"

#include <fmt/format.h>
#include <unistd.h>
#include <utf8proc.h>

#include "protocol/record/form.h"
#include "system/terminal.h"

namespace depone::client::cli {

namespace {

// Controls (C0, DEL, C1), and what turns the direction of the text around it: a name could seem to be another one.
bool obeyed_by_terminals(utf8proc_int32_t point) {
  return point < 0x20 || (point >= 0x7f && point <= 0x9f) || (point >= 0x202a && point <= 0x202e) ||
         (point >= 0x2066 && point <= 0x2069);
}

// The text with what `escape` makes of each such character, and of each byte that is not UTF-8 (as -1 and the byte).
template <class Escape>
std::string escaped(std::string_view text, Escape escape) {
  std::string out;
  while (!text.empty()) {
    utf8proc_int32_t point = 0;
    const auto n = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                    static_cast<utf8proc_ssize_t>(text.size()), &point);
    const auto length = n > 0 ? static_cast<std::size_t>(n) : 1;
    if (n <= 0 || obeyed_by_terminals(point))
      out += escape(n > 0 ? point : -1, static_cast<unsigned char>(text.front()));
    else
      out += text.substr(0, length);
    text.remove_prefix(length);
  }
  return out;
}

}  // namespace

std::string safe(std::string_view text) {
  return escaped(text, [](utf8proc_int32_t point, unsigned char byte) {
    return point < 0x80 ? fmt::format("\\x{:02x}", byte) : fmt::format("\\u{:04x}", point);
  });
}

std::string human_bytes(std::uint64_t bytes) {
  if (bytes < 1024) return fmt::format("{} B", bytes);
  double value = static_cast<double>(bytes);
  const char* unit = "B";
  for (const char* const next : {"KiB", "MiB", "GiB", "TiB"}) {
    if (value < 1024) break;
    value /= 1024;
    unit = next;
  }
  return fmt::format("{:.1f} {}", value, unit);
}

bool stdin_is_terminal() { return system::is_terminal(STDIN_FILENO); }
bool stdout_is_terminal() { return system::is_terminal(STDOUT_FILENO); }

std::string bold(std::string_view text) {
  return stdout_is_terminal() ? fmt::format("\033[1m{}\033[0m", text) : std::string(text);
}

// The byte form escapes what is below 0x20 alone, and passes on names that are not UTF-8. Both stand in strings only.
void print_json(const boost::json::value& value) {
  fmt::print("{}\n", escaped(protocol::record::write_json(value), [](utf8proc_int32_t point, unsigned char) {
               return point < 0 ? std::string("\\ufffd") : fmt::format("\\u{:04x}", point);
             }));
}

ProgressLine::ProgressLine(std::string what, std::uint64_t total, bool bytes)
    : what_(safe(what)),
      total_(total),
      bytes_(bytes),
      terminal_(system::is_terminal(STDERR_FILENO)),
      began_(std::chrono::steady_clock::now()),
      last_(began_) {}

ProgressLine::~ProgressLine() {
  if (shown_) fmt::print(stderr, "\r\033[K");
}

void ProgressLine::show(std::uint64_t done) {
  using namespace std::chrono_literals;
  const auto now = std::chrono::steady_clock::now();
  if (!terminal_ || now - began_ < 1s || now - last_ < 200ms) return;
  last_ = now;
  shown_ = true;
  const double seconds = std::chrono::duration<double>(now - began_).count();
  const double rate = static_cast<double>(done) / seconds;
  const double left = rate > 0 && total_ > done ? static_cast<double>(total_ - done) / rate : 0;
  const auto amount = bytes_ ? fmt::format("{} of {}  {}/s", human_bytes(done), human_bytes(total_),
                                           human_bytes(static_cast<std::uint64_t>(rate)))
                             : fmt::format("{} of {}  {:.0f}/s", done, total_, rate);
  fmt::print(stderr, "\r\033[K{}  {}  {:.0f} s left", what_, amount, left);
}

}  // namespace depone::client::cli
