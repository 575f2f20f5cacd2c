// From a schedule that breaks something to a short one that still does: halves, quarters, single
// faults are left out for as long as it fails (delta debugging, Zeller and Hildebrandt, 2002).
#pragma once

#include <functional>

#include "sim/schedule.hpp"

namespace dnc {

// Requires: fails(schedule). At most `runs_max` tries.
Schedule shrink(Schedule schedule, const std::function<bool(const Schedule&)>& fails,
                std::size_t runs_max);

}  // namespace dnc
