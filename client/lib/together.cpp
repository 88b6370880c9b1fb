#include "client/lib/together.h"

#include <atomic>
#include <mutex>

#include "client/lib/lanes.h"

namespace depone::client {

namespace {

class Sending {
 public:
  Sending(const ArchiveProfile& archive, const Identity& identity, const CaseTarget& target, std::span<SmallFile> files,
          const system::Clock& clock, const std::function<bool(std::span<Sent>)>& take)
      : unanswered_(archive, identity),
        target_(target),
        files_(files),
        clock_(clock),
        take_(take) {}

  void run(Session& session) {
    for (auto batch = next(); !batch.empty(); batch = next()) {
      auto sent = send(session, batch);
      const std::lock_guard lock(taking_);
      if (!take_(sent)) stopped_ = true;
    }
  }

  void stop() { stopped_ = true; }

 private:
  // The next files that go into one request.
  std::vector<std::size_t> next() {
    const std::lock_guard lock(choosing_);
    std::vector<std::size_t> batch;
    std::size_t bytes = 0;
    while (!stopped_ && next_ < files_.size() && batch.size() < kTogetherMax) {
      bytes += crypto::sealed_object_bytes(files_[next_].size);
      if (!batch.empty() && bytes > kTogetherBytesMax) break;
      batch.push_back(next_++);
    }
    return batch;
  }

  Result<Unanswered> seal_one(Session& session, SmallFile& file) {
    DEPONE_ASSIGN(auto source, system::File::open(file.path));
    return seal(session, target_, std::move(file.description), source, file.size, clock_, nullptr);
  }

  std::vector<Sent> send(Session& session, const std::vector<std::size_t>& batch) {
    std::vector<Sent> out;
    std::vector<Unanswered> sealed;
    std::vector<std::size_t> places;
    std::vector<std::uint64_t> sizes;
    for (const auto index : batch) {
      auto one = seal_one(session, files_[index]);
      if (!one) {
        out.push_back({index, one.error()});
        continue;
      }
      places.push_back(index);
      sizes.push_back(files_[index].size);
      sealed.push_back(std::move(*one));
    }
    if (sealed.empty()) return out;
    const auto kept = unanswered_.keep(sealed, target_.case_id, sizes);
    auto answers = kept ? send_together(session, sealed) : Result<std::vector<Result<Deposit>>>(kept.error());
    for (std::size_t i = 0; i < sealed.size(); ++i) {
      auto deposit = answers ? std::move((*answers)[i]) : Result<Deposit>(answers.error());
      if (!deposit && deposit.error().code == ErrorCode::refused)
        unanswered_.forget(sealed[i].opening.sha256, target_.case_id, sizes[i]);
      out.push_back({places[i], std::move(deposit)});
    }
    return out;
  }

  const UnansweredSubmissions unanswered_;
  const CaseTarget& target_;
  std::span<SmallFile> files_;
  const system::Clock& clock_;
  const std::function<bool(std::span<Sent>)>& take_;
  std::mutex choosing_, taking_;
  std::size_t next_ = 0;
  std::atomic<bool> stopped_ = false;
};

}  // namespace

Result<> submit_together(const ArchiveProfile& archive, const Identity& identity, const std::string& address,
                         const CaseTarget& target, std::span<SmallFile> files, const system::Clock& clock,
                         const std::function<bool(std::span<Sent>)>& take) {
  std::vector<Session> sessions;
  const auto lanes = files.size() > kTogetherMax ? kLanes : 1;
  for (std::size_t i = 0; i < lanes; ++i) {
    DEPONE_ASSIGN(auto session, Session::open(archive, identity, address));
    DEPONE_TRY(session.roster());
    sessions.push_back(std::move(session));
  }
  Sending sending(archive, identity, target, files, clock, take);
  const auto send = [&](std::size_t lane) { sending.run(sessions[lane]); };
  run_lanes(sessions.size(), send, [&] { sending.stop(); });
  return {};
}

}  // namespace depone::client
