// What operators do with their keys. Each only looks until it is told --yes.
#include <memory>

#include "cmd/clusterctl/cli.hpp"
#include "ctl/recover.hpp"
#include "ctl/switchover.hpp"
#include "ctl/vote.hpp"

namespace dnc::cli {
namespace {

void add_recover(Cli& cli) {
  auto typed = std::make_shared<ctl::RecoverOptions>();
  auto* command = cli.command(
      cli.app, "recover", "consent to a cold start without all seats",
      "All nodes were off, and some do not come back: the others wait for them, or for as many\n"
      "operators as a quorum. Each signs what is shown, and no more is given up.\n\n"
      "  clusterctl recover --url http://node:8081\n"
      "  clusterctl recover --url http://node:8081 --operator-key operator.key --yes\n\n"
      "Exit codes: 0 done, 1 refused, 3 cannot tell, 64 usage.",
      [&cli, typed] {
        typed->deployment = cli.chain.deployment;
        typed->timeout_ms = cli.nodes.timeout_ms;
        return ctl::run_recover(*typed);
      });
  cli.settings.add(command, "url", typed->url)->description("a node that waits for it [DNC_URL]");
  cli.settings.add_milliseconds(command, cli.nodes.timeout_ms);
  cli.add_deployment(command);
  cli.settings.add(command, "operator-key", typed->operator_key);
  command->add_flag("--yes", typed->yes, "sign and send; without it, only look");
}

void add_vote(Cli& cli) {
  auto typed = std::make_shared<ctl::VoteOptions>();
  auto* command = cli.command(
      cli.app, "vote", "no confidence in the leader, on the contract",
      "Votes of a majority of the operators depose the leader, and the nodes follow. The "
      "operator's\n"
      "account pays for its vote. Without --yes it shows who leads and how many voted.\n\n"
      "  clusterctl vote\n"
      "  clusterctl vote --operator-key operator.key --yes\n"
      "  clusterctl vote --operator-key operator.key --withdraw --yes\n\n"
      "Exit codes: 0 done, 1 refused, 3 cannot tell, 64 usage.",
      [&cli, typed] {
        typed->chain = cli.chain;
        return ctl::run_vote(*typed, cli.output);
      });
  cli.add_contract(command);
  cli.settings.add(command, "operator-key", typed->operator_key);
  command->add_flag("--withdraw", typed->withdraw, "take your vote back");
  command->add_flag("--yes", typed->yes, "send it; without it, only look");
  cli.add_output(command);
}

void add_switchover(Cli& cli) {
  auto typed = std::make_shared<ctl::SwitchoverOptions>();
  auto* command = cli.command(
      cli.app, "switchover", "hand the lead over to another seat, as planned",
      "The operator of the leader's seat orders it, the leader's followers vote at once, and no\n"
      "write is lost. Shows what would follow; --yes signs and sends, and waits until it is seen\n"
      "who leads. Where the leader's operator is not there, others vote: clusterctl vote.\n\n"
      "  clusterctl switchover --dry-run\n"
      "  clusterctl switchover --to 2 --operator-key operator.key --yes\n\n"
      "Exit codes: 0 done or would be, 1 refused, 3 cannot tell, 64 usage.",
      [&cli, typed] {
        typed->nodes = cli.nodes;
        typed->deployment = cli.chain.deployment;
        return ctl::run_switchover(*typed, cli.output);
      });
  cli.add_nodes(command);
  cli.add_deployment(command);
  cli.settings.add(command, "operator-key", typed->operator_key);
  command->add_option("--to", typed->to, "the seat that is to lead; default: the next that can")
      ->type_name("SEAT")
      ->check(CLI::PositiveNumber);
  auto* yes = command->add_flag("--yes", typed->yes, "sign and send; without it, only look");
  command
      ->add_flag_function(
          "--dry-run", [](std::int64_t) {}, "only look, the default")
      ->excludes(yes);
  cli.add_output(command);
}

}  // namespace

void add_operator_commands(Cli& cli) {
  add_vote(cli);
  add_switchover(cli);
  add_recover(cli);
}

}  // namespace dnc::cli
