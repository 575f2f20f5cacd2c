// The events of a node that a campaign counts: each must have happened, or it proved little. And
// those that must never happen as long as notaries are honest.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace dnc {

inline constexpr auto kEventKinds = std::to_array<const char*>(
    {"voted", "term_adopted", "leader_elected", "term_committed", "stepped_down", "resumed",
     "admitted", "restart_reported", "generation_proposed", "generation_entered", "rejoined",
     "halted", "checkpoint", "snapshot_wanted", "snapshot_installed", "observing",
     "configuration_decided", "configuration_in_force"});
using EventCounts = std::array<std::uint64_t, kEventKinds.size()>;

inline std::optional<std::size_t> event_kind(std::string_view name) {
  const auto found = std::find(kEventKinds.begin(), kEventKinds.end(), name);
  if (found == kEventKinds.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kEventKinds.begin());
}

inline bool is_alarm(std::string_view name) {
  return name == "contradiction" || name == "divergence" || name == "fork_detected";
}

}  // namespace dnc
