// DIR/control.sock (0600): how `deponed` subcommands ask the running daemon. One connection, one answer of JSON.
#pragma once

#include <filesystem>
#include <functional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include "protocol/api/json.h"
#include "system/result.h"

namespace depone::daemon::net {

struct RunningStatus {
  std::string version;
  std::string listen;
  std::string origin;
  std::uint64_t log_size = 0;
  std::uint64_t members = 0;
  std::uint64_t cases = 0;
  std::uint64_t connections = 0;
  std::uint64_t waiting = 0;  // acts that wait to be written
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("version", s.version);
    f("listen", s.listen);
    f("origin", s.origin);
    f("log_size", s.log_size);
    f("members", s.members);
    f("cases", s.cases);
    f("connections", s.connections);
    f("waiting", s.waiting);
  }
};

class ControlSocket {
 public:
  ControlSocket(boost::asio::io_context& io, std::filesystem::path path, std::function<RunningStatus()> status);
  ~ControlSocket();
  Result<> listen();

 private:
  void accept();
  std::filesystem::path path_;
  std::function<RunningStatus()> status_;
  boost::asio::local::stream_protocol::acceptor acceptor_;
};

// Asks a running daemon; unreachable where none runs.
Result<RunningStatus> ask_status(const std::filesystem::path& path);

}  // namespace depone::daemon::net
