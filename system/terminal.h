// What both programs ask of a terminal: whether there is one, its width, and a line that is not echoed.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "system/result.h"

namespace depone::system {

bool is_terminal(int descriptor);
std::size_t terminal_width(int descriptor);  // 80 where it does not say

// Shows `prompt` on the terminal itself and reads a line without echo; the number of bytes, without the newline.
// input: there is no terminal; too_large; interrupted.
Result<std::size_t> read_hidden_line(std::string_view prompt, std::span<std::uint8_t> into);
// Turns echo on again if read_hidden_line() is reading. Async-signal-safe: for a handler that ends the process.
void show_terminal() noexcept;
// A line from a descriptor (--passphrase-fd), byte by byte, so that nothing behind it is taken.
Result<std::size_t> read_line_from(int descriptor, std::span<std::uint8_t> into);

}  // namespace depone::system
