#include "client/lib/line_pool.h"

namespace depone::client {

namespace transport = protocol::transport;

LinePool::LinePool(const Session& session, std::size_t lines_max) {
  for (std::size_t i = 0; i < lines_max; ++i) {
    auto line = session.another_connection();
    // Without a line it is still of use for work that needs none.
    if (!line && !threads_.empty()) break;
    threads_.emplace_back([this, line = line ? Line(std::move(*line)) : Line()](const std::stop_token& stop) mutable {
      serve(stop, std::move(line));
    });
  }
}
LinePool::~LinePool() = default;

void LinePool::serve(const std::stop_token& stop, Line line) {
  for (;;) {
    std::function<void(Line&)> work;
    {
      std::unique_lock lock(mutex_);
      filled_.wait(lock, stop, [this] { return !waiting_.empty(); });
      if (waiting_.empty()) return;
      work = std::move(waiting_.front());
      waiting_.pop_front();
    }
    work(line);
  }
}

void LinePool::queue(std::function<void(Line&)> work) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(work));
  }
  filled_.notify_one();
}

std::future<Result<transport::Answer>> LinePool::post(std::string target, std::string_view type, ByteView body,
                                                      std::size_t answer_bytes_max) {
  using Outcome = Result<transport::Answer>;
  auto done = std::make_shared<std::promise<Outcome>>();
  auto answer = done->get_future();
  queue([done, target = std::move(target), type = std::string(type), body, answer_bytes_max](Line& line) {
    const auto send = [&]() -> Outcome {
      if (!line || !line->reusable()) return fail(ErrorCode::unreachable, "there is no line to the archive");
      return line->exchange({"POST", target, {{"Content-Type", type}}, body.size()}, body, answer_bytes_max);
    };
    try {
      done->set_value(send());
    } catch (...) {
      done->set_exception(std::current_exception());
    }
  });
  return answer;
}

std::future<Result<>> LinePool::run(std::function<Result<>()> work) {
  auto done = std::make_shared<std::promise<Result<>>>();
  auto result = done->get_future();
  queue([done, work = std::move(work)](Line&) {
    try {
      done->set_value(work());
    } catch (...) {
      done->set_exception(std::current_exception());
    }
  });
  return result;
}

}  // namespace depone::client
