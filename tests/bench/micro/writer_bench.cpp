// The writer: groups of submissions, decided, written and durable. In a folder of TMPDIR, which should be on a disk.
#include <cstdlib>
#include <filesystem>
#include <latch>

#include <benchmark/benchmark.h>

#include "crypto/log/checkpoint.h"
#include "daemon/ledger/create.h"
#include "daemon/ledger/ledger.h"
#include "protocol/record/salted.h"
#include "tests/bench/member.h"
#include "tests/hostile_member/deposit.h"
#include "tests/unit/people.h"

namespace depone::daemon::ledger {
namespace {

using namespace protocol::record;
using bench::must;

class Founded {
 public:
  Founded() {
    std::string name = (std::filesystem::temp_directory_path() / "depone-micro.XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    folder_ = name;
    auto db = must(store::Connection::open(folder_ / "archive.db", key_, store::Connection::Mode::create));
    const auto card =
        must(found_ledger(db, folder_ / "checkpoints",
                          {"archive.example/nk", custodian_.card, crypto::SealSuite::x25519, {}}, clock_.now()));
    target_.card = must(parse_archive_card(card));
    ledger_ = must(Ledger::open({folder_ / "archive.db", folder_ / "checkpoints"}, key_, {}, clock_, nullptr,
                                [](std::string_view) { std::abort(); }));
    MemberEnrol enrol{investigator_.card.hash, {Role::investigator}};
    const auto act = sign(custodian_, enrol);
    run_one(EnrolCommand{act, std::move(enrol), investigator_.card, {}});
    open_case();
  }
  ~Founded() {
    ledger_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::vector<Command> submissions(std::size_t count) {
    std::vector<Command> out;
    for (std::size_t i = 0; i < count; ++i) {
      auto deposit = hostile::new_deposit(target_, investigator_.id(), case_id_);
      auto act = sign(investigator_, deposit.body);
      out.push_back(
          SubmitCommand{std::move(act),
                        deposit.body,
                        {{"manifest", deposit.manifest}, {"secret", deposit.secret}, {"private", deposit.private_part}},
                        deposit.said,
                        crypto::ReleaseShare::copy_of(deposit.share),
                        deposit.object,
                        investigator_.id()});
    }
    return out;
  }
  void run_one(Command command) {
    std::vector<Command> one;
    one.push_back(std::move(command));
    run(std::move(one));
  }
  // All are durable, and accepted.
  void run(std::vector<Command> commands) {
    std::latch done(static_cast<std::ptrdiff_t>(commands.size()));
    for (auto& command : commands) {
      ledger_->write(std::move(command), [&done](const Result<Recorded>& recorded) {
        if (!recorded || recorded->entries.empty() || recorded->entries.front().outcome != Outcome::accepted)
          std::abort();
        done.count_down();
      });
    }
    done.wait();
  }

 private:
  template <class Body>
  Act sign(const tests::Person& by, const Body& body) {
    const auto head = crypto::log::open_checkpoint(ledger_->snapshot().checkpoint, ledger_->log_key()).value();
    return make_act(by.key, target_.card.genesis, {head.size, head.root}, clock_.now(), body);
  }
  void open_case() {
    CasePrivate said;
    said.salt = crypto::random_fixed<crypto::Salt32>();
    said.title = "a case";
    const auto part = write_form(said);
    CaseOpen body;
    body.case_id = case_id_;
    body.prefix = "NKPC";
    body.key = must(crypto::seal_public_key(crypto::SealSuite::x25519, crypto::SealSeed::random()));
    body.grants = {{investigator_.id(), hostile::random_bytes(82), GrantAs::reader}};
    body.parts.add("private", must(salted_root(view(part))));
    const auto act = sign(custodian_, body);
    run_one(OpenCaseCommand{act, std::move(body), {{"private", to_bytes(part)}}});
  }

  std::filesystem::path folder_;
  crypto::DatabaseKey key_ = crypto::DatabaseKey::random();
  system::SystemClock clock_;
  tests::Person custodian_{"custodian"}, investigator_{"investigator"};
  hostile::Target target_;
  crypto::CaseId case_id_ = crypto::random_fixed<crypto::CaseId>();
  std::unique_ptr<Ledger> ledger_;
};

void submissions_in_a_group(benchmark::State& state) {
  Founded founded;
  const auto count = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    state.PauseTiming();
    auto commands = founded.submissions(count);
    state.ResumeTiming();
    founded.run(std::move(commands));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(submissions_in_a_group)->Arg(1)->Arg(16)->Arg(64)->Arg(256)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace depone::daemon::ledger
