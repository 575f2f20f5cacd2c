// Does the cluster keep up with a load, as etcdctl check perf asks it of etcd?
#pragma once

#include "ctl/node_client.hpp"
#include "ctl/perf_figures.hpp"
#include "ctl/report.hpp"

namespace dnc::ctl {

struct CheckPerfOptions {
  NodeOptions nodes;
  PerfProfile profile = kPerfProfiles.front();
  int duration_ms = 60'000;
  bool force = false;  // whatever the cluster's health
};

// Writes, judges, and removes what was written, after ^C too. Exit codes: 0 passed, 1 failed,
// 3 cannot tell: no answer, not healthy, or stopped before the time was over.
ExitCode run_check_perf(const CheckPerfOptions& options, Output output);

}  // namespace dnc::ctl
