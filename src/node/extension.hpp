// A service that an application brings: what the log executes, and how clients reach it.
// docs/services.md makes one.
#pragma once

#include <vector>

#include "core/services/services.hpp"
#include "io/api/routes.hpp"

namespace dnc {

struct Extension {
  ServiceKind service;
  Routes routes;
};
using Extensions = std::vector<Extension>;

}  // namespace dnc
