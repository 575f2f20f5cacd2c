// Proofs that nodes give and that anybody can judge: receipts and contradictions.
#include <memory>

#include "cmd/clusterctl/cli.hpp"
#include "ctl/contradictions.hpp"
#include "ctl/node_verify.hpp"
#include "ctl/receipts.hpp"

namespace dnc::cli {
namespace {

// A command that judges a file by a key history and asks nobody.
void add_verify(Cli& cli, CLI::App& group, const char* about, const char* example, const char* file,
                ctl::ExitCode (*run)(const ctl::VerifyOptions&, ctl::Output)) {
  auto typed = std::make_shared<ctl::VerifyOptions>();
  auto* command = cli.command(group, "verify", about, std::string(example) + kGateCodes,
                              [&cli, typed, run] { return run(*typed, cli.output); });
  command->add_option("FILE", typed->file, file);
  command->add_option("--keys", typed->keys, "what clusterctl receipt keys wrote")->required();
  cli.add_output(command);
}

void add_receipt_get(Cli& cli, CLI::App& group) {
  auto receipt = std::make_shared<ctl::ReceiptGetOptions>();
  auto* command =
      cli.command(group, "get", "what an operation of the log led to, signed",
                  "The first node that has it answers; keep what you need, nodes forget.\n\n"
                  "  clusterctl receipt get 42 > receipt.json\n\n"
                  "Exit codes: 0 here it is, 1 no node has it, 3 cannot tell, 64 usage.",
                  [&cli, receipt] {
                    receipt->nodes = cli.nodes;
                    return ctl::run_receipt_get(*receipt);
                  });
  command->add_option("SEQ", receipt->seq, "the block, as the write's answer named it")->required();
  command->add_option("OPERATION", receipt->operation, "its place in the block, from 0")
      ->capture_default_str();
  cli.add_nodes(command);
}

void add_receipt_keys(Cli& cli, CLI::App& group) {
  auto* command = cli.command(
      group, "keys", "what receipts are judged by, as the contract has it",
      "Every boot key that was ever registered, and who counted in each configuration.\n\n"
      "  clusterctl receipt keys > keys.json\n\n"
      "Exit codes: 0 done, 3 cannot tell, 64 usage.",
      [&cli] { return ctl::run_receipt_keys(cli.chain); });
  cli.add_contract(command);
}

void add_receipt_calldata(Cli& cli, CLI::App& group) {
  struct Typed {
    std::string file = "-";
    bool anchor = false;
  };
  auto typed = std::make_shared<Typed>();
  auto* command =
      cli.command(group, "calldata", "a receipt as the contract takes it, in hex",
                  "  cast call CONTRACT --data $(clusterctl receipt calldata receipt.json)\n"
                  "  cast send CONTRACT $(clusterctl receipt calldata --anchor receipt.json)\n\n"
                  "Exit codes: 0 done, 3 no receipt, 64 usage.",
                  [typed] { return ctl::run_receipt_calldata(typed->file, typed->anchor); });
  command->add_option("FILE", typed->file, "a receipt, or the answer that carries one; default: -");
  command->add_flag("--anchor", typed->anchor, "to publish the block instead of asking");
}

void add_contradiction_get(Cli& cli, CLI::App& group) {
  auto* command =
      cli.command(group, "get", "what a node can prove against seats",
                  "The first node that answers; ask each one, and keep what they say.\n\n"
                  "  clusterctl contradiction get --url http://127.0.0.1:8082 > proofs.json\n\n"
                  "Exit codes: 0 here it is, 3 cannot tell, 64 usage.",
                  [&cli] { return ctl::run_contradiction_get(cli.nodes); });
  cli.add_nodes(command);
}

void add_node_verify(Cli& cli) {
  auto typed = std::make_shared<ctl::NodeVerifyOptions>();
  auto* command = cli.command(
      cli.app, "verify", "is what answers there a node of the cluster?",
      std::string(
          "Link by link: its quote over a nonce drawn now, the KMS that vouches for its key, the\n"
          "compose that it runs, its seat, its boot, a receipt that it gives. Behind a link that\n"
          "does not hold none is judged. A simulated quote shows nothing and is refused, but on\n"
          "chain 31337.\n\n"
          "  clusterctl verify http://10.0.0.2:8081\n"
          "  clusterctl verify https://node.example --receipt answer.json --keys keys.json\n"
          "  clusterctl verify http://10.0.0.2:8081 --save attestation.json -o json\n\n") +
          kGateCodes,
      [&cli, typed] {
        typed->chain = cli.chain;
        if (cli.both_timeout_ms > 0) typed->timeout_ms = cli.both_timeout_ms;
        return ctl::run_node_verify(*typed, cli.output);
      });
  command->add_option("URL", typed->url, "the node's address, like http://HOST:PORT")->required();
  command->add_option("--receipt", typed->receipt,
                      "a receipt, or the answer that carries one; default: the node's newest");
  command->add_option("--keys", typed->keys,
                      "what clusterctl receipt keys wrote; default: read from the contract");
  command->add_option("--save", typed->save, "keep the node's answer in this file");
  command->add_flag("--allow-simulated", typed->simulated_allowed,
                    "go on with a quote that shows nothing of the machine");
  cli.add_deployment(command);
  cli.settings.add(command, "rpc", cli.chain.rpc);
  cli.settings.add_milliseconds(command, cli.both_timeout_ms)
      ->default_str("10s for the node, 5s for the chain");
  cli.add_output(command);
}

}  // namespace

void add_proof_commands(Cli& cli) {
  add_node_verify(cli);
  auto& receipt = cli.group("receipt", "proofs of what the log committed");
  add_receipt_get(cli, receipt);
  add_receipt_keys(cli, receipt);
  add_verify(cli, receipt, "does a receipt hold? asks nobody",
             "  clusterctl receipt verify receipt.json --keys keys.json\n\n",
             "a receipt, or the answer that carries one", ctl::run_receipt_verify);
  add_receipt_calldata(cli, receipt);
  auto& contradiction = cli.group("contradiction", "proofs that a seat bypassed its notary");
  add_contradiction_get(cli, contradiction);
  add_verify(cli, contradiction, "do the proofs hold? asks nobody",
             "  clusterctl contradiction verify proofs.json --keys keys.json\n\n",
             "what clusterctl contradiction get wrote", ctl::run_contradiction_verify);
}

}  // namespace dnc::cli
