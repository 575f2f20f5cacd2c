#include "core/consensus/evidence.hpp"

#include <iterator>

#include "core/base/check.hpp"
#include "core/consensus/limits.hpp"

namespace dnc {

void Evidence::note(SeqNo seq, std::vector<Accept> accepts) {
  CHECK(!accepts.empty() && (kept_.empty() || kept_.rbegin()->first < seq));
  if (kept_.size() >= 2) {
    const auto last = std::prev(kept_.end());
    const bool near = last->first.value - std::prev(last)->first.value < limits::kEvidenceStride;
    // A receipt stays within one generation and configuration.
    if (near && last->second.front().scope == accepts.front().scope) {
      accepts_ -= last->second.size();
      kept_.erase(last);
    }
  }
  accepts_ += accepts.size();
  kept_.emplace(seq, std::move(accepts));
  while (accepts_ > limits::kEvidenceAcceptsMax && kept_.size() > 1) {
    accepts_ -= kept_.begin()->second.size();
    kept_.erase(kept_.begin());
  }
}

void Evidence::prune_upto(SeqNo seq) {
  while (!kept_.empty() && kept_.begin()->first <= seq) {
    accepts_ -= kept_.begin()->second.size();
    kept_.erase(kept_.begin());
  }
}

std::vector<std::pair<SeqNo, const std::vector<Accept>*>> Evidence::newest(
    std::size_t count) const {
  std::vector<std::pair<SeqNo, const std::vector<Accept>*>> found;
  for (auto at = kept_.rbegin(); at != kept_.rend() && found.size() < count; ++at)
    found.emplace_back(at->first, &at->second);
  return found;
}

std::vector<const std::vector<Accept>*> Evidence::covering(SeqNo seq) const {
  std::vector<const std::vector<Accept>*> found;
  const SeqNo end{seq.value + limits::kReceiptHeadersMax};
  for (auto at = kept_.lower_bound(seq); at != kept_.end() && at->first < end; ++at)
    found.push_back(&at->second);
  return found;
}

}  // namespace dnc
