// A request and its answer without a wire, and a way to have one handled by the table of calls.
#pragma once

#include <algorithm>
#include <exception>
#include <functional>

#include <boost/asio/co_spawn.hpp>

#include "daemon/net/routes.h"

namespace depone::tests {

class FakeExchange final : public protocol::transport::Exchange {
 public:
  FakeExchange(protocol::transport::RequestHead head, crypto::SignPublicKey peer, Bytes body)
      : request_(std::move(head)),
        peer_(peer),
        body_(std::move(body)) {
    request_.content_length = body_.size();
  }
  const protocol::transport::RequestHead& request() const override { return request_; }
  const crypto::SignPublicKey& peer() const override { return peer_; }
  std::string key_exchange() const override { return "none"; }
  boost::asio::awaitable<Result<std::size_t>> read(std::span<std::uint8_t> into) override {
    const auto n = std::min(into.size(), body_.size() - read_);
    std::copy_n(body_.begin() + static_cast<std::ptrdiff_t>(read_), n, into.begin());
    read_ += n;
    co_return n;
  }
  boost::asio::awaitable<Result<>> begin(protocol::transport::ResponseHead head) override {
    answer = std::move(head);
    begun_ = true;
    co_return Result<>();
  }
  boost::asio::awaitable<Result<>> write(ByteView bytes) override {
    if (on_write) on_write(bytes);
    sent.insert(sent.end(), bytes.begin(), bytes.end());
    largest_write = std::max(largest_write, bytes.size());
    co_return Result<>();
  }
  boost::asio::awaitable<Result<>> finish() override { co_return Result<>(); }
  bool begun() const override { return begun_; }

  protocol::transport::ResponseHead answer;
  Bytes sent;
  std::size_t largest_write = 0;
  std::function<void(ByteView)> on_write;

 private:
  protocol::transport::RequestHead request_;
  crypto::SignPublicKey peer_;
  Bytes body_;
  std::size_t read_ = 0;
  bool begun_ = false;
};

// Throws what the handler threw.
inline void handle_to_its_end(const daemon::service::Archive& archive, FakeExchange& exchange) {
  boost::asio::io_context io;
  std::exception_ptr failed;
  bool ended = false;
  boost::asio::co_spawn(io, daemon::net::handle(archive, exchange), [&](std::exception_ptr error) {
    failed = error;
    ended = true;
  });
  const auto work = boost::asio::make_work_guard(io);
  while (!ended) io.run_one();
  if (failed) std::rethrow_exception(failed);
}

}  // namespace depone::tests
