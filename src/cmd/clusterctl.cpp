// The operator's command line: parse, run one command. Data on stdout, talk on stderr.
#include <CLI/CLI.hpp>
#include <functional>
#include <map>

#include "ctl/boot_explain.hpp"
#include "ctl/compose_check.hpp"
#include "ctl/compose_hash.hpp"
#include "ctl/contract_verify.hpp"
#include "ctl/contradictions.hpp"
#include "ctl/receipts.hpp"
#include "ctl/recover.hpp"
#include "ctl/status.hpp"

namespace {

using namespace dnc::ctl;

constexpr const char* kGateCodes =
    "Exit codes: 0 yes, 1 refused, 3 cannot tell, 64 usage. Warnings change no exit code.";

// What was typed, and the command that it chose.
struct Invocation {
  Output output = Output::table;
  NodeOptions nodes;
  ChainOptions chain;
  ComposeCheckOptions check;
  ReceiptGetOptions receipt;
  ReceiptVerifyOptions verify;
  RecoverOptions recover;
  ContradictionVerifyOptions accusation;
  bool anchor = false;
  std::string file = "-";
  std::string artifacts = "contracts/out";
  std::function<int()> run;
};

void add_output(CLI::App* command, Invocation& typed) {
  static const std::map<std::string, Output> kOutputs = {{"table", Output::table},
                                                         {"json", Output::json}};
  command->add_option("-o,--output", typed.output, "table or json; default: table")
      ->transform(CLI::CheckedTransformer(kOutputs).description(""))
      ->type_name("TEXT:{table,json}");
}

CLI::Option* add_deployment(CLI::App* command, std::string& file) {
  return command->add_option("--deployment", file, "file that the deployment wrote")
      ->envname("DNC_DEPLOYMENT");
}

void add_chain(CLI::App* command, Invocation& typed) {
  command->add_option("--rpc", typed.chain.rpc, "URL of an Ethereum node; may be repeated")
      ->envname("DNC_RPC")
      ->capture_default_str();
  command->add_option("--timeout", typed.chain.timeout_ms, "milliseconds for each request")
      ->check(CLI::Range(1, 60000))
      ->capture_default_str();
}

void add_nodes(CLI::App* command, NodeOptions& nodes) {
  command->add_option("--url", nodes.urls, "a node; may be given several times")
      ->envname("DNC_URL")
      ->capture_default_str();
  command->add_option("--timeout", nodes.timeout_ms, "milliseconds for each node")
      ->check(CLI::Range(1, 60000))
      ->capture_default_str();
}

void add_status(CLI::App& app, Invocation& typed) {
  auto* command = app.add_subcommand("status", "who leads, who follows, and how far they are");
  add_nodes(command, typed.nodes);
  add_output(command, typed);
  command->footer(
      "Exit codes: 0 healthy, 1 degraded, 2 no quorum or no leader, 3 cannot tell, 64 usage.");
  command->callback([&] { typed.run = [&] { return run_status(typed.nodes, typed.output); }; });
}

void add_compose_hash(CLI::App& group, Invocation& typed) {
  auto* command = group.add_subcommand("hash", "the hash that dstack measures");
  command->add_option("FILE", typed.file, "app-compose.json; - for standard input")->required();
  command->footer(
      "SHA-256 of the file's exact bytes; the file is never written anew. What bites, like a "
      "final\n"
      "newline, is said on stderr. Phala Cloud makes a file of its own from yours: take the hash\n"
      "that it names.\n\n"
      "  clusterctl compose hash app-compose.json\n"
      "  cat app-compose.json | clusterctl compose hash -\n");
  command->callback([&] { typed.run = [&] { return run_compose_hash(typed.file); }; });
}

void add_compose_check(CLI::App& group, Invocation& typed) {
  auto* command = group.add_subcommand("check", "would this compose boot here?");
  command->add_option("FILE", typed.check.file, "app-compose.json; - for standard input")
      ->required();
  auto* deployment = add_deployment(command, typed.chain.deployment);
  deployment->description("ask this deployment's contract too; else only the file is looked at");
  add_chain(command, typed);
  command->add_option("--device", typed.check.device, "the machine's device id, 32 bytes in hex");
  command->add_option("--instance", typed.check.instance,
                      "an instance id, 20 bytes in hex; default: a CVM that never ran");
  command->add_option("--tcb", typed.check.tcb_status, "the machine's TCB status, like UpToDate");
  command->add_option("--os-image", typed.check.os_image,
                      "hash of the guest image: asks the KMS contract as well");
  add_output(command, typed);
  command->footer(
      std::string("  clusterctl compose check app-compose.json\n"
                  "  clusterctl compose check app-compose.json --deployment deployments/8453.json "
                  "\\\n    --rpc https://mainnet.base.org --device 0x.. --tcb UpToDate\n\n") +
      kGateCodes);
  command->callback([&typed, deployment] {
    typed.check.asks = deployment->count() > 0;
    typed.check.chain = typed.chain;
    typed.run = [&typed] { return run_compose_check(typed.check, typed.output); };
  });
}

void add_boot_explain(CLI::App& group, Invocation& typed) {
  auto* command = group.add_subcommand("explain", "why a boot was refused, or would be");
  command->add_option("FILE", typed.file, "boot info as JSON, as the KMS posts it; default: -");
  add_deployment(command, typed.chain.deployment)->capture_default_str();
  add_chain(command, typed);
  add_output(command, typed);
  command->footer(
      std::string("Asks the cluster's contract, and through the KMS contract if the deployment "
                  "names one.\n\n"
                  "  clusterctl boot explain boot.json --deployment deployments/8453.json "
                  "--rpc URL\n\n") +
      kGateCodes);
  command->callback(
      [&] { typed.run = [&] { return run_boot_explain(typed.file, typed.chain, typed.output); }; });
}

void add_contract_verify(CLI::App& group, Invocation& typed) {
  auto* command = group.add_subcommand("verify", "is the deployed code what the sources make?");
  command->add_option("--artifacts", typed.artifacts, "folder that forge built into")
      ->capture_default_str();
  add_deployment(command, typed.chain.deployment)->capture_default_str();
  add_chain(command, typed);
  add_output(command, typed);
  command->footer(
      std::string("Clone, implementation, libraries and factory, byte by byte.\n\n"
                  "  scripts/setup.sh contracts\n"
                  "  clusterctl contract verify --deployment deployments/8453.json --rpc URL\n\n") +
      kGateCodes);
  command->callback([&] {
    typed.run = [&] { return run_contract_verify(typed.artifacts, typed.chain, typed.output); };
  });
}

void add_receipt_get(CLI::App& group, Invocation& typed) {
  auto* command = group.add_subcommand("get", "what an operation of the log led to, signed");
  command->add_option("SEQ", typed.receipt.seq, "the block, as the write's answer named it")
      ->required();
  command->add_option("OPERATION", typed.receipt.operation, "its place in the block, from 0")
      ->capture_default_str();
  add_nodes(command, typed.receipt.nodes);
  command->footer(
      "The first node that has it answers; keep what you need, nodes forget.\n\n"
      "  clusterctl receipt get 42 > receipt.json\n\n"
      "Exit codes: 0 here it is, 1 no node has it, 3 cannot tell, 64 usage.");
  command->callback([&] { typed.run = [&] { return run_receipt_get(typed.receipt); }; });
}

void add_receipt_keys(CLI::App& group, Invocation& typed) {
  auto* command =
      group.add_subcommand("keys", "what receipts are judged by, as the contract has it");
  add_deployment(command, typed.chain.deployment)->capture_default_str();
  add_chain(command, typed);
  command->footer(
      "Every boot key that was ever registered, and who counted in each configuration.\n\n"
      "  clusterctl receipt keys > keys.json\n\n"
      "Exit codes: 0 done, 3 cannot tell, 64 usage.");
  command->callback([&] { typed.run = [&] { return run_receipt_keys(typed.chain); }; });
}

void add_receipt_verify(CLI::App& group, Invocation& typed) {
  auto* command = group.add_subcommand("verify", "does a receipt hold? asks nobody");
  command->add_option("FILE", typed.verify.file, "a receipt, or the answer that carries one");
  command->add_option("--keys", typed.verify.keys, "what clusterctl receipt keys wrote")
      ->required();
  add_output(command, typed);
  command->footer(std::string("  clusterctl receipt verify receipt.json --keys keys.json\n\n") +
                  kGateCodes);
  command->callback(
      [&] { typed.run = [&] { return run_receipt_verify(typed.verify, typed.output); }; });
}

void add_receipt_calldata(CLI::App& group, Invocation& typed) {
  auto* command = group.add_subcommand("calldata", "a receipt as the contract takes it, in hex");
  command->add_option("FILE", typed.file, "a receipt, or the answer that carries one; default: -");
  command->add_flag("--anchor", typed.anchor, "to publish the block instead of asking");
  command->footer(
      "  cast call CONTRACT --data $(clusterctl receipt calldata receipt.json)\n"
      "  cast send CONTRACT $(clusterctl receipt calldata --anchor receipt.json)\n\n"
      "Exit codes: 0 done, 3 no receipt, 64 usage.");
  command->callback(
      [&] { typed.run = [&] { return run_receipt_calldata(typed.file, typed.anchor); }; });
}

void add_recover(CLI::App& app, Invocation& typed) {
  auto* command = app.add_subcommand("recover", "consent to a cold start without all seats");
  auto& options = typed.recover;
  command->add_option("--url", options.url, "a node that waits for it")
      ->envname("DNC_URL")
      ->capture_default_str();
  add_deployment(command, options.deployment)->capture_default_str();
  command->add_option("--operator-key", options.operator_key, "file with your seat's operator key");
  auto* yes = command->add_flag("--yes", options.yes, "sign and send; without it, only look");
  yes->needs("--operator-key");
  command->add_option("--timeout", options.timeout_ms, "milliseconds for each request")
      ->check(CLI::Range(1, 60000))
      ->capture_default_str();
  command->footer(
      "All nodes were off, and some do not come back: the others wait for them, or for as many\n"
      "operators as a quorum. Each signs what is shown, and no more is given up.\n\n"
      "  clusterctl recover --url http://node:8081\n"
      "  clusterctl recover --url http://node:8081 --operator-key operator.key --yes\n\n"
      "Exit codes: 0 done, 1 refused, 3 cannot tell, 64 usage.");
  command->callback([&] { typed.run = [&] { return run_recover(typed.recover); }; });
}

void add_contradiction_get(CLI::App& group, Invocation& typed) {
  auto* command = group.add_subcommand("get", "what a node can prove against seats");
  add_nodes(command, typed.nodes);
  command->footer(
      "The first node that answers; ask each one, and keep what they say.\n\n"
      "  clusterctl contradiction get --url http://127.0.0.1:8082 > proofs.json\n\n"
      "Exit codes: 0 here it is, 3 cannot tell, 64 usage.");
  command->callback([&] { typed.run = [&] { return run_contradiction_get(typed.nodes); }; });
}

void add_contradiction_verify(CLI::App& group, Invocation& typed) {
  auto* command = group.add_subcommand("verify", "do the proofs hold? asks nobody");
  command->add_option("FILE", typed.accusation.file, "what clusterctl contradiction get wrote");
  command->add_option("--keys", typed.accusation.keys, "what clusterctl receipt keys wrote")
      ->required();
  add_output(command, typed);
  command->footer(
      std::string("  clusterctl contradiction verify proofs.json --keys keys.json\n\n") +
      kGateCodes);
  command->callback([&] {
    typed.run = [&] { return run_contradiction_verify(typed.accusation, typed.output); };
  });
}

CLI::App& add_group(CLI::App& app, const char* name, const char* about) {
  auto* group = app.add_subcommand(name, about);
  group->require_subcommand(1);
  return *group;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"clusterctl: looks after an NFT-gated cluster"};
  app.require_subcommand(1);
  Invocation typed;
  add_status(app, typed);
  add_recover(app, typed);
  auto& compose = add_group(app, "compose", "app-compose files: their hash, and whether they boot");
  add_compose_hash(compose, typed);
  add_compose_check(compose, typed);
  add_boot_explain(add_group(app, "boot", "what the contracts say to a boot"), typed);
  add_contract_verify(add_group(app, "contract", "the code that stands on the chain"), typed);
  auto& receipt = add_group(app, "receipt", "proofs of what the log committed");
  add_receipt_get(receipt, typed);
  add_receipt_keys(receipt, typed);
  add_receipt_verify(receipt, typed);
  add_receipt_calldata(receipt, typed);
  auto& contradiction = add_group(app, "contradiction", "proofs that a seat bypassed its notary");
  add_contradiction_get(contradiction, typed);
  add_contradiction_verify(contradiction, typed);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kOk : kUsage;
  }
  return typed.run();
}
