// Snapshots on disk, each in a file of its own (docs/formats.md, "Data directory"): whole or not
// there at all, the newest limits::kSnapshotsKept of them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/consensus/snapshot.hpp"

namespace dnc {

class SnapshotFiles {
 public:
  explicit SnapshotFiles(std::filesystem::path directory) : directory_(std::move(directory)) {}

  // Durable when it returns; older ones beyond the kept go. Error: file_failed.
  Status write(const Snapshot& snapshot) const;

  struct Found {
    SnapshotPtr newest;                // the newest that checks out, or null
    std::vector<std::string> damaged;  // newer files that do not
  };
  Found find() const;

  // Error: file_failed.
  Status remove_all() const;

 private:
  std::vector<std::string> names() const;  // oldest first

  std::filesystem::path directory_;
};

}  // namespace dnc
