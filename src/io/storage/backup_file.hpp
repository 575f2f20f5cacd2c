// A backup as a file (docs/formats.md, "Backups"): sealed records, so that damage is found and
// named. A file of up to about 600 MiB is held in memory whole.
#pragma once

#include <filesystem>
#include <string>

#include "core/consensus/backup.hpp"

namespace dnc {

// Larger than any backup: the largest state, and what three intervals between checkpoints may hold.
inline constexpr std::size_t kBackupBytesMax = 1u << 30;

std::string encode_backup(const Backup& backup);

// What was written, and whole; whether it holds is for verify_backup(). Errors: not_a_backup,
// backup_cut_short, backup_damaged.
Result<Backup> decode_backup(std::string_view file);

// May restore_backup() make this a data directory? Errors: directory_not_empty, data_dir_unusable.
Status check_restorable(const std::filesystem::path& directory);

// Makes `directory`, which must not hold anything yet, the data directory of a node that has
// committed the backup and nothing beyond it. Nothing is left behind where that fails. Requires:
// verify_backup() and replay_backup() found it good. Errors: those of check_restorable() and of
// RocksDisk.
Status restore_backup(const Backup& backup, const std::filesystem::path& directory);

}  // namespace dnc
