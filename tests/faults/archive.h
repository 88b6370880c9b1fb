// An archive in a folder, made, started, asked and stopped by the daemon's own code without a wire.
#pragma once

#include <atomic>
#include <memory>

#include "daemon/folder.h"
#include "daemon/ledger/ledger.h"
#include "daemon/ledger/start.h"
#include "daemon/service/archive.h"
#include "system/clock.h"
#include "tests/unit/people.h"

namespace depone::faults {

constexpr int kStopped = 3;  // exit code of a process that an ambiguous write ended, as the daemon ends

// A clock that a test puts forward and back.
class JumpingClock final : public system::Clock {
 public:
  system::TimePoint now() const override { return system::SystemClock().now() + offset_.load(); }
  void jump_by(std::chrono::milliseconds offset) { offset_ = offset_.load() + offset; }

 private:
  std::atomic<std::chrono::milliseconds> offset_{std::chrono::milliseconds(0)};
};

// Everybody, with keys that outlive a process that is killed.
struct People {
  tests::Person custodian{"custodian"}, lawyer{"lawyer"}, investigator{"investigator"}, archivist{"archivist"},
      newcomer{"newcomer"};
  const tests::Person& at(std::size_t index) const;
  std::size_t index_of(const tests::Person& who) const;
};

struct Answer {
  unsigned status = 0;
  std::vector<protocol::transport::Field> fields;
  Bytes body;
};

class Archive {
 public:
  // What `deponed init` does.
  static Result<> found(const daemon::Folder& folder, const std::string& key_file, const tests::Person& custodian,
                        system::TimePoint now);
  // What `deponed run` does before it listens.
  static Result<std::unique_ptr<Archive>> start(const daemon::Folder& folder, const std::string& key_file,
                                                const system::Clock& clock);
  ~Archive();

  // A request, to its end. An exception becomes 500, as the server makes it; an ambiguous write ends the process.
  // `begins` is called before the first byte of an answer leaves.
  Answer ask(const tests::Person& who, std::string method, std::string target,
             std::vector<protocol::transport::Field> fields, Bytes body, const std::function<void(unsigned)>& begins);
  const daemon::ledger::Ledger& ledger() const { return *ledger_; }

 private:
  Archive(const std::filesystem::path& folder, std::unique_ptr<daemon::ledger::Ledger> ledger,
          std::vector<daemon::store::Connection> readers, daemon::store::ObjectFolder objects,
          std::unique_ptr<daemon::store::Uploads> uploads, daemon::ledger::ArchiveKeys keys,
          const system::Clock& clock);

  daemon::ledger::ArchiveKeys keys_;
  daemon::store::ObjectFolder objects_;
  std::unique_ptr<daemon::store::Uploads> uploads_;
  std::unique_ptr<daemon::ledger::Ledger> ledger_;
  daemon::service::ReadPool pool_;
  daemon::store::DiskRoom disk_;
  daemon::service::Capacity capacity_;
  daemon::service::Archive archive_;
};

}  // namespace depone::faults
