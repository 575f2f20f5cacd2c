// What the settings are, and where each comes from.
#include <algorithm>
#include <memory>

#include "cmd/clusterctl/cli.hpp"
#include "ctl/settings_report.hpp"

namespace dnc::cli {
namespace {

// Strings, whatever the type of the setting is to the commands that use it.
struct Shown {
  bool origin = false;
  std::map<std::string, std::vector<std::string>> values;
};

void add_show(Cli& cli, CLI::App& group) {
  auto shown = std::make_shared<Shown>();
  auto* command = cli.command(
      group, "show", "the settings as a command would have them",
      "  clusterctl config show --origin\n"
      "  DNC_URL=http://10.0.0.1:8081 clusterctl config show --origin -o json\n\n"
      "The file is --config, else DNC_CONFIG, else ~/.config/clusterctl.toml if there is one:\n\n"
      "  url = [\"http://10.0.0.1:8081\", \"http://10.0.0.2:8081\"]\n"
      "  deployment = \"deployments/8453.json\"\n"
      "  request-timeout = \"2s\"\n\n"
      "Exit codes: 0 done, 64 usage.",
      [&cli, shown] {
        shown->values["output"] = {std::string(ctl::name_of(cli.output))};
        std::vector<ctl::SettingRow> rows;
        for (const Setting& setting : all_settings()) {
          rows.push_back(
              {setting.name, shown->values[setting.name], cli.settings.origin(setting.name)});
        }
        return ctl::show_settings(rows, shown->origin, cli.output);
      });
  command->add_flag("--origin", shown->origin, "and where each comes from");
  cli.add_output(command);
  const ctl::NodeOptions nodes;
  const ctl::ChainOptions chain;
  shown->values = {{"url", nodes.urls}, {"rpc", chain.rpc}, {"deployment", {chain.deployment}}};
  for (const Setting& setting : all_settings()) {
    const std::string name = setting.name;
    if (name != "output") cli.settings.add(command, name, shown->values[name]);
  }
}

}  // namespace

void add_config_commands(Cli& cli) {
  add_show(cli, cli.group("config", "settings: flag, environment, file, default"));
}

}  // namespace dnc::cli
