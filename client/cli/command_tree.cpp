#include "client/cli/command_tree.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "client/cli/topics.h"
#include "policy/vocabulary/vocabulary.h"

namespace depone::client::cli {

namespace {

std::vector<const CLI::App*> children(const CLI::App& app) {
  const auto all = app.get_subcommands([](const CLI::App*) { return true; });
  return {all.begin(), all.end()};
}

std::vector<std::string> names_of(const std::vector<const CLI::App*>& commands) {
  std::vector<std::string> names;
  for (const auto* const command : commands) names.push_back(command->get_name());
  return names;
}

std::vector<std::string> flags_of(const CLI::App& app) {
  std::vector<std::string> flags;
  for (const auto* const option : app.get_options()) {
    for (const auto& name : option->get_lnames()) flags.push_back("--" + name);
  }
  return flags;
}

// In single quotes, for each of the three shells.
std::string quoted(const std::string& text, const char* quote_inside) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'')
      out += quote_inside;
    else
      out += c;
  }
  return out + "'";
}

// One branch of a `case`: what may follow the words that came.
std::string branch(const std::string& words, const std::vector<std::string>& commands,
                   const std::vector<std::string>& flags) {
  return fmt::format("    {}) commands={} flags={} ;;\n", quoted(words, "'\\''"),
                     quoted(fmt::format("{}", fmt::join(commands, " ")), ""),
                     quoted(fmt::format("{}", fmt::join(flags, " ")), ""));
}

// What bash and zsh share: from the words before the cursor to what may follow.
std::string branches(const CLI::App& app) {
  std::string out = branch("", names_of(children(app)), flags_of(app));
  for (const auto* const group : children(app)) {
    if (!children(*group).empty()) out += branch(group->get_name(), names_of(children(*group)), {"--help"});
  }
  each_command(app, [&](const std::string& name, const CLI::App& command) {
    out += branch(name, name == "help" ? help_topics() : std::vector<std::string>{}, flags_of(command));
  });
  return out;
}

std::string bash(const CLI::App& app) {
  return fmt::format(
      "# depone completion bash > /etc/bash_completion.d/depone\n"
      "_depone() {{\n"
      "  local current=${{COMP_WORDS[COMP_CWORD]}} words= word commands= flags=\n"
      "  for word in \"${{COMP_WORDS[@]:1:COMP_CWORD-1}}\"; do\n"
      "    case $word in [a-z]*) case \"@NAMES@\" in *\"|${{words:+$words }}$word|\"*) words=${{words:+$words }}$word "
      ";; "
      "esac ;; esac\n"
      "  done\n"
      "  case $words in\n{}  esac\n"
      "  case $current in\n"
      "    -*) mapfile -t COMPREPLY < <(compgen -W \"$flags\" -- \"$current\") ;;\n"
      "    *) mapfile -t COMPREPLY < <(compgen -W \"$commands\" -- \"$current\")\n"
      "       [ -n \"$commands\" ] || mapfile -t COMPREPLY < <(compgen -f -- \"$current\") ;;\n"
      "  esac\n"
      "}}\n"
      "complete -o filenames -F _depone depone\n",
      branches(app));
}

std::string zsh(const CLI::App& app) {
  return fmt::format(
      "#compdef depone\n"
      "# depone completion zsh > \"${{fpath[1]}}/_depone\"\n"
      "_depone() {{\n"
      "  local before= word commands= flags=\n"
      "  for word in \"${{(@)words[2,CURRENT-1]}}\"; do\n"
      "    case $word in [a-z]*) case \"@NAMES@\" in *\"|${{before:+$before }}$word|\"*) before=${{before:+$before "
      "}}$word ;; "
      "esac ;; esac\n"
      "  done\n"
      "  case $before in\n{}  esac\n"
      "  case $words[CURRENT] in\n"
      "    -*) compadd -- ${{=flags}} ;;\n"
      "    *) if [ -n \"$commands\" ]; then compadd -- ${{=commands}}; else _files; fi ;;\n"
      "  esac\n"
      "}}\n"
      "_depone \"$@\"\n",
      branches(app));
}

std::string fish(const CLI::App& app) {
  std::string out = "# depone completion fish > ~/.config/fish/completions/depone.fish\n";
  const auto top = fmt::format("{}", fmt::join(names_of(children(app)), " "));
  const auto described = [](const std::string& text) { return quoted(text, "\\'"); };
  for (const auto* const child : children(app)) {
    out += fmt::format("complete -c depone -f -n 'not __fish_seen_subcommand_from {}' -a {} -d {}\n", top,
                       child->get_name(), described(child->get_description()));
  }
  const auto options = [&](const std::string& condition, const CLI::App& command) {
    for (const auto* const option : command.get_options()) {
      for (const auto& name : option->get_lnames())
        out += fmt::format("complete -c depone -n '{}' -l {} -d {}\n", condition, name,
                           described(option->get_description()));
    }
  };
  for (const auto* const child : children(app)) {
    const auto seen = fmt::format("__fish_seen_subcommand_from {}", child->get_name());
    const auto inner = fmt::format("{}", fmt::join(names_of(children(*child)), " "));
    for (const auto* const grandchild : children(*child)) {
      out += fmt::format("complete -c depone -f -n '{}; and not __fish_seen_subcommand_from {}' -a {} -d {}\n", seen,
                         inner, grandchild->get_name(), described(grandchild->get_description()));
      options(fmt::format("{}; and __fish_seen_subcommand_from {}", seen, grandchild->get_name()), *grandchild);
    }
    if (inner.empty()) options(seen, *child);
  }
  return out;
}

std::string with_names(std::string script, const CLI::App& app) {
  std::string names = "|";
  for (const auto* const group : children(app)) {
    if (!children(*group).empty()) names += group->get_name() + "|";
  }
  each_command(app, [&](const std::string& name, const CLI::App&) { names += name + "|"; });
  const auto at = script.find("@NAMES@");
  return at == std::string::npos ? script : script.replace(at, 7, names);
}

}  // namespace

void each_command(const CLI::App& app, const std::function<void(const std::string&, const CLI::App&)>& each) {
  for (const auto* const child : children(app)) {
    if (children(*child).empty()) each(child->get_name(), *child);
    for (const auto* const inner : children(*child)) each(child->get_name() + " " + inner->get_name(), *inner);
  }
}

const CLI::App* command_named(const CLI::App& app, const std::vector<std::string>& name) {
  const CLI::App* at = &app;
  for (const auto& word : name) {
    const CLI::App* next = nullptr;
    for (const auto* const child : children(*at)) {
      if (child->get_name() == word) next = child;
    }
    if (next == nullptr) return nullptr;
    at = next;
  }
  return at;
}

std::string help_of(const CLI::App& command, const std::string& name) {
  // CLI11 writes the command's own name behind what it is given.
  const auto space = name.rfind(' ');
  return command.help(space == std::string::npos ? "depone" : "depone " + name.substr(0, space));
}

std::string suggestion(const CLI::App& app, const std::vector<std::string>& line) {
  const CLI::App* at = &app;
  for (const auto& word : line) {
    if (word.empty() || word.front() == '-') continue;
    const auto known = names_of(children(*at));
    if (known.empty()) return "";
    if (const auto* const next = command_named(*at, {word})) {
      at = next;
      continue;
    }
    const auto near = policy::vocabulary::nearest(word, known);
    return near ? fmt::format("there is no command '{}'; did you mean '{}'?", word, *near) : "";
  }
  return "";
}

std::string commands_as_markdown(const CLI::App& app) {
  std::string out =
      "# Commands\n\nMade from the program's own help (`depone help --markdown`). Options that every command takes "
      "stand "
      "first.\n\n## depone\n\n```\n" +
      app.help("depone") + "```\n";
  each_command(app, [&](const std::string& name, const CLI::App& command) {
    out += fmt::format("\n## depone {}\n\n```\n{}```\n", name, help_of(command, name));
  });
  return out;
}

std::string completion_script(const CLI::App& app, const std::string& shell) {
  if (shell == "bash") return with_names(bash(app), app);
  if (shell == "zsh") return with_names(zsh(app), app);
  if (shell == "fish") return fish(app);
  return "";
}

}  // namespace depone::client::cli
