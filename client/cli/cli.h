// depone's command line: one file a command, each of which adds itself to the table.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "client/lib/identity.h"
#include "client/lib/profile.h"
#include "client/lib/session.h"

namespace depone::client::cli {

inline constexpr std::string_view kVersion = "0.1.0";

// Exit codes (docs/FORMAT.md "Exit codes").
enum Exit {
  kDone = 0,
  kFailure = 1,
  kUsage = 2,
  kPartFailed = 3,
  kRefused = 4,
  kUnreachable = 5,
  kNotVerified = 6,
  kNoIdentity = 7,
  kInterrupted = 130
};
int exit_code(ErrorCode code);

// What every command has at hand.
struct Context {
  std::string profile_folder, identity_name, archive_name, address, key_file;
  int passphrase_fd = -1;
  bool json = false;
  bool allow_unlocked_memory = false;
  system::SystemClock clock;

  Profile profile() const;
  Unlock unlock() const;
  Result<Identity> identity() const;
  // The chosen archive, for a command that acts as this identity: wrong_key where there is none yet.
  Result<ArchiveProfile> archive() const;
};

// From the terminal, or a line of `descriptor` where that is not negative. `again`: one that is being chosen, at least
// 12 characters and typed twice.
Result<crypto::SecretBuffer> ask_passphrase(int descriptor, bool again);

// What a command does once the line is parsed: an exit code, or an error that is printed.
using Action = std::function<Result<int>(Context&)>;
struct Table {
  CLI::App& app;
  Context& context;
  Action chosen;

  // A word that commands stand behind: "case".
  CLI::App* add_group(const std::string& name, const std::string& what);
  // A command with its description and an example; its options are added to what is returned.
  CLI::App* add(CLI::App* parent, const std::string& name, const std::string& what, const std::string& example,
                Action action);
};

void add_identity(Table& table);         // init, card
void add_identity_export(Table& table);  // identity export|import, passphrase
void add_join(Table& table);             // join, archives
void add_member(Table& table);           // member enrol|revoke|list
void add_case(Table& table);             // case open|grant|list|card
void add_submit(Table& table);
void add_find(Table& table);  // find, show
void add_describe(Table& table);
void add_share(Table& table);
void add_retrieve(Table& table);
void add_history(Table& table);  // history, receipt, log
void add_verify(Table& table);
void add_audit(Table& table);
void add_status(Table& table);
void add_vocabulary(Table& table);  // crimes, recommendations
void add_help(Table& table);        // help, completion

int run(int argc, char** argv);

}  // namespace depone::client::cli
