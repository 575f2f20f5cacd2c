// What chain and nodes say together: who led, who may take part, what is wrong.
#include <memory>

#include "cmd/clusterctl/cli.hpp"
#include "ctl/doctor.hpp"
#include "ctl/error_codes.hpp"
#include "ctl/history.hpp"
#include "ctl/seat_explain.hpp"

namespace dnc::cli {
namespace {

void add_history(Cli& cli) {
  auto* command = cli.command(
      cli.app, "history", "who led when, and why it changed",
      "The contract's events beside a node's log, by term. The gap is the time from the last "
      "block\n"
      "of one leader to the first of the next: so long at most nobody led.\n\n"
      "  clusterctl history\n"
      "  clusterctl history -o json | jq '.history[] | select(.reason == \"votes\")'\n\n"
      "Exit codes: 0 done, 3 neither the chain nor a node answered, 64 usage.",
      [&cli] { return ctl::run_history(cli.nodes, cli.chain, cli.output); });
  cli.add_both(command);
  cli.add_output(command);
}

void add_explain(Cli& cli) {
  struct Typed {
    std::string who;
    bool list = false;
  };
  auto typed = std::make_shared<Typed>();
  auto* command = cli.command(
      cli.app, "explain", "why a seat's node does not serve, or what an error means",
      std::string(
          "Gate by gate: the contract, the operator, the node itself, the chain; and below a\n"
          "refusal the next step. An address may be an owner's, an operator's, a boot key's\n"
          "or an instance's. The code of an error, or one of the contract's, is explained without\n"
          "asking anybody.\n\n"
          "  clusterctl explain 3\n"
          "  clusterctl explain 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 -o json\n"
          "  clusterctl explain no_gas_money\n"
          "  clusterctl explain --list\n\n") +
          kGateCodes,
      [&cli, typed] {
        if (typed->list) return ctl::list_codes(cli.output);
        return ctl::run_explain(typed->who, cli.nodes, cli.chain, cli.output);
      });
  auto* who = command->add_option("WHO", typed->who, "a seat's number, an address, or a code");
  command->add_flag("--list", typed->list, "all codes")->excludes(who);
  cli.add_both(command);
  cli.add_output(command);
}

void add_doctor(Cli& cli) {
  auto typed = std::make_shared<ctl::DoctorOptions>();
  auto* command = cli.command(
      cli.app, "doctor", "is all here that it takes?",
      std::string(
          "Tools, deployment file, chain id of every endpoint, their agreement, the clock, the\n"
          "contract, the nodes, the guest agent, the disk: a line each.\n\n"
          "  clusterctl doctor\n"
          "  clusterctl doctor --data node-1 --rpc https://a.example,https://b.example\n\n") +
          kGateCodes,
      [&cli, typed] {
        typed->nodes = cli.nodes;
        typed->chain = cli.chain;
        return ctl::run_doctor(*typed, cli.output);
      });
  cli.add_both(command);
  cli.settings.add(command, "guest-agent", typed->guest_agent);
  command->add_option("--data", typed->data, "folder of a node's log")->capture_default_str();
  cli.add_output(command);
}

}  // namespace

void add_chain_commands(Cli& cli) {
  add_history(cli);
  add_explain(cli);
  add_doctor(cli);
}

}  // namespace dnc::cli
