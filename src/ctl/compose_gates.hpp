// What can be said of an app-compose without asking anybody: does it get keys from a KMS at all,
// and is what it runs held by its hash?
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/bytes.hpp"
#include "ctl/app_compose.hpp"
#include "ctl/report.hpp"

namespace dnc::ctl {

// The world that the compose should name in its measured text.
struct World {
  Address contract;
  std::uint64_t chain_id = 0;
};

// In the order in which a boot meets them. `world` is empty when no deployment was given.
Report local_gates(std::string_view file, const std::optional<World>& world);

}  // namespace dnc::ctl
