#include "node/config.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "io/base/file.hpp"
#include "io/base/json.hpp"
#include "io/dstack/guest_agent.hpp"

namespace dnc {
namespace {

constexpr std::size_t kSmallFileMax = 64 * 1024;

// The accounts of Anvil's and Hardhat's published mnemonic. Everybody has their keys.
constexpr const char* kPublishedAccounts[] = {
    "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266", "0x70997970c51812dc3a010c7d01b50e0d17dc79c8",
    "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc", "0x90f79bf6eb2c4f870365e785982e1f101e93b906",
    "0x15d34aaf54267db7d7c367839aaf71a00a2c6a65", "0x9965507d1a55bcc2695c58ba16fb37d819b0a4dc",
    "0x976ea74026e726554db657fa54763abd0c3a0aa9", "0x14dc79964da2c08b23698b3d3cc7ca32193d9955",
    "0x23618e81e3f5cdf7f54c3d65f7fbc0abf5b21e8f", "0xa0ee7a142d267c1f36714e4a8f75612f20a79720"};

Error bad_config(std::string message, std::string hint) {
  return {"bad_config", std::move(message), std::move(hint)};
}

Result<PrivateKey> read_key(const std::string& path, const char* what) {
  const auto text = read_file(path, kSmallFileMax);
  if (!text) return text.error();
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0 && (info.st_mode & 077) != 0) {
    return bad_config(std::string(what) + " " + path + " can be read by others",
                      "chmod 600 " + path);
  }
  std::string hex = *text;
  while (!hex.empty() && (hex.back() == '\n' || hex.back() == ' '))
    hex.pop_back();
  const auto scalar = from_hex(hex);
  const auto key = scalar ? PrivateKey::from_bytes(*scalar) : std::nullopt;
  if (!key) {
    return bad_config(std::string(what) + " " + path + " holds no private key",
                      "it must be 32 bytes in hex");
  }
  return *key;
}

Status refuse_published(const PrivateKey& key, const char* what, std::uint64_t chain_id) {
  const std::string address = to_hex0x(key.address());
  const bool published = std::find(std::begin(kPublishedAccounts), std::end(kPublishedAccounts),
                                   address) != std::end(kPublishedAccounts);
  if (chain_id == kDevelopmentChain || !published) return ok_status();
  return bad_config(std::string(what) + " " + address + " is a published development key",
                    "make a key of your own for chain " + std::to_string(chain_id));
}

Status split_listen(const std::string& listen, NodeConfig& config) {
  const auto colon = listen.rfind(':');
  const std::string port = colon == std::string::npos ? "" : listen.substr(colon + 1);
  const auto [end, failure] =
      std::from_chars(port.data(), port.data() + port.size(), config.listen_port);
  if (port.empty() || failure != std::errc{} || end != port.data() + port.size()) {
    return bad_config("--listen " + listen + " is not HOST:PORT", "for example 127.0.0.1:8081");
  }
  config.listen_host = listen.substr(0, colon);
  return ok_status();
}

Status read_deployment(const std::string& path, NodeConfig& config) {
  const auto text = read_file(path, kSmallFileMax);
  if (!text) return text.error();
  const auto json = parse_json(*text);
  if (!json) return json.error();
  const auto chain_id = json_u64(*json, "chainId");
  if (!chain_id) return chain_id.error();
  const auto contract = json_fixed<Address>(*json, "address");
  if (!contract) return contract.error();
  config.chain_id = *chain_id;
  config.contract = *contract;
  return ok_status();
}

Status check_world(const NodeConfig& config) {
  if (const Status good = refuse_published(config.operator_key, "the operator", config.chain_id);
      !good) {
    return good;
  }
  if (const Status good = refuse_published(config.gas_key, "the gas key", config.chain_id); !good) {
    return good;
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
  const auto operator_key = read_key(options.operator_key, "the operator's key");
  if (!operator_key) return operator_key.error();
  const auto gas_key =
      options.gas_key.empty() ? operator_key : read_key(options.gas_key, "the gas key");
  if (!gas_key) return gas_key.error();
  NodeConfig config{.seat = {options.seat},
                    .listen_host = {},
                    .endpoint = options.endpoint.empty() ? options.listen : options.endpoint,
                    .data = options.data,
                    .contract = {},
                    .rpc = options.rpc,
                    .operator_key = *operator_key,
                    .gas_key = *gas_key,
                    .guest_agent = {},
                    .auto_consent = options.auto_consent};
  if (const Status good = split_listen(options.listen, config); !good) return good.error();
  if (const Status good = read_deployment(options.deployment, config); !good) return good.error();
  const auto agent = find_guest_agent(options.guest_agent);
  if (!agent) return agent.error();
  config.guest_agent = *agent;
  if (const Status good = check_world(config); !good) return good.error();
  return config;
}

}  // namespace dnc
