#include "sim/shrink.hpp"

#include <algorithm>

namespace dnc {

Schedule shrink(Schedule schedule, const std::function<bool(const Schedule&)>& fails,
                std::size_t runs_max) {
  std::size_t runs = 0;
  std::size_t piece = (schedule.size() + 1) / 2;
  while (piece > 0 && !schedule.empty()) {
    bool shorter = false;
    for (std::size_t from = 0; from < schedule.size() && runs < runs_max; ++runs) {
      const std::size_t to = std::min(from + piece, schedule.size());
      Schedule rest(schedule.begin(), schedule.begin() + static_cast<std::ptrdiff_t>(from));
      rest.insert(rest.end(), schedule.begin() + static_cast<std::ptrdiff_t>(to), schedule.end());
      if (fails(rest)) {
        schedule = std::move(rest);
        shorter = true;
      } else {
        from = to;
      }
    }
    if (runs >= runs_max) break;
    if (piece == 1 && !shorter) break;
    piece = piece == 1 ? 1 : (piece + 1) / 2;
  }
  return schedule;
}

}  // namespace dnc
