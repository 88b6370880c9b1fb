// A real ledger over a folder, founded by a custodian: what the tests of the ledger, of custody and of the calls share.
#pragma once

#include <atomic>
#include <future>

#include <gtest/gtest.h>

#include "daemon/ledger/create.h"
#include "daemon/ledger/ledger.h"
#include "tests/unit/people.h"
#include "tests/unit/temporary_folder.h"

namespace depone::tests {

class TestClock final : public system::Clock {
 public:
  system::TimePoint now() const override { return now_.load(); }
  void advance(std::chrono::milliseconds by) { now_ = now_.load() + by; }

 private:
  std::atomic<system::TimePoint> now_{protocol::record::time_from_text("2026-11-24T03:00:00.000Z").value()};
};

class FoundedLedger : public testing::Test {
 protected:
  using Ledger = daemon::ledger::Ledger;
  using Recorded = daemon::ledger::Recorded;

  FoundedLedger() {
    using daemon::store::Connection;
    auto db = Connection::open(folder_ / "archive.db", key_, Connection::Mode::create).value();
    EXPECT_TRUE(daemon::ledger::found_ledger(db, folder_ / "checkpoints",
                                             {"archive.example/nk", custodian_.card, crypto::SealSuite::x25519, {}},
                                             clock_.now()));
  }
  Result<std::unique_ptr<Ledger>> try_open(
      daemon::ledger::LedgerOptions options = {}, Ledger::RosterChanged changed = nullptr,
      Ledger::Fatal fatal = [](std::string_view) { std::abort(); }) {
    return Ledger::open({folder_ / "archive.db", folder_ / "checkpoints"}, key_, options, clock_, std::move(changed),
                        std::move(fatal));
  }
  void open() { ledger_ = std::move(try_open().value()); }
  void close() { ledger_.reset(); }

  Recorded write(daemon::ledger::Command command) {
    std::promise<Result<Recorded>> done;
    ledger_->write(std::move(command), [&](Result<Recorded> result) { done.set_value(std::move(result)); });
    auto result = done.get_future().get();
    EXPECT_TRUE(result) << (result ? "" : result.error().detail);
    return std::move(*result);
  }
  protocol::record::Seen seen() const {
    const auto checkpoint = crypto::log::open_checkpoint(ledger_->snapshot().checkpoint, ledger_->log_key()).value();
    return {checkpoint.size, checkpoint.root};
  }
  crypto::Digest genesis() const { return ledger_->snapshot().roster->genesis(); }
  // Signed by this person now, having seen the whole log.
  template <class Body>
  protocol::record::Act act(const Person& by, const Body& body) {
    return protocol::record::make_act(by.key, genesis(), seen(), clock_.now(), body);
  }

  TemporaryFolder folder_;
  crypto::DatabaseKey key_ = crypto::DatabaseKey::random();
  TestClock clock_;
  Person custodian_{"custodian"};
  std::unique_ptr<Ledger> ledger_;
};

}  // namespace depone::tests
