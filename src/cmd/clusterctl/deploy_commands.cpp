// The deployment, as the other commands are typed.
#include <cstdlib>
#include <map>
#include <memory>

#include "cmd/clusterctl/cli.hpp"
#include "ctl/deploy.hpp"

namespace dnc::cli {
namespace {

constexpr const char* kDeployFooter =
    "A front of contracts/script/deploy.mjs, which runs in its place: output and exit code are\n"
    "the script's. Without --broadcast everything runs against the chain's state, nothing is\n"
    "sent, and what would be written is printed. Off chain 31337 it refuses what would be\n"
    "unsafe. What is not set by flag, environment or file, the script decides; its first lines\n"
    "say how.\n\n"
    "  clusterctl deploy --rpc https://mainnet.base.org --chain-id 8453 --key deployer.key \\\n"
    "    --kms-contract 0x2f83172A49584C017F2B256F0FB2Dca14126Ba9C --timelock-delay 172800 \\\n"
    "    --proposers 0xYOUR_SAFE --compose-hash $(clusterctl compose hash app-compose.json) \\\n"
    "    --device-id 0xYOUR_DEVICE\n"
    "  clusterctl deploy --config base.toml --broadcast\n\n"
    "Exit codes: 0 done or would be, 1 refused, 3 no script or no Node.js, 64 usage.";

struct TypedDeploy {
  std::map<std::string, std::string> values;  // by the name of the setting
  ctl::DeployOptions options;
};

// Only what somebody said: the script has its own defaults.
void gather(const Cli& cli, TypedDeploy& typed) {
  auto& environment = typed.options.environment;
  for (const Setting& setting : deploy_settings()) {
    if (cli.settings.origin(setting.name) != "default")
      environment.emplace_back(setting.environment, typed.values[setting.name]);
  }
  const bool no_url = std::getenv("RPC_URL") == nullptr;
  if (no_url || cli.settings.origin("rpc") != "default")
    environment.emplace_back("RPC_URL", cli.chain.rpc.front());
  if (cli.settings.origin("deployment") != "default")
    environment.emplace_back("DEPLOYMENT_FILE", cli.chain.deployment);
  if (cli.settings.origin("key") != "default") {
    environment.emplace_back("DEPLOYER_KEY", "");  // the script would prefer it
    environment.emplace_back("DEPLOYER_KEY_FILE", typed.values["key"]);
  }
}

}  // namespace

void add_deploy_commands(Cli& cli) {
  auto typed = std::make_shared<TypedDeploy>();
  auto* command = cli.command(cli.app, "deploy", "deploy a cluster's contract, and record it",
                              kDeployFooter, [&cli, typed] {
                                gather(cli, *typed);
                                return ctl::run_deploy(typed->options);
                              });
  cli.settings.add(command, "rpc", cli.chain.rpc)
      ->description("an Ethereum node, of several the first [DNC_RPC, else RPC_URL]");
  cli.add_deployment(command)
      ->description("file to write [DNC_DEPLOYMENT]")
      ->default_str("deployments/CHAIN-ID.json");
  cli.settings.add(command, "key", typed->values["key"])
      ->description("file with the deployer's key [DNC_KEY, else DEPLOYER_KEY_FILE, DEPLOYER_KEY]");
  for (const Setting& setting : deploy_settings())
    cli.settings.add(command, setting.name, typed->values[setting.name]);
  command->add_flag("--broadcast", typed->options.broadcast, "send it; without it, only try");
  command->add_flag("--replace", typed->options.replace,
                    "though the file names a cluster that stands");
}

}  // namespace dnc::cli
