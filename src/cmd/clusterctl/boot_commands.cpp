// What the contracts say: to a compose, to a boot, and what code they are.
#include <memory>

#include "cmd/clusterctl/cli.hpp"
#include "ctl/boot_explain.hpp"
#include "ctl/compose_check.hpp"
#include "ctl/compose_hash.hpp"
#include "ctl/contract_verify.hpp"

namespace dnc::cli {
namespace {

void add_compose_hash(Cli& cli, CLI::App& group) {
  auto file = std::make_shared<std::string>();
  auto* command = cli.command(
      group, "hash", "the hash that dstack measures",
      "SHA-256 of the file's exact bytes; the file is never written anew. What bites, like a "
      "final\n"
      "newline, is said on stderr. Phala Cloud makes a file of its own from yours: take the hash\n"
      "that it names.\n\n"
      "  clusterctl compose hash app-compose.json\n"
      "  cat app-compose.json | clusterctl compose hash -\n\n"
      "Exit codes: 0 done, 3 the file cannot be read, 64 usage.",
      [&cli, file] { return ctl::run_compose_hash(*file, cli.output); });
  command->add_option("FILE", *file, "app-compose.json; - for standard input")->required();
  cli.add_output(command);
}

void add_compose_check(Cli& cli, CLI::App& group) {
  struct Typed {
    ctl::ComposeCheckOptions check;
    CLI::Option* deployment = nullptr;
  };
  auto typed = std::make_shared<Typed>();
  auto* command = cli.command(
      group, "check", "would this compose boot here?",
      std::string("  clusterctl compose check app-compose.json\n"
                  "  clusterctl compose check app-compose.json --deployment deployments/8453.json "
                  "\\\n    --rpc https://mainnet.base.org --device 0x.. --tcb UpToDate\n\n") +
          kGateCodes,
      [&cli, typed] {
        typed->check.asks = typed->deployment->count() > 0;
        typed->check.chain = cli.chain;
        return ctl::run_compose_check(typed->check, cli.output);
      });
  auto& check = typed->check;
  command->add_option("FILE", check.file, "app-compose.json; - for standard input")->required();
  typed->deployment = cli.add_deployment(command);
  typed->deployment
      ->description(
          "ask this deployment's contract too; else only the file is looked at "
          "[DNC_DEPLOYMENT]")
      ->default_str("");
  cli.add_rpc(command);
  command->add_option("--device", check.device, "the machine's device id, 32 bytes in hex");
  command->add_option("--instance", check.instance,
                      "an instance id, 20 bytes in hex; default: a CVM that never ran");
  command->add_option("--tcb", check.tcb_status, "the machine's TCB status, like UpToDate");
  command->add_option("--os-image", check.os_image,
                      "hash of the guest image: asks the KMS contract as well");
  cli.add_output(command);
}

void add_boot_explain(Cli& cli, CLI::App& group) {
  auto file = std::make_shared<std::string>("-");
  auto* command = cli.command(
      group, "explain", "why a boot was refused, or would be",
      std::string("Asks the cluster's contract, and through the KMS contract if the deployment "
                  "names one.\n\n"
                  "  clusterctl boot explain boot.json --deployment deployments/8453.json "
                  "--rpc URL\n\n") +
          kGateCodes,
      [&cli, file] { return ctl::run_boot_explain(*file, cli.chain, cli.output); });
  command->add_option("FILE", *file, "boot info as JSON, as the KMS posts it; default: -");
  cli.add_contract(command);
  cli.add_output(command);
}

void add_contract_verify(Cli& cli, CLI::App& group) {
  auto artifacts = std::make_shared<std::string>("contracts/out");
  auto* command = cli.command(
      group, "verify", "is the deployed code what the sources make?",
      std::string("Clone, implementation, libraries and factory, byte by byte.\n\n"
                  "  scripts/setup.sh contracts\n"
                  "  clusterctl contract verify --deployment deployments/8453.json --rpc URL\n\n") +
          kGateCodes,
      [&cli, artifacts] { return ctl::run_contract_verify(*artifacts, cli.chain, cli.output); });
  command->add_option("--artifacts", *artifacts, "folder that forge built into")
      ->capture_default_str();
  cli.add_contract(command);
  cli.add_output(command);
}

}  // namespace

void add_boot_commands(Cli& cli) {
  auto& compose = cli.group("compose", "app-compose files: their hash, and whether they boot");
  add_compose_hash(cli, compose);
  add_compose_check(cli, compose);
  add_boot_explain(cli, cli.group("boot", "what the contracts say to a boot"));
  add_contract_verify(cli, cli.group("contract", "the code that stands on the chain"));
}

}  // namespace dnc::cli
