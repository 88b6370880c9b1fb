// A server on loopback, with two I/O threads, that the tests of this folder talk to.
#pragma once

#include <atomic>
#include <future>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <gtest/gtest.h>

#include "protocol/transport/client.h"
#include "protocol/transport/server.h"

namespace depone::protocol::transport {

class RunningServer : public testing::Test {
 protected:
  // How the server of this test answers; set before start().
  Server::Handler handler_;

  void start(ServerLimits limits = {}) {
    server_.emplace(
        io_, Address{"127.0.0.1", 0}, server_key_, limits,
        [this](const crypto::SignPublicKey& key) {
          ++admissions_;
          if (in_admission_) in_admission_();
          const std::lock_guard lock(mutex_);
          return key == admitted_;
        },
        [this](Exchange& exchange) {
          ++handled_;
          return handler_(exchange);
        },
        [this](std::string_view line) {
          const std::lock_guard lock(mutex_);
          logged_ += std::string(line) + '\n';
        });
    ASSERT_TRUE(server_->listen());
    for (int i = 0; i < 2; ++i) threads_.emplace_back([this] { io_.run(); });
  }
  void TearDown() override {
    work_.reset();
    if (server_) {
      std::promise<void> drained;
      server_->stop([&] { drained.set_value(); });
      EXPECT_EQ(drained.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
    }
    io_.stop();
    for (auto& thread : threads_) thread.join();
  }

  Result<Client> connect(const ChannelKey& own, ClientLimits limits = {}) {
    return Client::connect({"127.0.0.1", server_->port()}, own, server_key_.public_key(), limits);
  }
  Client connected() { return connect(member_).value(); }
  void revoke_member() {
    const std::lock_guard lock(mutex_);
    admitted_ = {};
  }
  std::string logged() {
    const std::lock_guard lock(mutex_);
    return logged_;
  }
  // Waits until no connection is open, for at most so long.
  bool all_closed_within(std::chrono::milliseconds most) {
    const auto end = std::chrono::steady_clock::now() + most;
    while (server_->open_connections() > 0 && std::chrono::steady_clock::now() < end)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return server_->open_connections() == 0;
  }
  static ChannelKey new_key() { return ChannelKey(crypto::SigningSeed::random()); }

  ChannelKey server_key_ = new_key(), member_ = new_key();
  crypto::SignPublicKey admitted_ = member_.public_key();
  std::function<void()> in_admission_;
  std::mutex mutex_;
  std::string logged_;
  std::atomic<int> admissions_ = 0, handled_ = 0;
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  std::optional<Server> server_;
  std::vector<std::thread> threads_;
};

}  // namespace depone::protocol::transport
