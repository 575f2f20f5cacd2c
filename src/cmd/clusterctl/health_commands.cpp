// How the cluster is, and where it is.
#include <memory>

#include "cmd/clusterctl/cli.hpp"
#include "ctl/peers.hpp"
#include "ctl/status.hpp"

namespace dnc::cli {
namespace {

void add_watch(CLI::App* command, ctl::WatchOptions& watch) {
  auto* flag = command->add_flag("-w,--watch", watch.watch, "look again and again");
  command->add_option("--interval", watch.interval_ms, "between looks, like 500ms or 2s")
      ->transform(milliseconds())
      ->default_str("1s")
      ->type_name("TIME")
      ->needs(flag);
  command->add_option("--count", watch.count, "end after so many; default: when it is stopped")
      ->needs(flag);
}

void add_status(Cli& cli) {
  auto watch = std::make_shared<ctl::WatchOptions>();
  auto* command = cli.command(
      cli.app, "status", "who leads, who follows, and how far they are",
      std::string("As the first node that answers sees it.\n\n"
                  "  clusterctl status --url http://10.0.0.1:8081,http://10.0.0.2:8081\n"
                  "  clusterctl status -w\n"
                  "  clusterctl status -o json | jq -r .health\n\n") +
          kHealthCodes,
      [&cli, watch] { return ctl::run_status(cli.nodes, *watch, cli.output); });
  cli.add_nodes(command);
  add_watch(command, *watch);
  cli.add_output(command);
}

void add_members(Cli& cli) {
  auto* command = cli.command(
      cli.app, "members", "each seat's node, asked by itself",
      std::string("One row for each seat, reached or not, and why it does not serve. Asks the\n"
                  "endpoints that the nodes name, all at once.\n\n"
                  "  clusterctl members\n"
                  "  clusterctl members -o json | jq '.members[] | select(.answers | not)'\n\n") +
          kHealthCodes,
      [&cli] { return ctl::run_members(cli.nodes, cli.output); });
  cli.add_nodes(command);
  cli.add_output(command);
}

void add_wait(Cli& cli) {
  auto timeout_ms = std::make_shared<int>(60'000);
  auto& group = cli.group("wait", "until something is so");
  auto* command = cli.command(
      group, "ready", "until the cluster is healthy",
      std::string("A leader is known, a quorum serves, and no seat is in trouble.\n\n"
                  "  clusterctl wait ready --timeout 30s && start-the-application\n\n") +
          kHealthCodes + "\nThe code is that of the last look.",
      [&cli, timeout_ms] { return ctl::run_wait_ready(cli.nodes, *timeout_ms, cli.output); });
  cli.settings.add(command, "url", cli.nodes.urls);
  command->add_option("--timeout", *timeout_ms, "how long, like 30s or 5m")
      ->transform(milliseconds())
      ->default_str("1m")
      ->type_name("TIME");
  cli.add_output(command);
}

void add_peers(Cli& cli) {
  auto watch = std::make_shared<ctl::WatchOptions>();
  auto* command = cli.command(
      cli.app, "peers", "where applications send their requests",
      std::string("The nodes that serve, the leader first; any of them takes any request. With\n"
                  "--watch a new list with every change, --count changes long: as a node's stream\n"
                  "tells it, GET /peers; without one at the next look.\n\n"
                  "  clusterctl peers -o json | jq -r '.peers[0].url'\n"
                  "  clusterctl peers --watch -o json      # one line for each change\n\n") +
          kHealthCodes,
      [&cli, watch] { return ctl::run_peers(cli.nodes, *watch, cli.output); });
  cli.add_nodes(command);
  add_watch(command, *watch);
  cli.add_output(command);
}

}  // namespace

void add_health_commands(Cli& cli) {
  add_status(cli);
  add_members(cli);
  add_wait(cli);
  add_peers(cli);
}

}  // namespace dnc::cli
