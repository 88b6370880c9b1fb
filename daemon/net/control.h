// DIR/control.sock (0600): how `deponed` subcommands ask the running daemon. One connection, one answer of JSON.
#pragma once

#include <filesystem>
#include <functional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

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
  std::uint64_t connections_max = 0;
  std::uint64_t turned_away = 0;  // connections, since the start: too many, or too fast
  std::uint64_t waiting = 0;      // acts that wait to be written
  std::uint64_t waiting_max = 0;
  std::uint64_t too_often = 0;  // calls refused since the start: their members made the log grow too fast
  std::uint64_t bodies_bytes = 0, bodies_bytes_max = 0;
  std::uint64_t uploads = 0;  // unfinished
  std::uint64_t upload_bytes = 0, upload_bytes_max = 0;
  std::uint64_t free_bytes = 0, free_bytes_min = 0;  // of the disk
  std::uint64_t reserve_bytes = 0;                   // 0: it was given up
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("version", s.version);
    f("listen", s.listen);
    f("origin", s.origin);
    f("log_size", s.log_size);
    f("members", s.members);
    f("cases", s.cases);
    f("connections", s.connections);
    f("connections_max", s.connections_max);
    f("turned_away", s.turned_away);
    f("waiting", s.waiting);
    f("waiting_max", s.waiting_max);
    f("too_often", s.too_often);
    f("bodies_bytes", s.bodies_bytes);
    f("bodies_bytes_max", s.bodies_bytes_max);
    f("uploads", s.uploads);
    f("upload_bytes", s.upload_bytes);
    f("upload_bytes_max", s.upload_bytes_max);
    f("free_bytes", s.free_bytes);
    f("free_bytes_min", s.free_bytes_min);
    f("reserve_bytes", s.reserve_bytes);
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
  boost::asio::steady_timer pause_;
};

// Asks a running daemon; unreachable where none runs.
Result<RunningStatus> ask_status(const std::filesystem::path& path);

}  // namespace depone::daemon::net
