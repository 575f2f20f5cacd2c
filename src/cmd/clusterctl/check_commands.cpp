// What the cluster can bear.
#include <memory>

#include "cmd/clusterctl/cli.hpp"
#include "ctl/check_perf.hpp"

namespace dnc::cli {

void add_check_commands(Cli& cli) {
  constexpr int kShortestMs = 1000;
  constexpr int kLongestMs = 3'600'000;
  auto options = std::make_shared<ctl::CheckPerfOptions>();
  auto& group = cli.group("check", "what the cluster can bear");
  auto* command = cli.command(
      group, "perf", "does the cluster keep up with a load of writes?",
      std::string(
          "PUTs 1 KiB values under 256-byte keys of its own, evenly, over many connections,\n"
          "judges throughput, latency and errors, and removes the keys. Latencies count from\n"
          "when a write was due. small is 150 writes a second over 50 connections, medium\n"
          "1,000 over 200, large 8,000 over 500: the profiles and limits of etcdctl check\n"
          "perf. It loads the cluster: other clients will notice.\n\n"
          "  clusterctl check perf\n"
          "  clusterctl check perf --profile medium --duration 10s -o json | jq .verdict\n\n"
          "Exit codes: 0 passed, 1 failed, 3 cannot tell: no answer, not healthy, or stopped\n"
          "early, 64 usage."),
      [&cli, options] {
        options->nodes = cli.nodes;
        return ctl::run_check_perf(*options, cli.output);
      });
  std::map<std::string, std::size_t> profiles;
  for (std::size_t i = 0; i < ctl::kPerfProfiles.size(); ++i)
    profiles[std::string(ctl::kPerfProfiles[i].name)] = i;
  command
      ->add_option_function<std::size_t>(
          "--profile", [options](std::size_t i) { options->profile = ctl::kPerfProfiles[i]; },
          "how much load")
      ->transform(CLI::CheckedTransformer(profiles).description(""))
      ->default_str("small")
      ->type_name("TEXT:{small,medium,large}");
  command->add_option("--duration", options->duration_ms, "how long to write, like 10s or 5m")
      ->transform(milliseconds())
      ->check(CLI::Range(kShortestMs, kLongestMs).description(""))
      ->default_str("1m")
      ->type_name("TIME");
  command->add_flag("--force", options->force, "even if the cluster is not healthy");
  cli.add_nodes(command);
  cli.add_output(command);
}

}  // namespace dnc::cli
