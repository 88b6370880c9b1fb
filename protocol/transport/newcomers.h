// Connections whose handshake is not over, by where they come from: so many a second may begin, from everywhere and
// from one address, and where all places are taken, one that stalls makes room. Time is the caller's. Not thread-safe.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "system/token_bucket.h"

namespace depone::protocol::transport {

class Newcomers {
 public:
  using Clock = system::TokenBucket::Clock;
  using Id = const void*;
  static constexpr double kBurstSeconds = 10;  // so many seconds' worth may come at once
  static constexpr std::size_t kSourcesMax = 10'000;

  Newcomers(std::size_t per_second, std::size_t per_second_of_source, Clock::time_point now)
      : all_(static_cast<double>(per_second), static_cast<double>(per_second) * kBurstSeconds, now),
        per_second_of_source_(static_cast<double>(per_second_of_source)) {}

  // Whether one more handshake may begin. Who is refused for its source alone takes nothing from the others.
  bool may_begin(const std::string& source, Clock::time_point now);

  void add(Id id, const std::string& source) { waiting_[source].push_back(id); }
  void remove(Id id);
  std::size_t size() const;
  // Who makes room for another: the oldest of the source that has most. A crowd from one place pays for itself.
  std::optional<Id> least_missed() const;

 private:
  void forget_quiet_sources(Clock::time_point now);

  system::TokenBucket all_;
  double per_second_of_source_;
  std::map<std::string, system::TokenBucket> sources_;
  std::map<std::string, std::vector<Id>> waiting_;  // in the order in which they came
};

}  // namespace depone::protocol::transport
