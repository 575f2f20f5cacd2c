// The disk under a replica: blocks and metadata in RocksDB, one sync for all that waits.
//
// A data directory belongs to one deployment and one process:
//   WORLD     chain id and contract; another deployment is refused
//   LOCK      held as long as the process lives
//   SYNCED    how many groups were synced: a hint that shows when a synced tail is gone
//   snapshots/  the state at the newest checkpoints
//   blocks/   RocksDB; blocks.damaged-N is what could not be read, kept for inspection
// A disk that has lost something says so at every boot, until a batch writes kGeneration: whoever
// is admitted holds the whole log again. The layout: docs/formats.md, "Data directory".
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/base/result.hpp"
#include "core/consensus/effects.hpp"
#include "core/consensus/replica.hpp"

namespace dnc {

// The deployment that a data directory belongs to.
struct WorldId {
  std::uint64_t chain_id = 0;
  Address contract;

  bool operator==(const WorldId&) const = default;
};

struct RocksDiskConfig {
  // Bytes of batches waiting for the disk. A write that does not fit waits (blocks its caller)
  // until the disk has caught up; one that is larger than all of it waits for an empty queue.
  std::size_t queue_bytes_max = 64u << 20;
  // Called on the disk thread before a group of so many batches is written; may be empty.
  std::function<void(std::size_t batches)> before_group;
};

class RocksDisk {
 public:
  using OnSynced = std::function<void(std::uint64_t batch)>;

  // Creates `directory` (and its parents) or opens it. What cannot be read is moved aside and
  // recover() then says `damaged`. Errors: wrong_world, data_dir_in_use, data_dir_unusable.
  static Result<std::unique_ptr<RocksDisk>> open(const std::string& directory, const WorldId& world,
                                                 RocksDiskConfig config = {});
  ~RocksDisk();  // close()
  RocksDisk(const RocksDisk&) = delete;
  RocksDisk& operator=(const RocksDisk&) = delete;

  // Everything that is on disk and checks out: each block against its checksum and against the
  // block before it. Requires: before start(). Errors: data_dir_unusable.
  Result<Recovered> recover();

  // Starts the disk thread. `on_synced` gets the newest batch id on disk, on the disk thread; it
  // must not call back into the disk. Requires: after recover(), once.
  void start(OnSynced on_synced);

  // Queues a batch; any one thread. Batches reach the disk in order; all that wait while a sync
  // runs share the next one. A failed write or sync aborts the process: after a lost sync nobody
  // knows what is on disk.
  void write(DiskBatch batch);

  // Writes and syncs what is queued, then stops the thread. No callback comes after it.
  void close();

 private:
  struct Impl;
  explicit RocksDisk(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace dnc
