// Completion and the manual page, made from the tree of commands itself.
#include <cstdio>
#include <memory>

#include "cmd/clusterctl/cli.hpp"
#include "ctl/command_tree.hpp"

namespace dnc::cli {
namespace {

// The words in "TEXT:{a,b}".
std::vector<std::string> values_in(const std::string& type) {
  const auto open = type.find(":{");
  if (open == std::string::npos) return {};
  return CLI::detail::split(type.substr(open + 2, type.size() - open - 3), ',');
}

ctl::OptionInfo describe(const CLI::Option& option) {
  ctl::OptionInfo info;
  for (const auto& name : option.get_snames())
    info.names.push_back("-" + name);
  for (const auto& name : option.get_lnames())
    info.names.push_back("--" + name);
  info.about = option.get_description();
  const std::string type = option.get_type_name();
  info.values = values_in(type);
  if (option.get_items_expected_max() > 0) info.value = type.substr(0, type.find(':'));
  return info;
}

ctl::CommandInfo describe(const CLI::App& app) {
  ctl::CommandInfo info;
  info.name = app.get_name();
  info.about = app.get_description();
  info.footer = app.get_footer();
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) {
      info.arguments.push_back(option->get_name(true));
    } else {
      info.options.push_back(describe(*option));
    }
  }
  for (const CLI::App* child : app.get_subcommands([](const CLI::App*) { return true; }))
    info.commands.push_back(describe(*child));
  return info;
}

void add_completion(Cli& cli) {
  auto shell = std::make_shared<std::string>();
  auto* command =
      cli.command(cli.app, "completion", "a script that completes commands in your shell",
                  "  source <(clusterctl completion bash)\n"
                  "  clusterctl completion zsh > ~/.zfunc/_clusterctl\n"
                  "  clusterctl completion fish > ~/.config/fish/completions/clusterctl.fish\n\n"
                  "Exit codes: 0 done, 64 usage.",
                  [&cli, shell] {
                    std::fputs(ctl::completion_script(describe(cli.app), *shell).c_str(), stdout);
                    return ctl::kOk;
                  });
  command->add_option("SHELL", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
}

void add_manual(Cli& cli) {
  cli.command(cli.app, "manual", "the manual page, for man",
              "  clusterctl manual > clusterctl.1 && man ./clusterctl.1\n\n"
              "Exit codes: 0 done, 64 usage.",
              [&cli] {
                std::fputs(ctl::manual_page(describe(cli.app), DNC_VERSION).c_str(), stdout);
                return ctl::kOk;
              });
}

}  // namespace

void add_shell_commands(Cli& cli) {
  add_completion(cli);
  add_manual(cli);
}

}  // namespace dnc::cli
