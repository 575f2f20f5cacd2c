// The directory around the database: whose it is, who holds it, and how far it once was synced.
#pragma once

#include <filesystem>
#include <optional>

#include "core/base/result.hpp"
#include "io/storage/rocks_disk.hpp"

namespace dnc {

class DataDirectory {
 public:
  // Creates or takes `root`. Errors: wrong_world, data_dir_in_use, data_dir_unusable.
  static Result<DataDirectory> open(const std::filesystem::path& root, const WorldId& world);
  DataDirectory(DataDirectory&& other) noexcept;
  DataDirectory& operator=(DataDirectory&&) = delete;
  ~DataDirectory();

  std::filesystem::path blocks() const { return root_ / "blocks"; }
  std::filesystem::path snapshots() const { return root_ / "snapshots"; }
  // Where a fresh database is made before it takes the place of a damaged one.
  std::filesystem::path fresh_blocks() const { return root_ / "blocks.new"; }
  // There are blocks, but nothing readable that says whose.
  bool unclaimed() const { return unclaimed_; }

  // Moves blocks() aside and fresh_blocks() in its place; a crash in between is completed by the
  // next open(). Returns where the damaged database is. Requires: neither is open.
  Result<std::filesystem::path> swap_in_fresh();

  // A hint, never ahead of the truth: written after each sync, itself not synced. Empty:
  // unreadable.
  std::optional<std::uint64_t> synced_groups() const;
  void note_synced(std::uint64_t groups);

 private:
  DataDirectory(std::filesystem::path root, const WorldId& world, int lock_fd)
      : root_(std::move(root)), world_(world), lock_fd_(lock_fd) {}
  Status claim();
  Status write_world();
  Status finish_swap();

  std::filesystem::path root_;
  WorldId world_;
  int lock_fd_;
  int synced_fd_ = -1;
  bool unclaimed_ = false;
};

}  // namespace dnc
