#include "core/consensus/selection.hpp"

#include <utility>

namespace dnc {

LogHead longest(const std::vector<Grant>& grants) {
  LogHead best;
  for (const auto& grant : grants) {
    if (std::pair(grant.last.term, grant.last.seq) > std::pair(best.term, best.seq)) {
      best = grant.last;
    }
  }
  return best;
}

}  // namespace dnc
