// The time of day, for people and for other machines. Nothing that must be right goes by it.
#pragma once

#include <chrono>
#include <cstdint>

namespace dnc {

// Milliseconds since 1970.
inline std::uint64_t utc_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

}  // namespace dnc
