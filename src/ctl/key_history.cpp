#include "ctl/key_history.hpp"

#include <nlohmann/json.hpp>

#include "core/eth/abi.hpp"
#include "ctl/contract_events.hpp"

namespace dnc::ctl {
namespace {

constexpr std::uint64_t kSeatsMax = 255;
constexpr std::string_view kNodeJoined = "NodeJoined(uint64,address,uint64,address,address,string)";

Error nonsense(const char* what) {
  return {"bad_chain_answer", std::string("the contract answered nonsense: ") + what,
          "check --rpc and --deployment"};
}

Status add_keys(ChainClient& chain, const Deployment& deployment, BlockNumber last,
                KeyHistory& history) {
  const auto logs = contract_events(chain, deployment, kNodeJoined, last);
  if (!logs) return logs.error();
  for (const EventLog& log : *logs) {
    if (log.topics.size() != 4) return nonsense("a join without its topics");
    const auto seat = U256::from_word(log.topics[1]).to_u64();
    AbiDecoder data(log.data);
    (void)data.u64();  // epoch
    const Address boot_key = data.address();
    if (!seat || !data.ok()) return nonsense("a join that cannot be read");
    history.keys[boot_key] = {*seat};
  }
  return ok_status();
}

Result<std::uint64_t> newest_config(ChainClient& chain, const Address& contract) {
  const auto answer = chain.call({contract, AbiEncoder().call("leadership()"), {}});
  if (!answer) return answer.error();
  AbiDecoder words(*answer);
  (void)words.u64();  // generation
  (void)words.u64();  // term
  const std::uint64_t nonce = words.u64();
  if (!words.ok()) return nonsense("leadership()");
  return nonce;
}

// Leaves out configurations that nobody reported.
Status add_config(ChainClient& chain, const Address& contract, std::uint64_t nonce,
                  KeyHistory& history) {
  const auto answer =
      chain.call({contract, AbiEncoder().number(U256(nonce)).call("configuration(uint64)"), {}});
  if (!answer) return answer.error();
  AbiDecoder words(*answer);
  const Hash seats = words.word();
  if (!words.ok()) return nonsense("configuration()");
  for (std::uint64_t seat = 1; seat <= kSeatsMax; ++seat) {
    const std::uint8_t byte = seats.bytes[Hash::kSize - 1 - seat / 8];
    if ((byte >> seat % 8 & 1) != 0) history.configs[{nonce}].insert({seat});
  }
  return ok_status();
}

}  // namespace

Result<KeyHistory> fetch_key_history(ChainClient& chain, const Deployment& deployment) {
  const auto head = chain.latest();
  if (!head) return head.error();
  KeyHistory history;
  if (auto added = add_keys(chain, deployment, head->number, history); !added) {
    return added.error();
  }
  const auto newest = newest_config(chain, deployment.contract);
  if (!newest) return newest.error();
  for (std::uint64_t nonce = 1; nonce <= *newest; ++nonce) {
    if (auto added = add_config(chain, deployment.contract, nonce, history); !added) {
      return added.error();
    }
  }
  return history;
}

std::string as_json(const KeyHistoryFile& file) {
  Json configs = Json::array();
  for (const auto& [nonce, seats] : file.history.configs) {
    Json list = Json::array();
    for (const Seat seat : seats)
      list.push_back(seat.value);
    configs.push_back({{"nonce", nonce.value}, {"seats", std::move(list)}});
  }
  Json keys = Json::array();
  for (const auto& [boot_key, seat] : file.history.keys)
    keys.push_back({{"seat", seat.value}, {"boot_key", to_hex0x(boot_key)}});
  const Json all = {{"version", 1},
                    {"chain_id", file.domain.chain_id},
                    {"contract", to_hex0x(file.domain.contract)},
                    {"configs", std::move(configs)},
                    {"keys", std::move(keys)}};
  return all.dump(1) + "\n";
}

}  // namespace dnc::ctl
