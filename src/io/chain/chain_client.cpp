#include "io/chain/chain_client.hpp"

namespace dnc {
namespace {

Error bad_answer(const std::string& what) {
  return {"bad_chain_answer", "the chain's node answered nonsense: " + what, ""};
}

Result<U256> quantity(const Json& value, const char* what) {
  const auto number =
      value.is_string() ? U256::from_hex(value.get_ref<const std::string&>()) : std::nullopt;
  if (number) return *number;
  return bad_answer(std::string(what) + " is no quantity");
}

Result<std::uint64_t> small_quantity(const Json& value, const char* what) {
  const auto number = quantity(value, what);
  if (!number) return number.error();
  if (const auto small = number->to_u64()) return *small;
  return bad_answer(std::string(what) + " is too large");
}

Result<Bytes> data_of(const Json& value) {
  auto bytes = value.is_string() ? from_hex(value.get_ref<const std::string&>()) : std::nullopt;
  if (bytes) return std::move(*bytes);
  return bad_answer("what should be bytes is no hex");
}

Result<BlockHead> head_of(const Json& block) {
  if (!block.is_object() || !block.contains("number")) return bad_answer("no block");
  const auto number = small_quantity(block["number"], "block number");
  const auto hash = json_fixed<Hash>(block, "hash");
  const auto parent = json_fixed<Hash>(block, "parentHash");
  if (!number) return number.error();
  if (!hash || !parent) return bad_answer("a block without hashes");
  const auto time =
      small_quantity(json_has(block, "timestamp") ? block["timestamp"] : Json(), "block timestamp");
  if (!time) return time.error();
  BlockHead head{{*number}, *hash, *parent, *time, {}};
  if (!json_has(block, "baseFeePerGas")) return head;  // a chain before EIP-1559
  const auto fee = quantity(block["baseFeePerGas"], "base fee");
  if (!fee) return fee.error();
  head.base_fee = *fee;
  return head;
}

std::string hex_of(BlockNumber number) {
  return U256(number.value).to_hex0x();
}

Json call_object(const ContractCall& call) {
  Json object{{"to", to_hex0x(call.to)}, {"data", to_hex0x(call.data)}};
  if (call.from) object["from"] = to_hex0x(*call.from);
  return object;
}

bool says(const Error& error, std::string_view words) {
  return error.message.find(words) != std::string::npos;
}

// The node does not hold the block any more, or not yet.
bool block_is_gone(const Error& error) {
  if (error.code != "rpc_error") return false;
  for (const char* words : {"not found", "unknown block", "header for hash", "not canonical",
                            "NotFound", "out of range", "BlockOutOfRange"}) {
    if (says(error, words)) return true;
  }
  return false;
}

Result<EventLog> event_of(const Json& entry) {
  const auto topics = json_array(entry, "topics");
  if (!topics || !json_has(entry, "data")) return bad_answer("a log without topics or data");
  const auto data = data_of(entry["data"]);
  if (!data) return data.error();
  EventLog log{{}, *data};
  for (const Json& topic : **topics) {
    const auto word = topic.is_string() ? fixed_from_hex<Hash>(topic.get_ref<const std::string&>())
                                        : std::nullopt;
    if (!word) return bad_answer("a topic that is no word");
    log.topics.push_back(*word);
  }
  return log;
}

Error block_gone() {
  return {"block_gone", "the block was replaced while it was read", ""};
}

}  // namespace

Result<std::vector<EventLog>> ChainClient::logs(const LogQuery& query) {
  const Json filter = {{"address", to_hex0x(query.contract)},
                       {"topics", Json::array({to_hex0x(query.topic)})},
                       {"fromBlock", hex_of(query.from)},
                       {"toBlock", hex_of(query.to)}};
  const auto answer = rpc_.call("eth_getLogs", Json::array({filter}));
  if (!answer) return answer.error();
  if (!answer->is_array()) return bad_answer("no list of logs");
  std::vector<EventLog> logs;
  for (const Json& entry : *answer) {
    auto log = event_of(entry);
    if (!log) return log.error();
    logs.push_back(std::move(*log));
  }
  return logs;
}

Result<std::uint64_t> ChainClient::chain_id() {
  const auto answer = rpc_.call("eth_chainId", Json::array());
  return answer ? small_quantity(*answer, "chain id") : answer.error();
}

Result<BlockHead> ChainClient::tagged(const char* tag) {
  const auto answer = rpc_.call("eth_getBlockByNumber", Json::array({tag, false}));
  return answer ? head_of(*answer) : answer.error();
}

Result<std::vector<std::optional<BlockHead>>> ChainClient::blocks(
    const std::vector<BlockNumber>& numbers) {
  std::vector<RpcCall> calls;
  for (const auto number : numbers)
    calls.push_back({"eth_getBlockByNumber", Json::array({hex_of(number), false})});
  const auto answers = rpc_.batch(calls);
  if (!answers) return answers.error();
  std::vector<std::optional<BlockHead>> found;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto& answer = (*answers)[i];
    if ((answer && answer->is_null()) || (!answer && block_is_gone(answer.error()))) {
      found.emplace_back();
      continue;
    }
    if (!answer) return answer.error();
    const auto head = head_of(*answer);
    if (!head) return head.error();
    if (head->number != numbers[i]) return bad_answer("another block than asked for");
    found.emplace_back(*head);
  }
  return found;
}

Result<Bytes> ChainClient::call(const ContractCall& call) {
  const auto answer = rpc_.call("eth_call", Json::array({call_object(call), "latest"}));
  return answer ? data_of(*answer) : answer.error();
}

Result<Bytes> ChainClient::code(const Address& contract) {
  const auto answer = rpc_.call("eth_getCode", Json::array({to_hex0x(contract), "latest"}));
  return answer ? data_of(*answer) : answer.error();
}

Result<std::vector<Bytes>> ChainClient::calls_at(const BlockHead& block,
                                                 const std::vector<ContractCall>& calls) {
  if (!pins_by_hash_) return calls_by_number(block, calls);
  const Json pin{{"blockHash", to_hex0x(block.hash)}};
  std::vector<RpcCall> requests;
  for (const auto& call : calls)
    requests.push_back({"eth_call", Json::array({call_object(call), pin})});
  const auto answers = rpc_.batch(requests);
  if (!answers) return answers.error();
  std::vector<Bytes> found;
  for (const auto& answer : *answers) {
    if (!answer && block_is_gone(answer.error())) return block_gone();
    if (!answer && says(answer.error(), "-32602")) {  // invalid params: it does not know EIP-1898
      pins_by_hash_ = false;
      return calls_by_number(block, calls);
    }
    if (!answer) return answer.error();
    auto data = data_of(*answer);
    if (!data) return data.error();
    found.push_back(std::move(*data));
  }
  return found;
}

// By number, and in the same request the block under that number, which must still be `block`.
Result<std::vector<Bytes>> ChainClient::calls_by_number(const BlockHead& block,
                                                        const std::vector<ContractCall>& calls) {
  const std::string number = hex_of(block.number);
  std::vector<RpcCall> requests;
  for (const auto& call : calls)
    requests.push_back({"eth_call", Json::array({call_object(call), number})});
  requests.push_back({"eth_getBlockByNumber", Json::array({number, false})});
  const auto answers = rpc_.batch(requests);
  if (!answers) return answers.error();
  std::vector<Bytes> found;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const auto& answer = (*answers)[i];
    if (!answer) return block_is_gone(answer.error()) ? block_gone() : answer.error();
    auto data = data_of(*answer);
    if (!data) return data.error();
    found.push_back(std::move(*data));
  }
  const auto& last = answers->back();
  if (!last) return last.error();
  if (last->is_null()) return block_gone();
  const auto head = head_of(*last);
  if (!head) return head.error();
  if (head->hash != block.hash) return block_gone();
  return found;
}

Result<std::uint64_t> ChainClient::estimate_gas(const ContractCall& call) {
  const auto answer = rpc_.call("eth_estimateGas", Json::array({call_object(call)}));
  return answer ? small_quantity(*answer, "gas") : answer.error();
}

Result<U256> ChainClient::priority_fee() {
  const auto answer = rpc_.call("eth_maxPriorityFeePerGas", Json::array());
  return answer ? quantity(*answer, "fee") : answer.error();
}

Result<std::uint64_t> ChainClient::transaction_count(const Address& sender, bool pending) {
  const auto answer = rpc_.call("eth_getTransactionCount",
                                Json::array({to_hex0x(sender), pending ? "pending" : "latest"}));
  return answer ? small_quantity(*answer, "transaction count") : answer.error();
}

Result<Hash> ChainClient::send_raw(ByteView transaction) {
  const auto answer = rpc_.call("eth_sendRawTransaction", Json::array({to_hex0x(transaction)}));
  if (!answer) return answer.error();
  const auto hash = answer->is_string()
                        ? fixed_from_hex<Hash>(answer->get_ref<const std::string&>())
                        : std::nullopt;
  return hash ? Result<Hash>(*hash) : bad_answer("no transaction hash");
}

Result<std::optional<TxReceipt>> ChainClient::receipt(const Hash& transaction) {
  const auto answer = rpc_.call("eth_getTransactionReceipt", Json::array({to_hex0x(transaction)}));
  if (!answer) return answer.error();
  if (!json_has(*answer, "blockNumber")) return std::optional<TxReceipt>();
  const auto block = small_quantity((*answer)["blockNumber"], "block number");
  if (!block) return block.error();
  if (!json_has(*answer, "status")) return bad_answer("a receipt without status");
  const auto status = small_quantity((*answer)["status"], "status");
  if (!status) return status.error();
  return std::optional(TxReceipt{{*block}, *status == 1});
}

}  // namespace dnc
