// The command line of a daemon: clusterd's, and that of a program which adds services to it.
#pragma once

#include "node/node.hpp"

namespace dnc {

// Parses, runs one node, and starts this program again when the protocol wants a new boot. Returns
// the exit code: 0 stopped, 1 failed, 64 usage, 78 configuration.
int run_daemon(int argc, char** argv, const Extensions& extensions = {});

}  // namespace dnc
