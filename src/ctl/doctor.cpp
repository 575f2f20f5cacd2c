#include "ctl/doctor.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <sstream>

#include "core/base/hex.hpp"
#include "ctl/chain_clock.hpp"
#include "ctl/cluster_view.hpp"
#include "io/chain/agreement.hpp"
#include "io/chain/rpc_endpoint.hpp"
#include "io/dstack/guest_agent.hpp"

namespace dnc::ctl {
namespace {

constexpr std::uint64_t kMib = 1u << 20;
constexpr std::uint64_t kFreeMin = 1024 * kMib;
constexpr std::uint64_t kDevelopmentChain = 31337;

bool is_in_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (::access((folder + "/" + program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

// What the documented steps type beside clusterctl.
Finding tools() {
  std::string missing;
  for (const char* program : {"curl", "jq", "cast"}) {
    const bool here = is_in_path(program) ||
                      ::access((std::string("node_modules/.bin/") + program).c_str(), X_OK) == 0;
    if (!here) missing += (missing.empty() ? "" : ", ") + std::string(program);
  }
  if (missing.empty()) return passed("tools", "curl, jq and cast are here");
  return warning("tools", "not found: " + missing,
                 "scripts/setup.sh installs them; only the documented examples need them");
}

Finding node(const std::string& url, int timeout_ms) {
  const auto status = NodeClient(url, timeout_ms).get_object("/status");
  const auto cluster = status ? read_cluster(*status) : status.error();
  if (!cluster) return unknown("node", cluster.error().message, "is it up, and its port open?");
  return passed("node", url + " is seat " + std::to_string(cluster->seat));
}

Finding endpoint(const std::string& url, std::uint64_t chain_id, int timeout_ms) {
  RpcEndpoint rpc(url, Duration{timeout_ms});
  const auto found = rpc.client().chain_id();
  if (!found) return unknown("rpc", rpc.label() + ": " + found.error().message, found.error().hint);
  if (*found == chain_id) return passed("rpc", rpc.label() + " is chain " + std::to_string(*found));
  return refusal("rpc",
                 rpc.label() + " is chain " + std::to_string(*found) + ", the deployment is on " +
                     std::to_string(chain_id),
                 "correct --rpc or --deployment");
}

// Do the endpoints show one chain, and is the contract there?
Report chain(const Deployment& deployment, const ChainOptions& options) {
  Agreement::Config config;
  config.urls = options.rpc;
  config.chain_id = deployment.chain_id;
  config.contract = deployment.contract;
  config.rpc_timeout = Duration{options.timeout_ms};
  Agreement agreement(config);
  const auto head = agreement.head();
  if (!head) {
    const bool disagree = head.error().code == "endpoints_disagree";
    return {disagree ? refusal("agreement", head.error().message, head.error().hint)
                     : unknown("agreement", head.error())};
  }
  Report report;
  if (options.rpc.size() > 1) {
    report.push_back(passed("agreement", agreement.label() + " show the same block"));
  } else if (deployment.chain_id != kDevelopmentChain) {
    report.push_back(warning("agreement", "one endpoint is believed whatever it says",
                             "name two or three of different providers: --rpc URL,URL"));
  }
  report.push_back(clock_finding("clock", head->time, utc_seconds()));
  const auto view = agreement.view(*head);
  if (view) {
    report.push_back(passed("contract", to_hex0x(deployment.contract) + " has minted " +
                                            std::to_string(view->seats.size()) + " seats"));
  } else if (view.error().code == "no_contract") {
    report.push_back(refusal("contract", view.error().message, view.error().hint));
  } else {
    report.push_back(unknown("contract", view.error()));
  }
  return report;
}

Finding guest_agent(const std::string& configured, const std::optional<Address>& contract) {
  const auto where = find_guest_agent(configured);
  if (!where) {
    return warning("guest agent", "there is none: this is no CVM",
                   "only nodes need one; --guest-agent names its socket");
  }
  GuestAgentOptions options;
  options.endpoint = *where;
  options.attempts_max = 1;
  const auto info = GuestAgent(options).info();
  if (!info) return unknown("guest agent", info.error());
  if (contract && info->app_id != *contract) {
    return refusal("guest agent",
                   "this machine runs app " + to_hex0x(info->app_id) + ", the deployment is " +
                       to_hex0x(*contract),
                   "start the node in a CVM of this app");
  }
  return passed("guest agent",
                "instance " + to_hex0x(info->instance_id) + (info->simulated ? ", simulated" : ""));
}

Finding disk(const std::string& path) {
  std::error_code failure;
  const auto space = std::filesystem::space(path, failure);
  if (failure) return unknown("disk", path + ": " + failure.message(), "name a folder: --data DIR");
  return disk_finding(path, space.available, space.capacity);
}

}  // namespace

Finding disk_finding(const std::string& path, std::uint64_t free, std::uint64_t capacity) {
  const std::string text = std::to_string(free / kMib) + " MiB of " +
                           std::to_string(capacity / kMib) + " MiB are free at " + path;
  if (free < kFreeMin) return refusal("disk", text, "free some: a node whose disk is full ends");
  if (free < capacity / 10) return warning("disk", text, "free some before it is full");
  return passed("disk", text);
}

ExitCode run_doctor(const DoctorOptions& options, Output output) {
  Report report{tools()};
  const auto deployment = read_deployment(options.chain.deployment);
  if (deployment) {
    report.push_back(passed("deployment", options.chain.deployment + ": " +
                                              to_hex0x(deployment->contract) + " on chain " +
                                              std::to_string(deployment->chain_id)));
    for (const auto& url : options.chain.rpc)
      report.push_back(endpoint(url, deployment->chain_id, options.chain.timeout_ms));
    const Report seen = chain(*deployment, options.chain);
    report.insert(report.end(), seen.begin(), seen.end());
  } else {
    report.push_back(unknown("deployment",
                             options.chain.deployment + ": " + deployment.error().message,
                             "name the file that the deployment wrote: --deployment FILE"));
  }
  for (const auto& url : options.nodes.urls)
    report.push_back(node(url, options.nodes.timeout_ms));
  report.push_back(
      guest_agent(options.guest_agent,
                  deployment ? std::optional<Address>(deployment->contract) : std::nullopt));
  report.push_back(disk(options.data));
  return print(report, output);
}

}  // namespace dnc::ctl
