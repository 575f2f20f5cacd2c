// The contract that a command is about, and the chain that it stands on.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "io/chain/deployment.hpp"
#include "io/chain/endpoints.hpp"

namespace dnc::ctl {

struct ChainOptions {
  std::string deployment = "deployments/31337.json";
  std::vector<std::string> rpc = {"http://127.0.0.1:8545"};
  int timeout_ms = 5000;  // for each request
};

struct Connection {
  Deployment deployment;
  std::unique_ptr<Endpoints> endpoints;
  ChainClient* chain = nullptr;  // lives in endpoints
};

// Reads the file and finds an endpoint of its chain. Errors: those of read_deployment and
// Endpoints.
Result<Connection> connect(const ChainOptions& options);

// A file, or standard input for "-". Errors: those of read_file, file_too_large.
Result<std::string> read_input(const std::string& path, std::size_t size_max);

}  // namespace dnc::ctl
