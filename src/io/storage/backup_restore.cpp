// A data directory made of a backup.
#include <algorithm>

#include "core/base/wire.hpp"
#include "core/consensus/codec.hpp"
#include "io/base/file.hpp"
#include "io/storage/backup_file.hpp"
#include "io/storage/rocks_disk.hpp"

namespace dnc {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSpareBytes = 32u << 20;

// A fresh file system has one, and it is nobody's data.
bool is_of_the_file_system(const fs::directory_entry& entry) {
  return entry.path().filename() == "lost+found";
}

void empty_again(const fs::path& directory) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(directory, ignored)) {
    if (!is_of_the_file_system(entry)) fs::remove_all(entry.path(), ignored);
  }
}

std::size_t size_of(const DiskBatch& batch) {
  std::size_t bytes = 0;
  for (const auto& snapshot : batch.snapshots)
    bytes += snapshot->bytes();
  for (const auto& [seq, block] : batch.blocks)
    bytes += block.size();
  return bytes;
}

// The disk ends the process where a write fails. Twice: blocks pass through a log.
Status check_space(const fs::path& directory, const DiskBatch& batch) {
  std::error_code error;
  const auto space = fs::space(directory, error);
  const std::size_t needed = 2 * size_of(batch) + kSpareBytes;
  if (error || space.available >= needed) return ok_status();
  return Error{"data_dir_unusable",
               directory.string() + ": " + std::to_string(space.available) + " bytes are free, " +
                   std::to_string(needed) + " are needed",
               "free space, or name a directory on another disk"};
}

Bytes number(std::uint64_t value) {
  Writer out;
  out.u64(value);
  return out.take();
}

Bytes commit_of(const Backup& backup) {
  Bytes value = number(backup.last().seq.value);
  const Bytes evidence = encode(accepts_of(backup.head.proof));
  value.insert(value.end(), evidence.begin(), evidence.end());
  return value;
}

// Everything in one: a crash leaves a new disk or the backup. The promise is that of the last
// block's term: no boot that wakes up on this disk promised less.
DiskBatch batch_of(const Backup& backup) {
  const BlockHeader& last = backup.last();
  DiskBatch batch;
  batch.id = 1;
  if (backup.snapshot) batch.snapshots.push_back(backup.snapshot);
  for (const Block& block : backup.blocks)
    batch.blocks.emplace_back(block.header.seq, encode(block));
  batch.meta.emplace_back(MetaKey::kPromisedTerm, number(last.term.value));
  batch.meta.emplace_back(MetaKey::kCommit, commit_of(backup));
  batch.meta.emplace_back(MetaKey::kGeneration, number(last.generation.value));
  return batch;
}

Status write(const Backup& backup, const fs::path& directory) {
  DiskBatch batch = batch_of(backup);
  if (const auto made = ensure_directory(directory); !made) return made.error();
  if (const Status room = check_space(directory, batch); !room) return room;
  const Eip712Domain& domain = backup.head.domain;
  auto disk = RocksDisk::open(directory.string(), {domain.chain_id, domain.contract});
  if (!disk) return disk.error();
  if (const auto recovered = (*disk)->recover(); !recovered) return recovered.error();
  (*disk)->start([](std::uint64_t) {});
  (*disk)->write(std::move(batch));
  (*disk)->close();  // once all is synced
  return ok_status();
}

}  // namespace

Status check_restorable(const fs::path& directory) {
  std::error_code error;
  if (!fs::exists(directory, error) && !error) return ok_status();
  fs::directory_iterator entries(directory, error);
  if (error) {
    return Error{"data_dir_unusable", directory.string() + ": " + error.message(),
                 "name a directory that is empty, or not there yet"};
  }
  if (std::all_of(begin(entries), end(entries), is_of_the_file_system)) return ok_status();
  return Error{"directory_not_empty", directory.string() + " is not empty",
               "name another one; what is left of a disk is worth more than a backup: keep it"};
}

Status restore_backup(const Backup& backup, const fs::path& directory) {
  if (const Status empty = check_restorable(directory); !empty) return empty;
  const Status written = write(backup, directory);
  if (!written) empty_again(directory);
  return written;
}

}  // namespace dnc
