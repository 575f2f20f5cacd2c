// A backup from the nodes, part by part. What has come stays when a node stops answering: the next
// one goes on, as long as it has the same snapshot.
#pragma once

#include "core/consensus/backup.hpp"
#include "ctl/node_client.hpp"

namespace dnc::ctl {

// Whether it holds is for judge_backup(). Errors: those of NodeClient, of the last node that was
// asked; bad_answer; backup_damaged where the pieces are not those of the checkpoint.
Result<Backup> download_backup(const NodeOptions& nodes);

}  // namespace dnc::ctl
