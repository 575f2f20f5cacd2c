// The few questions that we ask an Ethereum node, typed. Blocking; one thread at a time. What
// comes back is a stranger's: a malformed answer is the error bad_chain_answer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/ids.hpp"
#include "core/base/result.hpp"
#include "core/eth/u256.hpp"
#include "io/chain/json_rpc.hpp"

namespace dnc {

struct BlockHead {
  BlockNumber number;
  Hash hash;
  Hash parent_hash;
  std::uint64_t time = 0;  // UTC seconds
  U256 base_fee;           // wei per gas
};

struct TxReceipt {
  BlockNumber block;
  bool succeeded = false;
};

// A call of a contract; `from` matters to calls that judge their sender.
struct ContractCall {
  Address to;
  Bytes data;
  std::optional<Address> from;
};

// Events of one contract with this first topic, in these blocks.
struct LogQuery {
  Address contract;
  Hash topic;
  BlockNumber from;
  BlockNumber to;
};

struct EventLog {
  std::vector<Hash> topics;
  Bytes data;
};

class ChainClient {
 public:
  explicit ChainClient(JsonRpc rpc) : rpc_(std::move(rpc)) {}

  Result<std::uint64_t> chain_id();
  Result<BlockHead> latest() { return tagged("latest"); }
  Result<BlockHead> tagged(const char* tag);  // "latest", "safe", "finalized"
  // One entry per number, in order; empty where the chain has no such block.
  Result<std::vector<std::optional<BlockHead>>> blocks(const std::vector<BlockNumber>& numbers);

  Result<Bytes> call(const ContractCall& call);  // at the latest block
  Result<Bytes> code(const Address& contract);   // at the latest block; empty: none
  // All at exactly this block, in one request. Errors: block_gone, and those of JsonRpc.
  Result<std::vector<Bytes>> calls_at(const BlockHead& block,
                                      const std::vector<ContractCall>& calls);

  Result<std::vector<EventLog>> logs(const LogQuery& query);

  Result<std::uint64_t> estimate_gas(const ContractCall& call);
  Result<U256> priority_fee();
  Result<std::uint64_t> transaction_count(const Address& sender, bool pending);
  Result<Hash> send_raw(ByteView transaction);
  Result<std::optional<TxReceipt>> receipt(const Hash& transaction);  // empty: not mined

 private:
  Result<std::vector<Bytes>> calls_by_number(const BlockHead& block,
                                             const std::vector<ContractCall>& calls);

  JsonRpc rpc_;
  bool pins_by_hash_ = true;  // false once this node has shown that it does not know EIP-1898
};

}  // namespace dnc
