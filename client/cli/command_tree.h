// The commands as data, out of the one table that parses them: for `help`, docs/COMMANDS.md, completions, suggestions.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace depone::client::cli {

// Calls `each` for every command that does something, in order, with its whole name: "case open".
void each_command(const CLI::App& app, const std::function<void(const std::string& name, const CLI::App&)>& each);
// The command of this name, or nothing.
const CLI::App* command_named(const CLI::App& app, const std::vector<std::string>& name);
// What `depone NAME --help` prints.
std::string help_of(const CLI::App& command, const std::string& name);

// "did you mean 'retrieve'?" for the first word of a line that is no command; empty where none is near.
std::string suggestion(const CLI::App& app, const std::vector<std::string>& line);

std::string commands_as_markdown(const CLI::App& app);
// A completion script: bash, zsh or fish. Empty for another shell.
std::string completion_script(const CLI::App& app, const std::string& shell);

}  // namespace depone::client::cli
