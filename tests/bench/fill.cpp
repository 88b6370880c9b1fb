// bench_fill: an archive of many items, written by the real writer in full groups.
//   bench_fill ARCHIVE KEY_FILE HOME CASE ITEMS     HOME: of an investigator who joined; the daemon does not run
// What is sealed is random bytes, which the archive cannot tell from evidence; signatures, commitments and digests
// hold, so that audits of it pass. Prints one JSON object: items, seconds, a second, entries of a group, bytes an item.
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>

#include <fmt/format.h>

#include "crypto/log/checkpoint.h"
#include "daemon/folder.h"
#include "daemon/ledger/ledger.h"
#include "policy/vocabulary/vocabulary.h"
#include "tests/bench/figures.h"
#include "tests/bench/member.h"
#include "tests/hostile_member/deposit.h"

namespace {

using namespace depone;
using namespace depone::bench;
using daemon::ledger::Ledger;

constexpr std::size_t kWaitingMax = 2048;  // eight groups: the writer never waits, and memory does not grow

// How many commands the writer has not answered yet.
class InFlight {
 public:
  void begin() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return count_ < kWaitingMax; });
    ++count_;
  }
  void end(bool accepted) {
    const std::lock_guard lock(mutex_);
    --count_;
    if (!accepted) ++refused_;
    changed_.notify_all();
  }
  std::size_t wait_for_all() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return count_ == 0; });
    return refused_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t count_ = 0, refused_ = 0;
};

protocol::record::Seen seen_by(const Ledger& ledger) {
  const auto head = crypto::log::open_checkpoint(ledger.snapshot().checkpoint, ledger.log_key()).value();
  return {head.size, head.root};
}

// Crimes and recommendations in turn, so that each code has its share of the items.
void describe(hostile::Deposit& deposit, std::size_t number) {
  const auto crimes = policy::vocabulary::crimes();
  const auto recommendations = policy::vocabulary::recommendations();
  auto& said = deposit.said.catalogue;
  said.summary = fmt::format("Report {} of a series", number);
  said.languages = {"ko"};
  said.crimes = {crimes[number % crimes.size()].code};
  if (number % 2 == 0) said.recommendations = {recommendations[number / 2 % recommendations.size()].id};
}

std::uint64_t bytes_in(const std::filesystem::path& folder) {
  std::uint64_t bytes = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) {
    if (file.is_regular_file()) bytes += file.file_size();
  }
  return bytes;
}

void fill(const std::filesystem::path& path, const std::string& key_file, const std::filesystem::path& home,
          const std::string& prefix, std::size_t items) {
  const daemon::Folder folder{path};
  const auto lock = must(folder.lock());
  const auto master = must(daemon::unlock_keys(folder, {key_file, -1}));
  const system::SystemClock clock;
  auto ledger = must(Ledger::open({folder.database(), folder.checkpoints()}, crypto::database_key(master), {}, clock,
                                  nullptr, [](std::string_view why) {
                                    fmt::print(stderr, "bench_fill: {}\n", why);
                                    std::abort();
                                  }));
  const auto member = Member::of_home(home);
  const hostile::Target target{member.archive.card(), {}};
  const auto roster = ledger->snapshot().roster;
  const auto* const into = roster->find_prefix(prefix);
  if (into == nullptr) throw std::runtime_error("there is no such case");
  const auto bytes_before = bytes_in(path);

  InFlight in_flight;
  const Stopwatch watch;
  auto seen = seen_by(*ledger);
  std::vector<daemon::ledger::SubmitCommand> group;
  const auto group_max = daemon::ledger::LedgerOptions{}.group_max;
  // Handed over together, so that the writer finds full groups and not what was ready a moment ago.
  const auto hand_over = [&] {
    for (auto& command : group) {
      in_flight.begin();
      ledger->write(std::move(command), [&in_flight](const Result<daemon::ledger::Recorded>& recorded) {
        in_flight.end(recorded && recorded->entries.size() == 1 &&
                      recorded->entries.front().outcome == protocol::record::Outcome::accepted);
      });
    }
    group.clear();
    seen = seen_by(*ledger);
  };
  for (std::size_t number = 0; number < items; ++number) {
    auto deposit = hostile::new_deposit(target, member.identity.id(), into->id);
    describe(deposit, number);
    hostile::commit(target, member.identity.id(), deposit);
    auto act =
        protocol::record::make_act(member.identity.signing_key(), target.card.genesis, seen, clock.now(), deposit.body);
    group.push_back({std::move(act),
                     deposit.body,
                     {{"manifest", deposit.manifest}, {"secret", deposit.secret}, {"private", deposit.private_part}},
                     deposit.said,
                     crypto::ReleaseShare::copy_of(deposit.share),
                     deposit.object,
                     member.identity.id()});
    if (group.size() == group_max) hand_over();
  }
  hand_over();
  const auto refused = in_flight.wait_for_all();
  const double seconds = watch.seconds();
  ledger.reset();
  if (refused != 0) throw std::runtime_error(fmt::format("{} of the submissions were not accepted", refused));

  auto db = must(daemon::store::Connection::open(folder.database(), crypto::database_key(master),
                                                 daemon::store::Connection::Mode::read_write));
  auto groups = db.prepare("SELECT count(*) FROM checkpoints");
  groups.step();
  const auto count = static_cast<double>(items);
  fmt::print(
      "{{\"items\":{},\"seconds\":{:.3f},\"per_second\":{:.0f},\"per_group\":{:.0f},\"bytes_per_item\":{:.0f}}}\n",
      items, seconds, count / seconds, count / static_cast<double>(groups.number(0)),
      static_cast<double>(bytes_in(path) - bytes_before) / count);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6 || !crypto::prepare_secret_memory(crypto::UnlockedMemory::allow)) {
    fmt::print(stderr, "bench_fill ARCHIVE KEY_FILE HOME CASE ITEMS\n");
    return 2;
  }
  try {
    fill(argv[1], argv[2], argv[3], argv[4], std::stoul(argv[5]));
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_fill: {}\n", error.what());
    return EXIT_FAILURE;
  }
}
