// depone help, depone completion: the commands explained, and completed by a shell.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "client/cli/cli.h"
#include "client/cli/command_tree.h"
#include "client/cli/output.h"
#include "client/cli/topics.h"
#include "policy/vocabulary/vocabulary.h"

namespace depone::client::cli {

namespace {

Result<int> help(const CLI::App& app, const std::vector<std::string>& words, bool markdown) {
  if (markdown) {
    fmt::print("{}", commands_as_markdown(app));
    return kDone;
  }
  if (words.empty()) {
    fmt::print("{}\nTopics: {} (depone help TOPIC)\n", app.help("depone"), fmt::join(help_topics(), ", "));
    return kDone;
  }
  const auto name = fmt::format("{}", fmt::join(words, " "));
  if (const auto topic = help_topic(name); !topic.empty()) {
    fmt::print("{}", topic);
    return kDone;
  }
  if (const auto* const command = command_named(app, words)) {
    fmt::print("{}", help_of(*command, name));
    return kDone;
  }
  auto known = help_topics();
  each_command(app, [&](const std::string& one, const CLI::App&) { known.push_back(one); });
  const auto near = policy::vocabulary::nearest(name, known);
  return fail(ErrorCode::input,
              fmt::format("there is no help on '{}'{}; topics are {}", name,
                          near ? fmt::format("; did you mean '{}'?", *near) : "", fmt::join(help_topics(), ", ")));
}

Result<int> completion(const CLI::App& app, const std::string& shell) {
  const auto script = completion_script(app, shell);
  if (script.empty()) return fail(ErrorCode::input, fmt::format("'{}' is no shell known here: bash, zsh, fish", shell));
  fmt::print("{}", script);
  return kDone;
}

}  // namespace

void add_help(Table& table) {
  auto words = std::make_shared<std::vector<std::string>>();
  auto markdown = std::make_shared<bool>(false);
  const auto* const app = &table.app;
  auto* const help_command =
      table.add(&table.app, "help", "Explain a command, or a topic: consent, roles, receipts", "depone help consent",
                [app, words, markdown](Context&) { return help(*app, *words, *markdown); });
  help_command->add_option("TOPIC", *words, "A topic, or a command");
  help_command->add_flag("--markdown", *markdown, "All commands, as docs/COMMANDS.md has them");

  auto shell = std::make_shared<std::string>();
  table
      .add(&table.app, "completion", "Print a completion script for your shell",
           "depone completion bash > /etc/bash_completion.d/depone",
           [app, shell](Context&) { return completion(*app, *shell); })
      ->add_option("SHELL", *shell, "bash, zsh or fish")
      ->required();
}

}  // namespace depone::client::cli
