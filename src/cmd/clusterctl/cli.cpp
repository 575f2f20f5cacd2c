#include "cmd/clusterctl/cli.hpp"

#include <map>
#include <utility>

namespace dnc::cli {

using ctl::Output;

Cli::Cli() {
  app.require_subcommand(1);
  app.set_version_flag("--version", "clusterctl " DNC_VERSION);
  app.footer(
      "A flag wins over the environment, that over the TOML file, that over the default:\n"
      "clusterctl config show --origin. Data go to stdout, talk to stderr.\n\n"
      "  clusterctl status\n"
      "  clusterctl COMMAND --help");
  settings.add_file(&app);
}

CLI::Validator milliseconds() {
  return CLI::AsNumberWithUnit(
      std::map<std::string, int>{{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}},
      CLI::AsNumberWithUnit::Options(CLI::AsNumberWithUnit::UNIT_REQUIRED |
                                     CLI::AsNumberWithUnit::CASE_SENSITIVE));
}

void Cli::settle() {
  if (both_timeout_ms == 0) return;
  nodes.timeout_ms = both_timeout_ms;
  chain.timeout_ms = both_timeout_ms;
}

CLI::App& Cli::group(const char* name, const char* about) {
  auto* group = app.add_subcommand(name, about);
  group->require_subcommand(1);
  return *group;
}

CLI::App* Cli::command(CLI::App& parent, const char* name, const char* about,
                       const std::string& footer, std::function<int()> what) {
  auto* added = parent.add_subcommand(name, about);
  added->footer(footer);
  added->callback([this, what = std::move(what)] { run = what; });
  settings.add_file(added);
  return added;
}

void Cli::add_output(CLI::App* command) {
  static const std::map<std::string, Output> kOutputs = {
      {"table", Output::table}, {"wide", Output::wide}, {"json", Output::json}};
  settings.add(command, "output", output)
      ->transform(CLI::CheckedTransformer(kOutputs).description(""))
      ->default_str("table")
      ->type_name("TEXT:{table,wide,json}");
}

void Cli::add_nodes(CLI::App* command) {
  settings.add(command, "url", nodes.urls);
  settings.add_milliseconds(command, nodes.timeout_ms);
}

void Cli::add_rpc(CLI::App* command) {
  settings.add(command, "rpc", chain.rpc);
  settings.add_milliseconds(command, chain.timeout_ms);
}

CLI::Option* Cli::add_deployment(CLI::App* command) {
  return settings.add(command, "deployment", chain.deployment);
}

void Cli::add_contract(CLI::App* command) {
  add_deployment(command);
  add_rpc(command);
}

void Cli::add_act(CLI::App* command, ctl::ActOptions& options) {
  add_contract(command);
  settings.add(command, "key", options.key);
  auto* yes = command->add_flag("--yes", options.yes, "send it; without it, only look");
  command->add_flag("--dry-run")->description("only look, as without --yes")->excludes(yes);
  add_output(command);
}

void Cli::add_both(CLI::App* command) {
  settings.add(command, "url", nodes.urls);
  add_deployment(command);
  settings.add(command, "rpc", chain.rpc);
  settings.add_milliseconds(command, both_timeout_ms)
      ->default_str("2s for nodes, 5s for the chain");
}

}  // namespace dnc::cli
