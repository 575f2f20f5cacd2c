#include "node/config.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "core/base/hex.hpp"
#include "io/base/key_file.hpp"
#include "io/chain/deployment.hpp"
#include "io/dstack/guest_agent.hpp"
#include "node/published_keys.hpp"

namespace dnc {
namespace {

Error bad_config(std::string message, std::string hint) {
  return {"bad_config", std::move(message), std::move(hint)};
}

Status refuse_published(const PrivateKey& key, const char* what, std::uint64_t chain_id) {
  const Address address = key.address();
  if (chain_id == kDevelopmentChain || !is_published(address)) return ok_status();
  return bad_config(std::string(what) + " " + to_hex0x(address) + " is a published development key",
                    "make a key of your own for chain " + std::to_string(chain_id));
}

Status split_listen(const std::string& listen, NodeConfig& config) {
  const auto colon = listen.rfind(':');
  const std::string host = colon == std::string::npos ? "" : listen.substr(0, colon);
  const std::string port = colon == std::string::npos ? "" : listen.substr(colon + 1);
  const auto [end, failure] =
      std::from_chars(port.data(), port.data() + port.size(), config.listen_port);
  const bool whole = failure == std::errc{} && end == port.data() + port.size();
  if (host.empty() || !whole || config.listen_port == 0) {
    return bad_config("--listen " + listen + " is not HOST:PORT", "for example 127.0.0.1:8081");
  }
  config.listen_host = host;
  return ok_status();
}

// Off the development chain one endpoint's word is not enough: two hosts must agree.
Status check_chain(const NodeOptions& options, NodeConfig& config) {
  const bool development = config.chain_id == kDevelopmentChain;
  const std::pair<const char*, Finality> names[] = {
      {"depth", Finality::depth}, {"safe", Finality::safe}, {"finalized", Finality::finalized}};
  const std::string wanted =
      !options.finality.empty() ? options.finality : (development ? "depth" : "safe");
  const auto named = std::ranges::find(names, wanted, [](const auto& name) { return name.first; });
  if (named == std::end(names)) {
    return bad_config("--finality " + wanted + " is none", "depth, safe or finalized");
  }
  config.finality = named->second;
  if (development) return ok_status();
  if (config.finality == Finality::depth) {
    return bad_config("--finality depth is for the development chain only",
                      "safe or finalized, as the chain calls its blocks");
  }
  std::set<std::string> hosts;
  for (const auto& url : config.rpc)
    hosts.insert(label_of(url));
  if (hosts.size() >= 2) return ok_status();
  return bad_config("--rpc names one host, and a node does not believe a single one",
                    "name two of different providers, or three: then one may fail");
}

Status check_world(const NodeConfig& config) {
  if (const Status good = refuse_published(config.operator_key, "the operator", config.chain_id);
      !good) {
    return good;
  }
  if (config.gas_key) {
    const Status good = refuse_published(*config.gas_key, "the gas key", config.chain_id);
    if (!good) return good;
  }
  for (const auto& relay : config.relays) {
    if (!relay.starts_with("http://") && !relay.starts_with("https://")) {
      return bad_config("--relay " + relay + " is no URL", "for example http://10.0.0.5:8081");
    }
  }
  if (config.auto_consent && config.chain_id != kDevelopmentChain) {
    return bad_config("--auto-consent is for the development chain only",
                      "a cold start with missing disks takes the operators' consent");
  }
  return ok_status();
}

}  // namespace

Result<NodeConfig> check_options(const NodeOptions& options) {
  if (options.seat == 0) return bad_config("--seat is missing", "the token id of your NFT");
  if (options.data.empty()) return bad_config("--data is missing", "a directory of this node");
  if (options.rpc.empty()) return bad_config("--rpc is missing", "the URL of an Ethereum node");
  const auto operator_key = read_key_file(options.operator_key, "the operator's key");
  if (!operator_key) return operator_key.error();
  NodeConfig config{.seat = {options.seat},
                    .listen_host = {},
                    .endpoint = options.endpoint.empty() ? options.listen : options.endpoint,
                    .data = options.data,
                    .contract = {},
                    .rpc = options.rpc,
                    .finality = {},
                    .operator_key = *operator_key,
                    .gas_key = {},
                    .relays = options.relay,
                    .guest_agent = {},
                    .auto_consent = options.auto_consent,
                    .checkpoint_blocks = options.checkpoint_blocks};
  if (!options.gas_key.empty()) {
    const auto gas_key = read_key_file(options.gas_key, "the gas key");
    if (!gas_key) return gas_key.error();
    config.gas_key = *gas_key;
  }
  if (const Status good = split_listen(options.listen, config); !good) return good.error();
  const auto deployment = read_deployment(options.deployment);
  if (!deployment) return deployment.error();
  config.chain_id = deployment->chain_id;
  config.contract = deployment->contract;
  const auto agent = find_guest_agent(options.guest_agent);
  if (!agent) return agent.error();
  config.guest_agent = *agent;
  if (const Status good = check_world(config); !good) return good.error();
  if (const Status good = check_chain(options, config); !good) return good.error();
  return config;
}

}  // namespace dnc
