#include "system/terminal.h"

#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "system/file.h"

namespace depone::system {

namespace {

// What the terminal was like before its echo was turned off: for a signal handler, which may not wait or allocate.
volatile std::sig_atomic_t hidden_terminal = -1;
struct termios shown_before {};

}  // namespace

bool is_terminal(int descriptor) { return ::isatty(descriptor) == 1; }

std::size_t terminal_width(int descriptor) {
  struct winsize size {};
  return ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

Result<std::size_t> read_line_from(int descriptor, std::span<std::uint8_t> into) {
  for (std::size_t size = 0;;) {
    std::uint8_t byte = 0;
    const ssize_t n = ::read(descriptor, &byte, 1);
    if (n < 0 && errno == EINTR) return fail(ErrorCode::interrupted, "interrupted");
    if (n < 0) return fail(ErrorCode::io, "cannot read the passphrase");
    if (n == 0 || byte == '\n') return size;
    if (size == into.size()) return fail(ErrorCode::too_large, "the passphrase is too long");
    into[size++] = byte;
  }
}

Result<std::size_t> read_hidden_line(std::string_view prompt, std::span<std::uint8_t> into) {
  const int descriptor = ::open("/dev/tty", O_RDWR | O_CLOEXEC);
  if (descriptor < 0) {
    return fail(ErrorCode::input,
                "there is no terminal to ask for the passphrase on; use --passphrase-fd or --key-file");
  }
  const File terminal(descriptor);
  ::tcgetattr(descriptor, &shown_before);
  hidden_terminal = descriptor;
  struct termios hidden = shown_before;
  hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  ::tcsetattr(descriptor, TCSAFLUSH, &hidden);
  (void)!::write(descriptor, prompt.data(), prompt.size());
  auto size = read_line_from(descriptor, into);
  ::tcsetattr(descriptor, TCSAFLUSH, &shown_before);
  hidden_terminal = -1;
  (void)!::write(descriptor, "\n", 1);
  return size;
}

void show_terminal() noexcept {
  if (hidden_terminal >= 0) ::tcsetattr(hidden_terminal, TCSANOW, &shown_before);
}

}  // namespace depone::system
