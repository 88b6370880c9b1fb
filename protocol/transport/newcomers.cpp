#include "protocol/transport/newcomers.h"

#include <algorithm>

namespace depone::protocol::transport {

bool Newcomers::may_begin(const std::string& source, Clock::time_point now) {
  if (sources_.size() >= kSourcesMax) forget_quiet_sources(now);
  auto found = sources_.find(source);
  if (found == sources_.end()) {
    // With too many sources to count each, all others share the whole.
    if (sources_.size() >= kSourcesMax) return all_.take(now);
    system::TokenBucket fresh(per_second_of_source_, per_second_of_source_ * kBurstSeconds, now);
    found = sources_.emplace(source, fresh).first;
  }
  return found->second.take(now) && all_.take(now);
}

void Newcomers::forget_quiet_sources(Clock::time_point now) {
  for (auto one = sources_.begin(); one != sources_.end();) {
    one = one->second.is_full(now) ? sources_.erase(one) : std::next(one);
  }
}

void Newcomers::remove(Id id) {
  for (auto of = waiting_.begin(); of != waiting_.end(); ++of) {
    if (std::erase(of->second, id) == 0) continue;
    if (of->second.empty()) waiting_.erase(of);
    return;
  }
}

std::size_t Newcomers::size() const {
  std::size_t all = 0;
  for (const auto& [source, ids] : waiting_) all += ids.size();
  return all;
}

std::optional<Newcomers::Id> Newcomers::least_missed() const {
  const auto most = std::ranges::max_element(waiting_, {}, [](const auto& of) { return of.second.size(); });
  return most == waiting_.end() ? std::nullopt : std::optional(most->second.front());
}

}  // namespace depone::protocol::transport
