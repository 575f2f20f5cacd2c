// The tree of commands. Each file of this folder adds a branch of it.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "cmd/clusterctl/settings.hpp"
#include "ctl/connection.hpp"
#include "ctl/contract_act.hpp"
#include "ctl/node_client.hpp"
#include "ctl/report.hpp"

namespace dnc::cli {

inline constexpr const char* kGateCodes =
    "Exit codes: 0 yes, 1 refused, 3 cannot tell, 64 usage. Warnings change no exit code.";
inline constexpr const char* kActCodes =
    "Without --yes it looks, and asks the contract whether it would. Typed again, it finds that\n"
    "all is done.\n\n"
    "Exit codes: 0 done or would be, 1 refused, 3 cannot tell, 64 usage.";
inline constexpr const char* kHealthCodes =
    "Exit codes: 0 healthy, 1 degraded, 2 no quorum or no leader, 3 cannot tell, 64 usage.";

// A time with its unit, like 500ms or 2s.
CLI::Validator milliseconds();

struct Cli {
  CLI::App app{"looks after an NFT-gated cluster", "clusterctl"};
  Settings settings;
  ctl::NodeOptions nodes;
  ctl::ChainOptions chain;
  ctl::Output output = ctl::Output::table;
  int both_timeout_ms = 0;   // of a command that asks nodes and chain; 0: each has its own
  std::function<int()> run;  // the command that was typed

  Cli();

  CLI::App& group(const char* name, const char* about);
  // A command that runs `run`. `footer` shows how it is typed.
  CLI::App* command(CLI::App& parent, const char* name, const char* about,
                    const std::string& footer, std::function<int()> run);
  // What one flag means for two things, once everything is parsed.
  void settle();
  void add_output(CLI::App* command);
  void add_nodes(CLI::App* command);  // --url, --request-timeout
  void add_rpc(CLI::App* command);    // --rpc, --request-timeout
  // Of both: --url, --deployment, --rpc, --request-timeout.
  void add_both(CLI::App* command);
  CLI::Option* add_deployment(CLI::App* command);
  void add_contract(CLI::App* command);  // --deployment and add_rpc()
  // What has the contract do something: add_contract(), add_output(), --key, --yes, --dry-run.
  void add_act(CLI::App* command, ctl::ActOptions& options);
};

void add_health_commands(Cli& cli);
void add_boot_commands(Cli& cli);
void add_proof_commands(Cli& cli);
void add_snapshot_commands(Cli& cli);
void add_operator_commands(Cli& cli);
void add_seat_commands(Cli& cli);
void add_pause_commands(Cli& cli);
void add_chain_commands(Cli& cli);
void add_deploy_commands(Cli& cli);
void add_check_commands(Cli& cli);
void add_config_commands(Cli& cli);
void add_shell_commands(Cli& cli);

}  // namespace dnc::cli
