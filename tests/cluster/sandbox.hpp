// A network, a process table and mounts of our own: the tests use the mission's own ports and
// iptables without touching the machine, and nothing they start outlives them.
#pragma once

#include <functional>

namespace dnc::cluster {

// Runs `body` inside and returns what it returns. Needs root: says so and returns 1 otherwise.
int run_in_sandbox(const std::function<int()>& body);

}  // namespace dnc::cluster
