#include <functional>

#include "ctl/command_tree.hpp"

namespace dnc::ctl {
namespace {

using Path = std::vector<std::string>;
using Visit = std::function<void(const Path&, const CommandInfo&)>;

void walk(const CommandInfo& command, const Path& path, const Visit& visit) {
  visit(path, command);
  for (const CommandInfo& child : command.commands) {
    Path below = path;
    below.push_back(child.name);
    walk(child, below, visit);
  }
}

std::string joined(const Path& words) {
  std::string text;
  for (const auto& word : words)
    text += (text.empty() ? "" : " ") + word;
  return text;
}

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text)
    out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

// What may follow the words of `path`.
Path words_after(const CommandInfo& command) {
  Path words;
  for (const auto& child : command.commands)
    words.push_back(child.name);
  for (const auto& option : command.options)
    words.insert(words.end(), option.names.begin(), option.names.end());
  return words;
}

// The words typed so far name a command; what may follow is a list for each command.
std::string bash_script(const CommandInfo& program) {
  std::string steps;
  std::string follows;
  std::string values;
  walk(program, {}, [&](const Path& path, const CommandInfo& command) {
    if (!path.empty()) steps += "      " + quoted(joined(path)) + ") path=$next ;;\n";
    follows +=
        "    " + quoted(joined(path)) + ") words=" + quoted(joined(words_after(command))) + " ;;\n";
    for (const auto& option : command.options) {
      if (option.values.empty()) continue;
      std::string names;
      for (const auto& name : option.names)
        names += (names.empty() ? "" : "|") + quoted(joined(path) + " " + name);
      values += "    " + names + ") words=" + quoted(joined(option.values)) + " ;;\n";
    }
  });
  const std::string name = program.name;
  return "_" + name +
         "() {\n"
         "  local current=${COMP_WORDS[COMP_CWORD]} last=${COMP_WORDS[COMP_CWORD-1]}\n"
         "  local path='' next words='' i\n"
         "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
         "    next=${path:+$path }${COMP_WORDS[i]}\n"
         "    case $next in\n" +
         steps +
         "    esac\n"
         "  done\n"
         "  case $path in\n" +
         follows +
         "  esac\n"
         "  case \"$path $last\" in\n" +
         values +
         "  esac\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
         "}\n"
         "complete -o default -F _" +
         name + " " + name + "\n";
}

// zsh runs the same function through its own emulation of bash's completion.
std::string zsh_script(const CommandInfo& program) {
  return "#compdef " + program.name + "\nautoload -U +X bashcompinit && bashcompinit\n" +
         bash_script(program);
}

std::string fish_script(const CommandInfo& program) {
  std::string text;
  walk(program, {}, [&](const Path& path, const CommandInfo& command) {
    std::string here = path.empty() ? "__fish_use_subcommand" : "";
    for (const auto& word : path)
      here += (here.empty() ? "" : "; and ") + ("__fish_seen_subcommand_from " + word);
    std::string open = here;
    if (!path.empty() && !command.commands.empty()) {
      open += "; and not __fish_seen_subcommand_from";
      for (const auto& child : command.commands)
        open += " " + child.name;
    }
    const auto line = [&](const std::string& condition, const std::string& rest) {
      text += "complete -c " + program.name + " -n " + quoted(condition) + " " + rest + "\n";
    };
    for (const auto& child : command.commands)
      line(open, "-f -a " + child.name + " -d " + quoted(child.about));
    for (const auto& option : command.options) {
      std::string rest;
      for (const auto& name : option.names) {
        const bool is_long = name.starts_with("--");
        rest += (rest.empty() ? "" : " ") + std::string(is_long ? "-l " : "-s ") +
                name.substr(is_long ? 2 : 1);
      }
      if (!option.value.empty()) rest += " -r";
      if (!option.values.empty()) rest += " -f -a " + quoted(joined(option.values));
      line(here, rest + " -d " + quoted(option.about));
    }
  });
  return text;
}

}  // namespace

std::string completion_script(const CommandInfo& program, const std::string& shell) {
  if (shell == "bash") return bash_script(program);
  if (shell == "zsh") return zsh_script(program);
  return shell == "fish" ? fish_script(program) : "";
}

}  // namespace dnc::ctl
