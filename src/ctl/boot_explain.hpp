// A boot that the KMS asked about, and what the contracts say to it.
#pragma once

#include <string>

#include "ctl/connection.hpp"
#include "ctl/report.hpp"

namespace dnc::ctl {

// `path` of the boot info as JSON, or "-".
ExitCode run_boot_explain(const std::string& path, const ChainOptions& options, Output output);

}  // namespace dnc::ctl
