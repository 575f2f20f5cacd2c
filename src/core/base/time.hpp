// Time as an argument. The core never reads a clock: it is told how long the process has run.
#pragma once

#include <chrono>

namespace dnc {

using Duration = std::chrono::milliseconds;
using Time = std::chrono::milliseconds;  // monotonic, since the process (or the simulation) started

}  // namespace dnc
