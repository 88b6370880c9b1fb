// Blocking work off the I/O threads: a few threads, each with a connection of its own that can only read. Also for
// fsync and file reads.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "daemon/store/database.h"

namespace depone::daemon::service {

class ReadPool {
 public:
  // One thread a connection.
  explicit ReadPool(std::vector<store::Connection> connections)
      : idle_(std::move(connections)),
        threads_(idle_.size()) {}
  ~ReadPool() { join(); }
  // Waits for what is running; nothing new may be asked after it.
  void join() { threads_.join(); }

  // Runs `work(connection)` on a thread of the pool and resumes the caller where it was. Exceptions come back.
  template <class Work>
  boost::asio::awaitable<std::invoke_result_t<Work, store::Connection&>> run(Work work) {
    using T = std::invoke_result_t<Work, store::Connection&>;
    co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(std::exception_ptr, T)>(
        [this](auto handler, Work inner) {
          auto shared = std::make_shared<decltype(handler)>(std::move(handler));
          boost::asio::post(threads_, [this, shared, work = std::move(inner)]() mutable {
            std::exception_ptr failed;
            std::optional<T> value;
            try {
              const Loan loan(*this);
              value.emplace(work(loan.connection()));
            } catch (...) {
              failed = std::current_exception();
            }
            auto executor = boost::asio::get_associated_executor(*shared);
            boost::asio::post(executor, [shared, failed, value = std::move(value)]() mutable {
              (*shared)(failed, value ? std::move(*value) : T{});
            });
          });
        },
        boost::asio::use_awaitable, std::move(work));
  }

 private:
  // A connection for the time of one piece of work; there are as many as threads.
  class Loan {
   public:
    explicit Loan(ReadPool& pool) : pool_(pool) {
      const std::lock_guard lock(pool_.mutex_);
      connection_.emplace(std::move(pool_.idle_.back()));
      pool_.idle_.pop_back();
    }
    ~Loan() {
      const std::lock_guard lock(pool_.mutex_);
      pool_.idle_.push_back(std::move(*connection_));
    }
    store::Connection& connection() const { return *connection_; }

   private:
    ReadPool& pool_;
    mutable std::optional<store::Connection> connection_;
  };

  std::mutex mutex_;
  std::vector<store::Connection> idle_;
  boost::asio::thread_pool threads_;
};

}  // namespace depone::daemon::service
