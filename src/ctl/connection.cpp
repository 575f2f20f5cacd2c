#include "ctl/connection.hpp"

#include <cstdio>

#include "io/base/file.hpp"

namespace dnc::ctl {

Result<Connection> connect(const ChainOptions& options) {
  auto deployment = read_deployment(options.deployment);
  if (!deployment) {
    Error error = deployment.error();
    error.message = "deployment file " + options.deployment + ": " + error.message;
    error.hint = "name the file that the deployment wrote: --deployment deployments/CHAIN.json";
    return error;
  }
  Endpoints::Config config;
  config.urls = options.rpc;
  config.chain_id = deployment->chain_id;
  config.rpc_timeout = Duration{options.timeout_ms};
  Connection connection{std::move(*deployment), std::make_unique<Endpoints>(config), nullptr};
  const auto chain = connection.endpoints->connect();
  if (!chain) return chain.error();
  connection.chain = *chain;
  return connection;
}

Result<std::string> read_input(const std::string& path, std::size_t size_max) {
  if (path != "-") return read_file(path, size_max);
  std::string content;
  char buffer[65536];
  while (const std::size_t size = std::fread(buffer, 1, sizeof buffer, stdin)) {
    content.append(buffer, size);
    if (content.size() > size_max) {
      return Error{"file_too_large", "standard input is larger than " + std::to_string(size_max),
                   ""};
    }
  }
  if (std::ferror(stdin) != 0) return Error{"file_failed", "cannot read standard input", ""};
  return content;
}

}  // namespace dnc::ctl
