#include "client/cli/output.h"

#include <fmt/format.h>
#include <unistd.h>

#include "protocol/record/form.h"
#include "system/terminal.h"

namespace depone::client::cli {

std::string safe(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    // U+0080 to U+009F are control characters too: C2 80 to C2 9F in UTF-8.
    const bool c1 = byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (byte >= 0x20 && byte != 0x7f && !c1)
      out += text[i];
    else if (c1)
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(text[++i]));
    else
      out += fmt::format("\\x{:02x}", byte);
  }
  return out;
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

// The byte form escapes what is below 0x20 alone; a terminal also obeys U+007F and U+0080 to U+009F. They can stand in
// strings only.
void print_json(const boost::json::value& value) {
  const auto text = protocol::record::write_json(value);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool c1 = byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (c1 || byte == 0x7f)
      out += fmt::format("\\u{:04x}", c1 ? static_cast<unsigned char>(text[++i]) : byte);
    else
      out += text[i];
  }
  fmt::print("{}\n", out);
}

ProgressLine::ProgressLine(std::string what, std::uint64_t total, bool bytes)
    : what_(std::move(what)),
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
