// What is printed: text from others is never printed raw, colours only on a terminal, progress on standard error.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

namespace depone::client::cli {

// Text from others, safe for a terminal: control characters and what is not UTF-8 are shown as \x1b, \u009b.
std::string safe(std::string_view text);
std::string human_bytes(std::uint64_t bytes);
std::string bold(std::string_view text);           // on a terminal alone
void print_json(const boost::json::value& value);  // with the same escaped, and what is not UTF-8 as U+FFFD
bool stdin_is_terminal();
bool stdout_is_terminal();

// Progress with rate and remaining time, on a terminal, of work that takes over a second.
class ProgressLine {
 public:
  ProgressLine(std::string what, std::uint64_t total, bool bytes = true);
  ~ProgressLine();
  void show(std::uint64_t done);

 private:
  std::string what_;
  std::uint64_t total_;
  bool bytes_;
  bool terminal_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point began_, last_;
};

}  // namespace depone::client::cli
