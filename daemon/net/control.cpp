#include "daemon/net/control.h"

#include <memory>

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace depone::daemon::net {

namespace asio = boost::asio;
using asio::local::stream_protocol;

ControlSocket::ControlSocket(asio::io_context& io, std::filesystem::path path, std::function<RunningStatus()> status)
    : path_(std::move(path)),
      status_(std::move(status)),
      acceptor_(io),
      pause_(io) {}

ControlSocket::~ControlSocket() {
  if (acceptor_.is_open()) ::unlink(path_.c_str());
}

Result<> ControlSocket::listen() {
  ::unlink(path_.c_str());  // left by a daemon that was killed; the folder's lock says that none runs
  boost::system::error_code error;
  const auto old_mask = ::umask(0077);
  if (!acceptor_.open(stream_protocol(), error)) acceptor_.bind(stream_protocol::endpoint(path_.string()), error);
  ::umask(old_mask);
  if (!error) acceptor_.listen(8, error);
  if (error) return fail(ErrorCode::io, fmt::format("cannot make {}: {}", path_.string(), error.message()));
  accept();
  return {};
}

void ControlSocket::accept() {
  acceptor_.async_accept([this](boost::system::error_code error, stream_protocol::socket socket) {
    if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) return;
    if (error) {  // out of descriptors: wait for some to come back
      pause_.expires_after(std::chrono::milliseconds(100));
      pause_.async_wait([this](boost::system::error_code stopped) {
        if (!stopped) accept();
      });
      return;
    }
    const auto shared = std::make_shared<stream_protocol::socket>(std::move(socket));
    const auto text = std::make_shared<std::string>(protocol::api::write_json(status_()));
    asio::async_write(*shared, asio::buffer(*text), [shared, text](boost::system::error_code, std::size_t) {});
    accept();
  });
}

Result<RunningStatus> ask_status(const std::filesystem::path& path) {
  asio::io_context io;
  stream_protocol::socket socket(io);
  boost::system::error_code error;
  if (path.string().size() < 108) socket.connect(stream_protocol::endpoint(path.string()), error);
  if (error || !socket.is_open()) return fail(ErrorCode::unreachable, "no deponed is running on this folder");
  std::string text;
  asio::read(socket, asio::dynamic_buffer(text, 64 * 1024), error);
  return protocol::api::read_json<RunningStatus>(view(text), "the daemon's answer");
}

}  // namespace depone::daemon::net
