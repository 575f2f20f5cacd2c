// The operator's command line: parse, run one command. Data on stdout, talk on stderr.
#include "cmd/clusterctl/cli.hpp"

int main(int argc, char** argv) {
  dnc::cli::Cli cli;
  dnc::cli::add_health_commands(cli);
  dnc::cli::add_operator_commands(cli);
  dnc::cli::add_seat_commands(cli);
  dnc::cli::add_pause_commands(cli);
  dnc::cli::add_boot_commands(cli);
  dnc::cli::add_proof_commands(cli);
  dnc::cli::add_snapshot_commands(cli);
  dnc::cli::add_chain_commands(cli);
  dnc::cli::add_deploy_commands(cli);
  dnc::cli::add_check_commands(cli);
  dnc::cli::add_config_commands(cli);
  dnc::cli::add_shell_commands(cli);
  try {
    cli.app.parse(argc, argv);
    cli.settings.resolve(cli.app);
  } catch (const CLI::ParseError& error) {
    return cli.app.exit(error) == 0 ? dnc::ctl::kOk : dnc::ctl::kUsage;
  }
  cli.settle();
  return cli.run();
}
