// What a node is told: flags, environment, file and defaults, already merged by the program.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/ids.hpp"
#include "core/base/result.hpp"
#include "core/consensus/limits.hpp"
#include "core/crypto/secp256k1.hpp"
#include "io/chain/agreement.hpp"

namespace dnc {

inline constexpr std::uint64_t kDevelopmentChain = 31337;  // Anvil's

// As typed.
struct NodeOptions {
  std::uint64_t seat = 0;
  std::string listen = "127.0.0.1:8081";
  std::string endpoint;  // what others dial; empty: the same as listen
  std::string data;
  std::string deployment;  // file written by the deployment: chain id and contract
  std::vector<std::string> rpc;
  std::string finality;            // depth, safe, finalized; empty: what fits the chain
  std::string operator_key;        // file, 0600
  std::string gas_key;             // file; empty: this node pays for nothing, peers relay
  std::vector<std::string> relay;  // URLs of relays beside the members of the contract
  std::string guest_agent;         // socket or URL; empty: where dstack puts it
  bool auto_consent = false;
  std::uint64_t checkpoint_blocks = CheckpointPolicy{}.blocks;
};

// As checked.
struct NodeConfig {
  Seat seat;
  std::string listen_host;
  std::uint16_t listen_port = 0;
  std::string endpoint;
  std::string data;
  std::uint64_t chain_id = 0;
  Address contract;
  std::vector<std::string> rpc;
  Finality finality = Finality::depth;
  PrivateKey operator_key;
  std::optional<PrivateKey> gas_key;  // none: peers relay
  std::vector<std::string> relays;
  std::string guest_agent;
  bool auto_consent = false;
  std::uint64_t checkpoint_blocks = 0;
};

// Reads the files and refuses what cannot work: a missing or readable-by-others key, a published
// key, automatic consent or a single view of the chain off the development chain, a deployment that
// is none.
Result<NodeConfig> check_options(const NodeOptions& options);

}  // namespace dnc
