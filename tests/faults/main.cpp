// faults: one scripted day of an archive, once for every fault that its disk can have.
//   faults errors|power|clock [--every N] [--jobs N] [--seed N] [--only TEXT] [--at CALL --form NUMBER]
//          [--keep DIR]
// errors  each call to the disk fails, in each form; the archive starts on what is left, and everything is sent again;
//         then the power is cut, and what was never synced is lost
// power   the power is cut after each change: what was not synced is dropped, kept, torn or reordered
// clock   the clock jumps ten years forward or back before each request, and is put right at the restart
// --every N: of each kind of call on each kind of file in each form, one in N, but at least two. Prints a table; fails
// if one thing was lost, half there, or in the way of a start.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <set>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/faults/disk.h"
#include "tests/faults/power_cut.h"
#include "tests/faults/recovery.h"
#include "tests/unit/temporary_folder.h"

namespace {

using namespace depone;
using namespace depone::faults;
namespace fs = std::filesystem;

constexpr int kBroken = 1;
constexpr std::string_view kAfterAnAnswer = "after an answer";  // of these, all are always tried: they are promises
constexpr std::chrono::hours kTenYears{24 * 365 * 10};

struct Options {
  std::string mode;
  std::size_t every = 1;
  unsigned jobs = 1, seed = 1;
  std::uint64_t at = 0;
  int form = 0;
  std::string keep, only;
};

// Runs this in a process of its own; its exit code, or 256 and the signal.
template <class Work>
int apart(Work work) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("no process can be made");
  if (child == 0) {
    try {
      std::_Exit(work());
    } catch (const std::exception& failed) {
      fmt::print(stderr, "  {}\n", failed.what());
      std::_Exit(kBroken);
    }
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

// A folder with an archive in it, and what is known of it outside.
class Run {
 public:
  Run(const fs::path& root, const People& people, const std::string& key_file)
      : root_(root),
        people_(people),
        key_file_(key_file) {
    fs::remove_all(root);
    fs::create_directories(folder().path);
    fs::remove(trace_file());
  }
  daemon::Folder folder() const { return {root_ / "archive"}; }
  fs::path trace_file() const { return root_ / "trace"; }
  std::vector<Event> events() const { return Trace::read(trace_file()); }

  int day(std::uint64_t at, Form form, std::size_t jump_at = SIZE_MAX, std::chrono::hours jump = {},
          std::vector<Disk::Counted>* counted = nullptr) const {
    Trace trace(trace_file());
    JumpingClock clock;
    auto& disk = Disk::instance();
    disk.follow(&trace);
    disk.fail(at, form);
    disk.count_into(counted);
    (void)run_day({folder(), key_file_, people_, clock, trace, jump_at, jump});
    return 0;
  }
  // On this folder, in this process; followed by the trace where it goes on.
  int recovers(const daemon::Folder& where, const Told& told, Then then, std::uint64_t at = 0,
               Form form = Form::none) const {
    quiet();
    Trace trace(then == Then::go_on ? trace_file() : root_ / "another-trace");
    JumpingClock clock;
    Disk::instance().follow(then == Then::go_on ? &trace : nullptr);
    Disk::instance().fail(at, form);
    recover({where, key_file_, people_, clock, trace}, told, then);
    return 0;
  }
  const fs::path& root() const { return root_; }

 private:
  // What verify reports, for whoever looks why it failed.
  void quiet() const {
    std::fflush(stdout);
    (void)!std::freopen((root_ / "verify.json").c_str(), "w", stdout);
  }
  fs::path root_;
  const People& people_;
  const std::string& key_file_;
};

// One fault to try, and what the table calls it.
struct Fault {
  std::uint64_t at = 0;
  int form = 0;
  std::string name;
};

struct Tried {
  std::string outcome;  // of the day
  bool holds = true;
};

class Faults {
 public:
  explicit Faults(Options options) : options_(std::move(options)) {
    key_file_ = (base_ / "key").string();
    if (!crypto::create_key_file(key_file_)) throw std::runtime_error("no key file");
  }
  int run();

 private:
  std::vector<Fault> plan();
  std::vector<Fault> plan_errors();
  std::vector<Fault> plan_power();
  std::vector<Fault> plan_clock() const;
  Tried try_one(const Fault& fault, const fs::path& where);
  Tried try_error(const Fault& fault, const fs::path& where);
  Tried try_power(const Fault& fault, const fs::path& where);
  Tried try_clock(const Fault& fault, const fs::path& where);
  bool power_cut_after(const Run& run, std::size_t from);
  int work(const std::vector<Fault>& faults, unsigned job, const fs::path& results);

  Options options_;
  tests::TemporaryFolder base_;
  People people_;
  std::string key_file_;
  std::vector<Event> whole_;  // the trace of a day without a fault
};

// One in `every` of each name, and at least two: the first, the last, and between them as the seed says.
std::vector<Fault> thin(std::vector<Fault> faults, std::size_t every, unsigned seed) {
  if (every <= 1) return faults;
  std::map<std::string, std::vector<Fault>> by_name;
  for (auto& fault : faults) by_name[fault.name].push_back(std::move(fault));
  std::mt19937 lot(seed);
  std::vector<Fault> out;
  for (auto& [name, all] : by_name) {
    if (name.starts_with(kAfterAnAnswer)) {
      std::ranges::move(all, std::back_inserter(out));
      continue;
    }
    std::set<std::size_t> chosen{0, all.size() - 1};
    while (chosen.size() < std::min(all.size(), std::max<std::size_t>(2, all.size() / every)))
      chosen.insert(lot() % all.size());
    for (const auto index : chosen) out.push_back(std::move(all[index]));
  }
  return out;
}

std::vector<Fault> Faults::plan_errors() {
  // In this process: the calls are counted from 1, as a process of its own counts them.
  std::vector<Disk::Counted> counted;
  const Run run(base_ / "count", people_, key_file_);
  run.day(0, Form::none, SIZE_MAX, {}, &counted);
  Disk::instance().count_into(nullptr);
  Disk::instance().follow(nullptr);
  std::vector<Fault> faults;
  for (std::size_t i = 0; i < counted.size(); ++i) {
    const auto& [call, role] = counted[i];
    for (int form = 1; form <= static_cast<int>(Form::killed); ++form) {
      if (!applies(static_cast<Form>(form), call)) continue;
      faults.push_back(
          {i + 1, form, fmt::format("{} {}, {}", kCallNames[static_cast<int>(call)], role, kFormNames[form])});
    }
  }
  return faults;
}

std::vector<Fault> Faults::plan_power() {
  const Run run(base_ / "whole", people_, key_file_);
  if (apart([&] { return run.day(0, Form::none); }) != 0) throw std::runtime_error("the day itself fails");
  whole_ = run.events();
  PowerCut cut(run.folder().path);
  std::vector<Fault> faults;
  for (std::size_t i = 0; i < whole_.size(); ++i) {
    cut.take(whole_[i]);
    const bool told = whole_[i].what >= What::founded;
    const bool after_an_answer = whole_[i].what == What::answered || whole_[i].what == What::upload;
    if (told && !after_an_answer) continue;
    for (int way = 0; way < 4; ++way) {
      if (way > 0 && !cut.is_ahead()) continue;
      faults.push_back(
          {i + 1, way, fmt::format("{}, {}", told ? kAfterAnAnswer : "after a change", kUnsyncedNames[way])});
    }
  }
  return faults;
}

std::vector<Fault> Faults::plan_clock() const {
  std::vector<Fault> faults;
  for (std::uint64_t request = 0; request < 45; ++request) {
    for (const int years : {10, -10}) faults.push_back({request, years, fmt::format("{} years", years)});
  }
  return faults;
}

std::vector<Fault> Faults::plan() {
  if (options_.mode == "power") return plan_power();
  return options_.mode == "clock" ? plan_clock() : plan_errors();
}

// The power is cut right after people were answered by the restarted archive, and again when all was said: what was
// never synced is lost, by whichever process it was written.
bool Faults::power_cut_after(const Run& run, std::size_t from) {
  const auto events = run.events();
  std::set<std::size_t> ends;
  for (std::size_t i = from; i < events.size(); ++i) {
    if (events[i].what == What::sent_again) ends.insert(i + 1);
  }
  std::size_t last = events.size();
  while (last > from && events[last - 1].what != What::answered) --last;
  if (last > from) ends.insert(last);
  PowerCut cut(run.folder().path);
  std::mt19937 lot(options_.seed);
  std::size_t taken = 0;
  for (const auto end : ends) {
    for (; taken < end; ++taken) cut.take(events[taken]);
    const daemon::Folder image{run.root() / "image"};
    cut.write_image(image.path, Unsynced::dropped, lot);
    const auto told = Told::of(std::span(events).first(end));
    if (apart([&] { return run.recovers(image, told, Then::stop); }) != 0) return false;
  }
  return true;
}

Tried Faults::try_error(const Fault& fault, const fs::path& where) {
  const Run run(where, people_, key_file_);
  const auto form = static_cast<Form>(fault.form);
  const int day = apart([&] { return run.day(fault.at, form); });
  Tried tried;
  tried.outcome = day == 0          ? "answered an error, went on"
                  : day == kStopped ? "stopped"
                  : day == kKilled  ? "killed"
                                    : "";
  if (tried.outcome.empty()) {
    fmt::print(stderr, "  the day ended with {}\n", day);
    return {"broke", false};
  }
  auto events = run.events();
  // Of every third, the start that finds it has a fault too.
  if (fault.at % 3 == 0) {
    const auto told = Told::of(events);
    const auto second = fault.at * 7919 % 900 + 1;
    (void)apart([&] {
      (void)!std::freopen("/dev/null", "w", stderr);
      return run.recovers(run.folder(), told, Then::go_on, second, fault.at % 2 == 0 ? Form::not_done : Form::killed);
    });
    events = run.events();
  }
  const auto told = Told::of(events);
  tried.holds = apart([&] { return run.recovers(run.folder(), told, Then::go_on); }) == 0;
  if (tried.holds && !power_cut_after(run, events.size())) {
    fmt::print(stderr, "  … after a power cut that follows the restart\n");
    tried.holds = false;
  }
  return tried;
}

Tried Faults::try_power(const Fault& fault, const fs::path& where) {
  const Run run(where, people_, key_file_);
  PowerCut cut(base_ / "whole" / "archive");
  for (std::size_t i = 0; i < fault.at; ++i) cut.take(whole_[i]);
  std::mt19937 lot(options_.seed + static_cast<unsigned>(fault.at));
  cut.write_image(run.folder().path, static_cast<Unsynced>(fault.form), lot);
  const auto told = Told::of(std::span(whole_).first(fault.at));
  return {"", apart([&] {
                // The trace of what follows is not of this folder alone: it is not followed.
                const int ended = run.recovers(run.folder(), told, Then::go_on);
                return ended;
              }) == 0};
}

Tried Faults::try_clock(const Fault& fault, const fs::path& where) {
  const Run run(where, people_, key_file_);
  const int day = apart([&] { return run.day(0, Form::none, fault.at, fault.form > 0 ? kTenYears : -kTenYears); });
  const auto told = Told::of(run.events());
  return {"", day == 0 && apart([&] { return run.recovers(run.folder(), told, Then::go_on); }) == 0};
}

Tried Faults::try_one(const Fault& fault, const fs::path& where) {
  if (options_.mode == "power") return try_power(fault, where);
  return options_.mode == "clock" ? try_clock(fault, where) : try_error(fault, where);
}

int Faults::work(const std::vector<Fault>& faults, unsigned job, const fs::path& results) {
  std::ofstream out(results);
  for (std::size_t i = job; i < faults.size(); i += options_.jobs) {
    const auto& fault = faults[i];
    const auto where = fmt::format("{}-{}", (base_ / "run").string(), job);
    Tried tried{"broke", false};
    try {
      tried = try_one(fault, where);
    } catch (const std::exception& failed) {
      fmt::print(stderr, "  {}\n", failed.what());
    }
    out << fault.name << '\t' << tried.outcome << '\t' << tried.holds << '\n';
    if (tried.holds) continue;
    fmt::print(stderr, "FAILED: {}: --at {} --form {}\n", fault.name, fault.at, fault.form);
    if (options_.keep.empty()) continue;
    fs::remove_all(options_.keep);
    fs::copy(where, options_.keep, fs::copy_options::recursive);
  }
  return 0;
}

int Faults::run() {
  auto faults = plan();
  const auto all = faults.size();
  std::erase_if(faults, [&](const Fault& fault) { return fault.name.find(options_.only) == std::string::npos; });
  faults = options_.at == 0 ? thin(std::move(faults), options_.every, options_.seed)
                            : std::vector<Fault>{{options_.at, options_.form, "this one"}};
  fmt::print("{}: {} of {} faults, seed {}\n", options_.mode, faults.size(), all, options_.seed);
  std::fflush(stdout);
  std::vector<pid_t> workers;
  for (unsigned job = 0; job < options_.jobs; ++job) {
    const pid_t worker = ::fork();
    if (worker == 0) std::_Exit(work(faults, job, base_ / fmt::format("results-{}", job)));
    workers.push_back(worker);
  }
  for (const auto worker : workers) ::waitpid(worker, nullptr, 0);
  std::map<std::string, std::map<std::string, std::size_t>> table;
  std::size_t tried = 0, failed = 0;
  for (unsigned job = 0; job < options_.jobs; ++job) {
    std::ifstream in(base_ / fmt::format("results-{}", job));
    for (std::string name, outcome, holds;
         std::getline(in, name, '\t') && std::getline(in, outcome, '\t') && std::getline(in, holds);) {
      ++tried;
      ++table[name][outcome];
      failed += holds == "0";
    }
  }
  for (const auto& [name, outcomes] : table) {
    fmt::print("  {:<60}", name);
    for (const auto& [outcome, times] : outcomes) fmt::print(" {} {}", times, outcome);
    fmt::print("\n");
  }
  fmt::print("{} faults tried, {} failed\n", tried, failed);
  return tried == faults.size() && failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

Options parse(int argc, char** argv) {
  Options options;
  if (argc > 1) options.mode = argv[1];
  for (int i = 2; i + 1 < argc; i += 2) {
    const std::string name = argv[i], value = argv[i + 1];
    if (name == "--every") options.every = std::stoul(value);
    if (name == "--jobs") options.jobs = static_cast<unsigned>(std::stoul(value));
    if (name == "--seed") options.seed = static_cast<unsigned>(std::stoul(value));
    if (name == "--at") options.at = std::stoull(value);
    if (name == "--form") options.form = std::stoi(value);
    if (name == "--only") options.only = value;
    if (name == "--keep") options.keep = value;
  }
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = parse(argc, argv);
  const std::set<std::string> modes{"errors", "power", "clock"};
  if (!modes.contains(options.mode) || !crypto::prepare_secret_memory(crypto::UnlockedMemory::allow)) {
    fmt::print(stderr, "faults errors|power|clock [--every N] [--jobs N] [--seed N]\n");
    return 2;
  }
  spdlog::set_level(spdlog::level::off);
  stand_below_sqlite();
  try {
    return Faults(options).run();
  } catch (const std::exception& failed) {
    fmt::print(stderr, "faults: {}\n", failed.what());
    return EXIT_FAILURE;
  }
}
