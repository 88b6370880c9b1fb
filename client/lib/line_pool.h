// Threads with a line to the archive each, which send what they are handed and bring back the answers, and do other
// work that waits. Thread-safe.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <thread>

#include "client/lib/session.h"

namespace depone::client {

class LinePool {
 public:
  // As many lines as can be had, of `lines_max`. Where there is none, everything that is sent is unreachable.
  LinePool(const Session& session, std::size_t lines_max);
  ~LinePool();

  // `body` must stay where it is until the answer is there. An error: the line broke; it may have arrived.
  std::future<Result<protocol::transport::Answer>> post(std::string target, std::string_view type, ByteView body,
                                                        std::size_t answer_bytes_max);
  std::future<Result<>> run(std::function<Result<>()> work);

 private:
  using Line = std::optional<protocol::transport::Client>;
  void serve(const std::stop_token& stop, Line line);
  void queue(std::function<void(Line&)> work);

  std::mutex mutex_;
  std::condition_variable_any filled_;
  std::deque<std::function<void(Line&)>> waiting_;
  std::vector<std::jthread> threads_;  // last: they end before what they use
};

}  // namespace depone::client
