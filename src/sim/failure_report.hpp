// What is left behind for whoever has to understand a failed seed: the shortest schedule that still
// fails, everything that happened under it, and a picture of the end.
#pragma once

#include <filesystem>

#include "sim/seed_run.hpp"

namespace dnc {

// Writes seed-N.{schedule,trace,diagram}.txt into `folder`; returns a line that says so.
std::string write_failure_report(const SeedOptions& options, const SeedResult& failure,
                                 const std::filesystem::path& folder);

}  // namespace dnc
