// Backups: saved from the nodes, judged without them, and made a node's disk again.
#pragma once

#include <string>

#include "ctl/connection.hpp"
#include "ctl/node_client.hpp"
#include "ctl/report.hpp"

namespace dnc::ctl {

// What a backup is judged by: a key history, or, where none is named, the contract.
struct JudgeOptions {
  std::string keys;  // file
  ChainOptions chain;
};

struct SnapshotSaveOptions {
  NodeOptions nodes;
  JudgeOptions judge;
  std::string file;
  bool force = false;  // replace a file that is there
};

struct SnapshotVerifyOptions {
  JudgeOptions judge;
  std::string file;
};

struct SnapshotRestoreOptions {
  JudgeOptions judge;
  std::string file;
  std::string data;  // directory
  bool yes = false;  // write; else only look
};

ExitCode run_snapshot_save(const SnapshotSaveOptions& options, Output output);
ExitCode run_snapshot_verify(const SnapshotVerifyOptions& options, Output output);
ExitCode run_snapshot_restore(const SnapshotRestoreOptions& options, Output output);

}  // namespace dnc::ctl
