#include "io/api/contradictions.hpp"

#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "core/consensus/codec.hpp"
#include "core/consensus/contradiction.hpp"

namespace dnc {

Json contradictions_json(const NodeView& node) {
  const ChainStatus chain = node.status().chain;
  Json list = Json::array();
  for (const auto& [proof, stands] : node.accusations()) {
    list.push_back({{"seat", proof.signer.seat.value},
                    {"epoch", proof.signer.epoch.value},
                    {"boot_key", to_hex0x(proof.signer.boot_key)},
                    {"rule", broken_rule(proof.first, proof.second)},
                    {"stands", stands},
                    {"proof", to_hex0x(encode(proof))}});
  }
  return {{"version", 1},
          {"chain_id", chain.id},
          {"contract", to_hex0x(chain.contract)},
          {"contradictions", std::move(list)}};
}

}  // namespace dnc
