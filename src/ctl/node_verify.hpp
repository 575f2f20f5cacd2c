// Is what answers at this address a node of the cluster? From its quote to its receipt.
#pragma once

#include <string>

#include "ctl/connection.hpp"
#include "ctl/report.hpp"

namespace dnc::ctl {

struct NodeVerifyOptions {
  std::string url;
  ChainOptions chain;
  int timeout_ms = 10'000;         // of each request to the node: a quote takes its time
  std::string receipt;             // file, or "-"; empty: the node's newest
  std::string keys;                // file of a key history; empty: read from the contract
  std::string save;                // where the node's answer goes; empty: nowhere
  bool simulated_allowed = false;  // a quote that shows nothing; always on chain 31337
};

ExitCode run_node_verify(const NodeVerifyOptions& options, Output output);

}  // namespace dnc::ctl
