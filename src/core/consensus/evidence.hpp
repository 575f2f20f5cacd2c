// The ACCEPTs that showed commits, kept for receipts. In memory: what came before this boot is not
// there.
#pragma once

#include <map>
#include <vector>

#include "core/consensus/messages.hpp"

namespace dnc {

class Evidence {
 public:
  // The block at `seq` is committed, as these ACCEPTs of one term show. Commits that
  // lie closer together than kEvidenceStride share the ACCEPTs of the last of them, and the oldest
  // are forgotten beyond kEvidenceAcceptsMax.
  void note(SeqNo seq, std::vector<Accept> accepts);

  // Blocks up to `seq` are pruned: no receipt is for them.
  void prune_upto(SeqNo seq);

  // The newest commits, newest first, `count` at most.
  std::vector<std::pair<SeqNo, const std::vector<Accept>*>> newest(std::size_t count) const;

  // Those of the commits at or above `seq` that a receipt may reach, nearest first.
  std::vector<const std::vector<Accept>*> covering(SeqNo seq) const;

 private:
  std::map<SeqNo, std::vector<Accept>> kept_;
  std::size_t accepts_ = 0;
};

}  // namespace dnc
