// deponed: keeps an archive of sealed, hash-chained evidence.
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "daemon/config.h"
#include "daemon/folder.h"
#include "daemon/ledger/create.h"
#include "daemon/net/control.h"
#include "daemon/run.h"
#include "daemon/service/version.h"
#include "daemon/verify/verify.h"
#include "protocol/record/archive_card.h"
#include "protocol/record/fingerprint.h"

namespace {

using namespace depone;
using namespace depone::daemon;

struct Options {
  std::string folder, custodian, origin, listen, key_file, suite = "x25519";
  std::vector<std::string> addresses;
  int passphrase_fd = -1;
  bool json = false, allow_unlocked_memory = false;
};

// Exit codes, as the client has them.
int exit_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::input:
      return 2;
    case ErrorCode::unreachable:
    case ErrorCode::timed_out:
      return 5;
    case ErrorCode::damaged:
    case ErrorCode::rolled_back:
      return 6;
    case ErrorCode::wrong_key:
      return 7;
    case ErrorCode::interrupted:
      return 130;
    case ErrorCode::malformed:
    case ErrorCode::unsupported:
    case ErrorCode::not_found:
    case ErrorCode::exists:
    case ErrorCode::too_large:
    case ErrorCode::refused:
    case ErrorCode::io:
    case ErrorCode::no_space:
      return 1;
  }
  return 1;
}

// Takes away what a founding that failed has made, so that it can be tried again.
class Unfinished {
 public:
  explicit Unfinished(const Folder& folder) : folder_(folder) {}
  ~Unfinished() {
    if (done_) return;
    std::error_code ignored;
    for (const auto& path :
         {folder_.keys(), folder_.database(), folder_.checkpoints(), folder_.card(), folder_.config()}) {
      for (const char* const suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path.string() + suffix, ignored);
    }
  }
  void finished() { done_ = true; }

 private:
  const Folder& folder_;
  bool done_ = false;
};

Result<> init(const Options& options) {
  const Folder folder{options.folder};
  if (std::filesystem::exists(folder.keys()) || std::filesystem::exists(folder.database())) {
    return fail(ErrorCode::exists, fmt::format("{} is an archive already; nothing was changed", options.folder));
  }
  const auto listen = protocol::transport::parse_address(options.listen);
  if (!listen) return fail(ErrorCode::input, "--listen takes HOST:PORT, such as 127.0.0.1:8443");
  DEPONE_ASSIGN(const auto card_bytes, system::read_file(options.custodian, protocol::record::kEnvelopeBytesMax));
  DEPONE_ASSIGN(auto card, protocol::record::parse_card(card_bytes));
  DEPONE_TRY(system::make_folders(folder.path));
  DEPONE_ASSIGN(const auto lock, folder.lock());
  Unfinished unfinished(folder);
  DEPONE_ASSIGN(const auto master, create_keys(folder, {options.key_file, options.passphrase_fd}));
  DEPONE_ASSIGN(auto db, store::Connection::open(folder.database(), crypto::database_key(master),
                                                 store::Connection::Mode::create));
  const auto addresses = options.addresses.empty() ? std::vector{options.listen} : options.addresses;
  const system::SystemClock clock;
  const ledger::Founding founding{options.origin, card, crypto::SealSuite::x25519, addresses};
  DEPONE_ASSIGN(const auto archive_card, ledger::found_ledger(db, folder.checkpoints(), founding, clock.now()));
  DEPONE_TRY(system::write_file_durably(folder.card(), archive_card, system::IfExists::replace));
  const auto key_file = options.key_file.empty() ? std::string() : std::filesystem::absolute(options.key_file).string();
  DEPONE_TRY(system::write_file_durably(folder.config(), view(new_config(*listen, options.addresses, key_file)),
                                        system::IfExists::refuse));
  system::sync_folder(folder.path);
  unfinished.finished();

  DEPONE_ASSIGN(const auto parsed, protocol::record::parse_archive_card(archive_card));
  fmt::print("The archive {} is made in {}.\n\n", options.origin, options.folder);
  fmt::print("  archive     {}\n  fingerprint {}\n", crypto::to_hex(parsed.genesis.span()),
             protocol::record::fingerprint_words(parsed.genesis.span()));
  fmt::print("  custodian   {}: {}\n", card.body().handle, protocol::record::fingerprint_words(card.id().span()));
  fmt::print("\nGive {} to every member, and let them compare the fingerprint words with you.\nThen: deponed run {}\n",
             folder.card().string(), options.folder);
  return {};
}

// The key file named on the command line, or in the configuration.
UnlockSource unlock_source(const Options& options, const Config& config) {
  return {options.key_file.empty() && options.passphrase_fd < 0 ? config.key_file : options.key_file,
          options.passphrase_fd};
}

Result<> run(const Options& options) {
  const Folder folder{options.folder};
  DEPONE_TRY(folder.check());
  DEPONE_ASSIGN(const auto config, read_config(folder.config()));
  spdlog::set_level(spdlog::level::from_str(config.log_level));
  DEPONE_ASSIGN(const auto master, unlock_keys(folder, unlock_source(options, config)));
  return run_archive(folder, config, master);
}

Result<> status(const Options& options) {
  const Folder folder{options.folder};
  DEPONE_TRY(folder.check());
  DEPONE_ASSIGN(const auto running, net::ask_status(folder.control()));
  if (options.json) {
    fmt::print("{}\n", protocol::api::write_json(running));
    return {};
  }
  constexpr std::uint64_t kMiB = 1 << 20;
  fmt::print("deponed {} serves {} on {}\n  entries     {}\n  members     {}\n  cases       {}\n", running.version,
             running.origin, running.listen, running.log_size, running.members, running.cases);
  fmt::print("  connections {} of {}; {} turned away\n", running.connections, running.connections_max,
             running.turned_away);
  fmt::print("  waiting     {} of {}; {} calls refused as too often\n", running.waiting, running.waiting_max,
             running.too_often);
  fmt::print("  memory      {} of {} MiB of requests\n", running.bodies_bytes / kMiB, running.bodies_bytes_max / kMiB);
  fmt::print("  uploads     {} unfinished, of {} of {} MiB\n", running.uploads, running.upload_bytes / kMiB,
             running.upload_bytes_max / kMiB);
  fmt::print("  disk        {} MiB free{}{}\n", running.free_bytes / kMiB,
             running.free_bytes < running.free_bytes_min
                 ? fmt::format(", less than {}: nothing new is taken", running.free_bytes_min / kMiB)
                 : "",
             running.reserve_bytes == 0 ? "; the reserve was given up" : "");
  return {};
}

Result<> check_everything(const Options& options) {
  const Folder folder{options.folder};
  DEPONE_TRY(folder.check());
  DEPONE_ASSIGN(const auto config, read_config(folder.config()));
  DEPONE_ASSIGN(const auto lock, folder.lock());
  DEPONE_ASSIGN(const auto master, unlock_keys(folder, unlock_source(options, config)));
  return verify::verify_archive(folder, master, options.json);
}

void add_unlock(CLI::App* command, Options& options) {
  command->add_option("--key-file", options.key_file,
                      "The file that opens the archive (made by init if it is not there)");
  command->add_option("--passphrase-fd", options.passphrase_fd, "Read the passphrase's line from this descriptor");
}

}  // namespace

int main(int argc, char** argv) {
  spdlog::set_default_logger(spdlog::stderr_color_mt("deponed"));
  Options options;
  CLI::App app{"deponed keeps an archive of sealed, hash-chained evidence.\nIt cannot read a word of it."};
  app.set_version_flag("--version", std::string(kVersion));
  app.require_subcommand(1);
  app.add_flag("--allow-unlocked-memory", options.allow_unlocked_memory,
               "Go on where the system does not let keys be locked in memory");

  Result<> (*chosen)(const Options&) = nullptr;
  const auto add = [&](const char* name, const char* what, const char* example, Result<> (*function)(const Options&)) {
    auto* const command = app.add_subcommand(name, what);
    command->footer(fmt::format("Example:\n  {}", example));
    command->add_option("DIR", options.folder, "The archive's folder")->required();
    command->callback([&chosen, function] { chosen = function; });
    return command;
  };
  auto* const init_command =
      add("init", "Make a new archive",
          "deponed init /srv/depone --custodian custodian.card --origin archive.example.org/nk --listen 0.0.0.0:8443",
          init);
  init_command->add_option("--custodian", options.custodian, "The first custodian's card (`depone card`)")->required();
  init_command->add_option("--origin", options.origin, "The log's name, for ever: a host and a path that are yours")
      ->required();
  init_command->add_option("--listen", options.listen, "Where members connect: HOST:PORT")->required();
  init_command->add_option("--address", options.addresses,
                           "How members reach it from outside, if not by --listen (several times)");
  init_command->add_option("--suite", options.suite, "The sealing suite: x25519")->check(CLI::IsMember({"x25519"}));
  add_unlock(init_command, options);
  add_unlock(add("run", "Serve an archive until SIGTERM", "deponed run /srv/depone", run), options);
  add("status", "Ask the running daemon how it is", "deponed status /srv/depone --json", status)
      ->add_flag("--json", options.json, "As JSON");
  auto* const verify_command =
      add("verify", "Check everything, offline: database, chain, tree, checkpoints, signatures, objects",
          "deponed verify /srv/depone", check_everything);
  verify_command->add_flag("--json", options.json, "As JSON");
  add_unlock(verify_command, options);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    auto done = crypto::prepare_secret_memory(options.allow_unlocked_memory ? crypto::UnlockedMemory::allow
                                                                            : crypto::UnlockedMemory::refuse);
    if (done) done = chosen(options);
    if (done) return 0;
    fmt::print(stderr, "deponed: {}\n", done.error().detail);
    return exit_code(done.error().code);
  } catch (const std::exception& error) {
    fmt::print(stderr, "deponed: {}\n", error.what());
    return 1;
  }
}
