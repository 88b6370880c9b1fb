#include "client/cli/cli.h"

#include <csignal>
#include <cstdlib>
#include <sstream>

#include <fmt/format.h>
#include <unistd.h>

#include "client/cli/command_tree.h"
#include "client/cli/output.h"
#include "system/terminal.h"
#include "system/unfinished_file.h"

namespace depone::client::cli {
namespace {

constexpr std::size_t kPassphraseBytesMax = 1024;
constexpr std::size_t kPassphraseBytesMin = 12;

Result<crypto::SecretBuffer> read_from(int descriptor, std::string_view prompt) {
  crypto::SecretBuffer line(kPassphraseBytesMax);
  DEPONE_ASSIGN(const std::size_t size, descriptor >= 0 ? system::read_line_from(descriptor, line.expose_for_writing())
                                                        : system::read_hidden_line(prompt, line.expose_for_writing()));
  line.shorten(size);
  return line;
}

extern "C" void interrupted(int) {
  system::show_terminal();
  system::remove_unfinished_files();  // half of a testimony in plain must not stay behind
  static constexpr char kWord[] = "\ndepone: interrupted\n";
  (void)!::write(STDERR_FILENO, kWord, sizeof kWord - 1);
  std::_Exit(kInterrupted);
}

}  // namespace

Result<crypto::SecretBuffer> ask_passphrase(int descriptor, bool again) {
  DEPONE_ASSIGN(auto first, read_from(descriptor, again ? "New passphrase: " : "Passphrase: "));
  if (!again) return first;
  if (first.size() < kPassphraseBytesMin)
    return fail(ErrorCode::input, "a passphrase has at least 12 characters; several words are best");
  if (descriptor >= 0) return first;
  DEPONE_ASSIGN(const auto second, read_from(-1, "Once more: "));
  if (!crypto::equal_constant_time(first.expose(), second.expose()))
    return fail(ErrorCode::input, "the two passphrases differ");
  return first;
}

int exit_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::input:
      return kUsage;
    case ErrorCode::refused:
      return kRefused;
    case ErrorCode::unreachable:
    case ErrorCode::timed_out:
      return kUnreachable;
    case ErrorCode::damaged:
    case ErrorCode::rolled_back:
      return kNotVerified;
    case ErrorCode::wrong_key:
      return kNoIdentity;
    case ErrorCode::interrupted:
      return kInterrupted;
    case ErrorCode::malformed:
    case ErrorCode::unsupported:
    case ErrorCode::not_found:
    case ErrorCode::exists:
    case ErrorCode::too_large:
    case ErrorCode::io:
    case ErrorCode::no_space:
      return kFailure;
  }
  return kFailure;
}

Profile Context::profile() const {
  const auto folder = profile_folder.empty() ? Profile::default_folder() : std::filesystem::path(profile_folder);
  // Each identity has archives, pins and receipts of its own: none learns from another's.
  return Profile(identity_name.empty() ? folder : folder / "identities" / identity_name);
}

Unlock Context::unlock() const {
  Unlock unlock;
  if (!key_file.empty())
    unlock.key_file = key_file;
  else if (passphrase_fd < 0)
    unlock.key_file = profile().key_file();
  unlock.passphrase = [descriptor = passphrase_fd](bool again) { return ask_passphrase(descriptor, again); };
  return unlock;
}

Result<Identity> Context::identity() const { return Identity::load(profile().identity(), unlock()); }

Result<ArchiveProfile> Context::archive() const {
  DEPONE_TRY(Identity::load_card(profile().identity()));  // first things first: no identity, no archive
  return profile().archive(archive_name);
}

CLI::App* Table::add_group(const std::string& name, const std::string& what) {
  auto* const group = app.add_subcommand(name, what);
  group->require_subcommand(1);
  group->fallthrough();  // what every command takes may stand anywhere
  return group;
}

CLI::App* Table::add(CLI::App* parent, const std::string& name, const std::string& what, const std::string& example,
                     Action action) {
  auto* const command = parent->add_subcommand(name, what);
  command->footer("Example:\n  " + example + "\n");
  command->add_flag("--json", context.json, "Print JSON");
  command->fallthrough();
  command->callback([this, action = std::move(action)] { chosen = action; });
  return command;
}

int run(int argc, char** argv) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) std::signal(signal, interrupted);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on a file's size is a write that fails
  Context context;
  CLI::App app{"depone seals evidence, deposits it in an archive that cannot read it, and proves what became of it.",
               "depone"};
  app.set_version_flag("--version", std::string(kVersion));
  app.require_subcommand(1);
  app.add_option("--profile", context.profile_folder,
                 "The folder of the identity and its archives (default: $XDG_DATA_HOME/depone)");
  app.add_option("--identity", context.identity_name,
                 "Which identity, where you have several; each has its own profile")
      ->envname("DEPONE_IDENTITY")
      ->check([](const std::string& name) {
        return is_archive_name(name) ? std::string()
                                     : std::string("an identity's name is 1 to 40 small letters, digits, . _ -");
      });
  app.add_option("--archive", context.archive_name, "Which archive, by its short name, where several were joined");
  app.add_option("--address", context.address, "HOST:PORT instead of the addresses in the archive card");
  app.add_option("--key-file", context.key_file, "The key file that opens the identity, instead of a passphrase")
      ->envname("DEPONE_KEY_FILE");
  app.add_option("--passphrase-fd", context.passphrase_fd, "Read the passphrase's line from this descriptor");
  app.add_flag("--allow-unlocked-memory", context.allow_unlocked_memory,
               "Go on where the system does not let keys be locked in memory");

  Table table{app, context, {}};
  add_identity(table);
  add_identity_export(table);
  add_join(table);
  add_member(table);
  add_case(table);
  add_submit(table);
  add_find(table);
  add_describe(table);
  add_share(table);
  add_retrieve(table);
  add_history(table);
  add_verify(table);
  add_audit(table);
  add_status(table);
  add_vocabulary(table);
  add_help(table);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool wrong = error.get_exit_code() != 0;
    if (const auto near = suggestion(app, {argv + 1, argv + argc}); wrong && !near.empty()) {
      fmt::print(stderr, "depone: {}\n", safe(near));
      return kUsage;
    }
    std::ostringstream said, complained;
    (void)app.exit(error, said, complained);
    fmt::print("{}", said.str());
    std::istringstream lines(complained.str());  // with what was typed in it
    for (std::string line; std::getline(lines, line);) fmt::print(stderr, "{}\n", safe(line));
    return wrong ? kUsage : kDone;
  }
  try {
    const auto memory = context.allow_unlocked_memory ? crypto::UnlockedMemory::allow : crypto::UnlockedMemory::refuse;
    Result<int> done = kFailure;
    if (const auto prepared = crypto::prepare_secret_memory(memory); !prepared)
      done = prepared.error();
    else
      done = table.chosen(context);
    if (done) return *done;
    fmt::print(stderr, "depone: {}\n", safe(done.error().detail));
    return exit_code(done.error().code);
  } catch (const std::exception& error) {
    fmt::print(stderr, "depone: {}\n", safe(error.what()));
    return kFailure;
  }
}

}  // namespace depone::client::cli
