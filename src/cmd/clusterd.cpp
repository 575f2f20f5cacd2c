// The daemon: one node of one seat.
#include "cmd/clusterd/daemon.hpp"

int main(int argc, char** argv) {
  return dnc::run_daemon(argc, argv);
}
