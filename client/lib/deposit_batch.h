// Depositing many small files. One at a time each waits for two round trips, the archive's disk and this one's; here
// many are under way at once, so that the archive writes them as a group, and what a group needs once (the proof that
// the log grew, the pin, the wait for the disk) is done once. What is believed is the same: each has its own act and
// its own receipt, and counts as deposited when its receipt is verified and durable.
//
// Sealing, checking and the profile stay on the caller's thread; other threads only send bytes, and write receipts.
#pragma once

#include <deque>
#include <future>

#include "client/lib/submitter.h"

namespace depone::client {

class LinePool;

class DepositBatch {
 public:
  static constexpr std::size_t kUnderWayMax = 64;

  // Receipts go to the folder `receipts`.
  DepositBatch(Session& session, CaseTarget target, std::filesystem::path receipts, const system::Clock& clock);
  ~DepositBatch();

  // Seals one whose object rides inside, and sends it. `name` is the caller's, and comes back with the result. An error
  // is of this source alone: nothing of it was sent.
  Result<> add(std::size_t name, ItemDescription description, system::File& source, std::uint64_t size);
  std::size_t under_way() const { return under_way_.size(); }

  struct Settled {
    std::size_t name = 0;
    Result<Deposit> deposit;
  };
  // Waits for the answers of the oldest, until only so many are under way; in the order in which they were added.
  std::vector<Settled> settle(std::size_t leave);

 private:
  struct UnderWay {
    std::size_t name = 0;
    std::uint64_t size = 0;
    Unanswered submission;
    std::future<Result<protocol::transport::Answer>> answer;
  };
  Result<Deposit> read(UnderWay& one, const Result<protocol::transport::Answer>& answer);
  void keep(std::span<Settled> settled, std::span<const UnderWay> sent);

  Session& session_;
  CaseTarget target_;
  std::filesystem::path receipts_;
  const system::Clock& clock_;
  std::deque<UnderWay> under_way_;
  std::unique_ptr<LinePool> lines_;  // last: its threads end before what they use
};

}  // namespace depone::client
