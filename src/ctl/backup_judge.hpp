// What a backup is worth, judged by a key history and asking nobody.
#pragma once

#include "core/consensus/backup.hpp"
#include "ctl/receipt_file.hpp"
#include "ctl/report.hpp"

namespace dnc::ctl {

// What a backup that holds says.
struct BackupFacts {
  Verified end;
  std::uint64_t keys = 0;     // of the key-value service, at its end
  std::uint64_t counter = 0;  // likewise
};

struct BackupVerdict {
  Report report;
  std::optional<BackupFacts> facts;  // none where it does not hold
};

// Is it of the cluster of these keys, does it hold together, did a majority sign its end, and does
// this program get from it the state that they signed?
BackupVerdict judge_backup(const Backup& backup, const KeyHistoryFile& keys);

Json to_json(const Backup& backup, const BackupFacts& facts);

}  // namespace dnc::ctl
