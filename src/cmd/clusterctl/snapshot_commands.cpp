// Backups of what the cluster holds.
#include <memory>

#include "cmd/clusterctl/cli.hpp"
#include "ctl/snapshots.hpp"

namespace dnc::cli {
namespace {

constexpr const char* kJudgedBy = "what clusterctl receipt keys wrote; else the contract is asked";

void add_snapshot_save(Cli& cli, CLI::App& group) {
  auto typed = std::make_shared<ctl::SnapshotSaveOptions>();
  auto* command = cli.command(
      group, "save", "a backup of all that is committed, proved before it is called saved",
      "It holds every key and value, and the idempotency keys of clients: the file is yours alone\n"
      "(mode 0600). The first node that answers gives it; the next goes on where one fails.\n\n"
      "  clusterctl snapshot save backup.dnc\n"
      "  clusterctl snapshot save backup.dnc --url http://node:8081 --keys keys.json\n\n"
      "Exit codes: 0 saved, 1 refused, 3 cannot tell, 64 usage.",
      [&cli, typed] {
        typed->nodes = cli.nodes;
        typed->judge.chain = cli.chain;
        return ctl::run_snapshot_save(*typed, cli.output);
      });
  command->add_option("FILE", typed->file, "where to save it")->required();
  command->add_option("--keys", typed->judge.keys, kJudgedBy);
  command->add_flag("--force", typed->force, "replace the file if it is there");
  cli.add_both(command);
  cli.add_output(command);
}

void add_snapshot_verify(Cli& cli, CLI::App& group) {
  auto typed = std::make_shared<ctl::SnapshotVerifyOptions>();
  auto* command =
      cli.command(group, "verify", "does a backup hold? with --keys it asks nobody",
                  std::string("It is executed as well, as a node would.\n\n"
                              "  clusterctl snapshot verify backup.dnc --keys keys.json\n\n") +
                      kGateCodes,
                  [&cli, typed] {
                    typed->judge.chain = cli.chain;
                    return ctl::run_snapshot_verify(*typed, cli.output);
                  });
  command->add_option("FILE", typed->file, "what clusterctl snapshot save wrote; - for stdin")
      ->required();
  command->add_option("--keys", typed->judge.keys, kJudgedBy);
  cli.add_contract(command);
  cli.add_output(command);
}

void add_snapshot_restore(Cli& cli, CLI::App& group) {
  auto typed = std::make_shared<ctl::SnapshotRestoreOptions>();
  auto* command = cli.command(
      group, "restore", "a backup becomes the disk of a node, where more are lost than may fail",
      "What was written after the backup is lost: it looks first and says so. Then the nodes\n"
      "start, and operators consent to the cold start: clusterctl recover.\n\n"
      "  clusterctl snapshot restore backup.dnc --data /data --keys keys.json\n"
      "  clusterctl snapshot restore backup.dnc --data /data --keys keys.json --yes\n\n"
      "Exit codes: 0 restored or would be, 1 refused, 3 cannot tell, 64 usage.",
      [&cli, typed] {
        typed->judge.chain = cli.chain;
        return ctl::run_snapshot_restore(*typed, cli.output);
      });
  command->add_option("FILE", typed->file, "what clusterctl snapshot save wrote")->required();
  command->add_option("--data", typed->data, "the node's data directory, empty or not there yet")
      ->required();
  command->add_option("--keys", typed->judge.keys, kJudgedBy);
  command->add_flag("--yes", typed->yes, "write it; without it, only look");
  cli.add_contract(command);
  cli.add_output(command);
}

}  // namespace

void add_snapshot_commands(Cli& cli) {
  auto& group = cli.group("snapshot", "backups of what the cluster holds");
  add_snapshot_save(cli, group);
  add_snapshot_verify(cli, group);
  add_snapshot_restore(cli, group);
}

}  // namespace dnc::cli
