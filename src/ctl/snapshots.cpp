#include "ctl/snapshots.hpp"

#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "ctl/backup_download.hpp"
#include "ctl/backup_judge.hpp"
#include "ctl/key_history.hpp"
#include "ctl/receipts.hpp"
#include "ctl/sheet.hpp"
#include "io/base/file.hpp"
#include "io/storage/backup_file.hpp"

namespace dnc::ctl {
namespace {

ExitCode cannot_tell(const Error& error) {
  complain(error);
  return kCannotTell;
}

struct Judged {
  Backup backup;
  std::size_t file_bytes = 0;
  BackupVerdict verdict;
};

ExitCode show(const Judged& judged, Output output) {
  const auto& [backup, file_bytes, verdict] = judged;
  if (output != Output::json) return print(verdict.report, output);
  Json document = to_json(verdict.report);
  document["backup"] = verdict.facts ? to_json(backup, *verdict.facts) : Json(nullptr);
  if (verdict.facts) document["backup"]["file_bytes"] = file_bytes;
  print(document);
  return exit_code_of(verdict.report);
}

Result<KeyHistoryFile> keys_of(const JudgeOptions& judge) {
  if (!judge.keys.empty()) return read_key_history(judge.keys);
  auto connection = connect(judge.chain);
  if (!connection) return connection.error();
  const Deployment& deployment = connection->deployment;
  auto history = fetch_key_history(*connection->chain, deployment);
  if (!history) return history.error();
  return KeyHistoryFile{{deployment.chain_id, deployment.contract}, std::move(*history)};
}

Error file_exists(const std::string& file) {
  return {"file_exists", file + " is there already",
          "name another file, or replace it with --force"};
}

// Whole or not at all, and never in the place of what somebody else wrote meanwhile.
Status write_backup(const SnapshotSaveOptions& options, const std::string& content) {
  if (options.force) return write_file(options.file, content, kSecretMode);
  const auto created = create_file(options.file, content, kSecretMode);
  if (!created) return created.error();
  return *created ? ok_status() : Status(file_exists(options.file));
}

// An error is the reason why it cannot be told; what does not hold is a verdict.
Result<Judged> read_and_judge(const std::string& file, const JudgeOptions& judge) {
  const auto content = read_input(file, kBackupBytesMax);
  if (!content) return content.error();
  auto backup = decode_backup(*content);
  if (!backup) {
    const Error& error = backup.error();
    Report report{refusal(error.code, error.message, error.hint)};
    return Judged{{}, content->size(), {std::move(report), std::nullopt}};
  }
  const auto keys = keys_of(judge);
  if (!keys) return keys.error();
  BackupVerdict verdict = judge_backup(*backup, *keys);
  return Judged{std::move(*backup), content->size(), std::move(verdict)};
}

Finding deployment_gate(const Backup& backup, const Deployment& deployment) {
  const Eip712Domain& domain = backup.head.domain;
  if (domain.chain_id == deployment.chain_id && domain.contract == deployment.contract) {
    return passed("deployment", "chain " + std::to_string(domain.chain_id) + ", contract " +
                                    to_hex0x(domain.contract));
  }
  return refusal("deployment", "the backup is of another cluster: " + to_hex0x(domain.contract),
                 "name its own file: --deployment");
}

// What whoever says --yes gives up.
void plan_restore(const Backup& backup, const Deployment& deployment, const std::string& data,
                  Report& report) {
  report.push_back(deployment_gate(backup, deployment));
  const Status free = check_restorable(data);
  report.push_back(free ? passed("directory", data)
                        : refusal(free.error().code, free.error().message, free.error().hint));
  const std::string last = std::to_string(backup.last().seq.value);
  report.push_back(warning(
      "loss",
      "whatever was acknowledged after block " + last +
          " is lost, if no other disk that reports has it: the nodes take this one for true",
      "restore only where more disks are lost than may fail; any other node starts with an empty "
      "directory and gets all from the others"));
  report.push_back(
      warning("clients",
              "versions (ETag) and idempotency keys from after block " + last +
                  " will come again and mean something else; receipts of what is lost still verify",
              "stop clients that remember them before the nodes start"));
  report.push_back(warning(
      "start",
      "the cluster starts again when all seats report, or a quorum of restored disks reports and "
      "as many operators consent",
      "restore the same file for a quorum of seats, start them, then: clusterctl recover"));
}

Finding restored(const Backup& backup, const std::string& data) {
  const Status done = restore_backup(backup, data);
  if (!done) return refusal(done.error().code, done.error().message, done.error().hint);
  return passed("restored",
                data + " holds the log up to block " + std::to_string(backup.last().seq.value));
}

}  // namespace

ExitCode run_snapshot_save(const SnapshotSaveOptions& options, Output output) {
  std::error_code ignored;
  if (!options.force && std::filesystem::exists(options.file, ignored)) {
    complain(file_exists(options.file));
    return kRefused;
  }
  auto backup = download_backup(options.nodes);
  if (!backup) return cannot_tell(backup.error());
  const auto keys = keys_of(options.judge);
  if (!keys) return cannot_tell(keys.error());
  BackupVerdict verdict = judge_backup(*backup, *keys);
  const std::string content = encode_backup(*backup);
  Judged judged{std::move(*backup), content.size(), std::move(verdict)};
  Report& report = judged.verdict.report;
  if (exit_code_of(report) != kOk) {
    std::fprintf(stderr, "Nothing was saved: what the node gave does not hold.\n");
  } else if (const Status written = write_backup(options, content); !written) {
    complain(written.error());
    return kRefused;
  } else {
    report.push_back(
        passed("saved", options.file + ", " + std::to_string(content.size()) + " bytes"));
  }
  return show(judged, output);
}

ExitCode run_snapshot_verify(const SnapshotVerifyOptions& options, Output output) {
  const auto judged = read_and_judge(options.file, options.judge);
  return judged ? show(*judged, output) : cannot_tell(judged.error());
}

ExitCode run_snapshot_restore(const SnapshotRestoreOptions& options, Output output) {
  const auto deployment = read_deployment(options.judge.chain.deployment);
  if (!deployment) return cannot_tell(deployment.error());
  auto judged = read_and_judge(options.file, options.judge);
  if (!judged) return cannot_tell(judged.error());
  Report& report = judged->verdict.report;
  if (judged->verdict.facts) plan_restore(judged->backup, *deployment, options.data, report);
  const bool may = exit_code_of(report) == kOk;
  if (may && !options.yes) {
    std::fprintf(stderr, "Nothing was written: add --yes to restore.\n");
  } else if (may) {
    report.push_back(restored(judged->backup, options.data));
  }
  return show(*judged, output);
}

}  // namespace dnc::ctl
