// Work on a sequence, in order at both ends and on several threads between: one thread gets the pieces one after the
// other, ahead of what is needed; `kWorkers` threads work on them as they come; next() hands over the results in their
// order. What is ahead is bounded, by number and by bytes. Joins its threads when it is destroyed.
#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "system/result.h"

namespace depone::system {

template <class Piece, class Done>
class OrderedWork {
 public:
  static constexpr std::size_t kWorkers = 2;
  using Get = std::function<Result<Piece>(std::size_t place)>;
  using Work = std::function<Done(std::size_t worker, std::size_t place, Piece piece)>;  // on several threads
  using Bytes = std::function<std::size_t(const Piece& piece)>;

  OrderedWork(std::size_t count, Get get, Bytes bytes, Work work)
      : count_(count),
        get_(std::move(get)),
        bytes_(std::move(bytes)),
        work_(std::move(work)) {
    threads_.emplace_back([this] { guarded([this] { get_all(); }); });
    for (std::size_t i = 0; i < kWorkers; ++i)
      threads_.emplace_back([this, i] { guarded([this, i] { work_all(i); }); });
  }
  ~OrderedWork() {
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    changed_.notify_all();
    for (auto& thread : threads_) thread.join();
  }
  OrderedWork(const OrderedWork&) = delete;
  OrderedWork& operator=(const OrderedWork&) = delete;

  // The next result; an error of `get` in place of what it could not get. Throws what `get` or `work` threw.
  Result<Done> next() {
    std::unique_lock lock(mutex_);
    const auto place = taken_;
    changed_.wait(lock, [&] { return done_.contains(place) || thrown_ || (failed_ && place >= got_); });
    if (thrown_) std::rethrow_exception(thrown_);
    if (!done_.contains(place)) return *failed_;
    auto found = std::move(done_.extract(place).mapped());
    ++taken_;
    waiting_bytes_ -= found.bytes;
    lock.unlock();
    changed_.notify_all();
    return std::move(found.value);
  }

 private:
  static constexpr std::size_t kAhead = 8;
  static constexpr std::size_t kBytesAhead = 8 << 20;  // and one piece more
  struct Finished {
    Done value;
    std::size_t bytes = 0;
  };

  void get_all() {
    for (std::size_t place = 0; place < count_; ++place) {
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return stopped_ || (place - taken_ < kAhead && waiting_bytes_ < kBytesAhead); });
        if (stopped_) return;
      }
      auto piece = get_(place);
      {
        const std::lock_guard lock(mutex_);
        if (piece) {
          waiting_bytes_ += bytes_(*piece);
          pieces_.emplace(place, std::move(*piece));
          ++got_;
        } else {
          failed_ = piece.error();
        }
      }
      changed_.notify_all();
      if (failed_) return;
    }
  }

  void work_all(std::size_t worker) {
    for (;;) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return stopped_ || !pieces_.empty() || begun_ == count_; });
      if (stopped_ || pieces_.empty()) return;
      auto piece = pieces_.extract(pieces_.begin());
      ++begun_;
      lock.unlock();
      const auto bytes = bytes_(piece.mapped());
      auto value = work_(worker, piece.key(), std::move(piece.mapped()));
      lock.lock();
      done_.emplace(piece.key(), Finished{std::move(value), bytes});
      lock.unlock();
      changed_.notify_all();
    }
  }

  template <class F>
  void guarded(F run) {
    try {
      run();
    } catch (...) {
      {
        const std::lock_guard lock(mutex_);
        thrown_ = std::current_exception();
      }
      changed_.notify_all();
    }
  }

  const std::size_t count_;
  const Get get_;
  const Bytes bytes_;
  const Work work_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::size_t, Piece> pieces_;  // that nobody works on yet
  std::map<std::size_t, Finished> done_;
  std::size_t got_ = 0, begun_ = 0, taken_ = 0, waiting_bytes_ = 0;
  std::optional<Error> failed_;
  std::exception_ptr thrown_;
  bool stopped_ = false;
  std::vector<std::thread> threads_;  // last: they use all the rest
};

}  // namespace depone::system
