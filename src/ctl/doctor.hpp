// Is this machine, and what it is told to ask, fit to look after the cluster?
#pragma once

#include <string>

#include "ctl/connection.hpp"
#include "ctl/node_client.hpp"
#include "ctl/report.hpp"

namespace dnc::ctl {

struct DoctorOptions {
  NodeOptions nodes;
  ChainOptions chain;
  std::string guest_agent;  // empty: where dstack puts it
  std::string data = ".";   // where a node keeps, or would keep, its log
};

ExitCode run_doctor(const DoctorOptions& options, Output output);

// Free space where a node's log grows.
Finding disk_finding(const std::string& path, std::uint64_t free, std::uint64_t capacity);

}  // namespace dnc::ctl
