#include "ctl/node_verify.hpp"

#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "core/eth/abi.hpp"
#include "ctl/chain_clock.hpp"
#include "ctl/key_history.hpp"
#include "ctl/node_client.hpp"
#include "ctl/node_links.hpp"
#include "ctl/receipts.hpp"
#include "io/base/file.hpp"
#include "io/base/random.hpp"
#include "io/chain/membership_contract.hpp"

namespace dnc::ctl {
namespace {

constexpr std::uint64_t kDevelopmentChain = 31337;
constexpr std::uint64_t kBlocksSearched = 1000;  // the most that a node lists at once
constexpr int kReceiptsTried = 5;

Result<Attestation> ask(NodeClient& node, const Hash& nonce, const std::string& save) {
  const auto body = node.get("/attestation?nonce=" + to_hex0x(nonce));
  if (!body) return body.error();
  if (!save.empty()) {
    if (const Status written = write_file(save, *body); !written) return written.error();
  }
  const auto json = parse_json(*body);
  if (!json) return json.error();
  return parse_attestation(*json);
}

// The operator that the contract names for the seat runs no other seat, and none has followed the
// one who joined.
Result<bool> run_by_its_operator(ChainClient& chain, const Address& contract, const BlockHead& head,
                                 const ChainSeat& seat) {
  const auto answers = chain.calls_at(
      head, {{contract, AbiEncoder().address(seat.operator_).call("seatOf(address)"), {}}});
  if (!answers) return answers.error();
  const auto runs = decode_count((*answers)[0]);
  return runs ? Result<bool>(*runs == seat.identity.seat.value) : runs.error();
}

Result<ContractWord> ask_contract(Connection& connection, const Attestation& answer) {
  ChainClient& chain = *connection.chain;
  const Address& contract = connection.deployment.contract;
  const auto head = chain.latest();
  const auto view = head ? read_chain_view(chain, contract, *head, 0) : head.error();
  if (!view) return view.error();
  const auto machine = measured_machine(answer);
  const Hash compose = machine ? machine->compose_hash.value_or(Hash{}) : Hash{};
  const auto answers = chain.calls_at(
      *head, {{contract, AbiEncoder().call("kmsRoot()"), {}},
              {contract, AbiEncoder().word(compose).call("allowedComposeHashes(bytes32)"), {}}});
  if (!answers) return answers.error();
  const auto root = decode_address((*answers)[0]);
  if (!root) return root.error();
  AbiDecoder allowed((*answers)[1]);
  ContractWord word{*root, allowed.flag(), {}, false};
  if (!allowed.ok()) {
    return Error{"bad_chain_answer", "the contract answered nonsense: allowedComposeHashes()",
                 "check --rpc and --deployment"};
  }
  const ChainSeat* seat = view->find(answer.identity.seat);
  if (seat == nullptr) return word;
  word.seat = *seat;
  const auto runs = run_by_its_operator(chain, contract, *head, *seat);
  if (!runs) return runs.error();
  word.run_by_its_operator = *runs;
  return word;
}

// The blocks with operations among the node's last ones, the newest first.
Result<std::vector<std::uint64_t>> blocks_with_operations(NodeClient& node) {
  const auto status = node.get_object("/status");
  const auto last = status ? json_u64(*status, "commit_seq") : status.error();
  if (!last) return last.error();
  const std::string limit = "limit=" + std::to_string(kBlocksSearched);
  std::string target = "/log?" + limit;
  if (*last > kBlocksSearched) target += "&from=" + std::to_string(*last - kBlocksSearched + 1);
  auto log = node.get_object(target);
  if (!log && log.error().code == "pruned") log = node.get_object("/log?" + limit);
  const auto blocks = log ? json_array(*log, "blocks") : log.error();
  if (!blocks) return blocks.error();
  std::vector<std::uint64_t> found;
  for (const Json& block : **blocks) {
    const auto seq = json_u64(block, "seq");
    const auto operations = json_u64(block, "operations");
    if (seq && operations && *operations > 0) found.insert(found.begin(), *seq);
  }
  return found;
}

Result<ReceiptFile> newest_receipt(NodeClient& node) {
  const auto blocks = blocks_with_operations(node);
  if (!blocks) return blocks.error();
  Result<ReceiptFile> receipt =
      Error{"no_operation", "the node's last blocks hold no operation that it could show",
            "name a receipt that it gave: --receipt FILE; or write something, and ask again"};
  int tried = 0;
  for (const std::uint64_t seq : *blocks) {
    if (++tried > kReceiptsTried) break;
    const auto body = node.get("/receipt/" + std::to_string(seq) + "/0");
    if (body) return parse_receipt(*body);
    receipt = body.error();
  }
  return receipt;
}

Result<ReceiptFile> receipt_of(const NodeVerifyOptions& options, NodeClient& node) {
  if (options.receipt.empty()) return newest_receipt(node);
  const auto text = read_input(options.receipt, kReceiptBytesMax);
  return text ? parse_receipt(*text) : text.error();
}

Result<KeyHistory> keys_of(const NodeVerifyOptions& options, Connection& connection) {
  if (options.keys.empty()) return fetch_key_history(*connection.chain, connection.deployment);
  auto file = read_key_history(options.keys);
  if (!file) return file.error();
  const Deployment& deployment = connection.deployment;
  if (file->domain.chain_id == deployment.chain_id && file->domain.contract == deployment.contract)
    return std::move(file->history);
  return Error{"bad_key_history", "the key history is of another cluster",
               "write one: clusterctl receipt keys > keys.json"};
}

}  // namespace

ExitCode run_node_verify(const NodeVerifyOptions& options, Output output) {
  NodeClient node(options.url, options.timeout_ms);
  NodeEvidence evidence;
  evidence.nonce = Hash{random_bytes<Hash::kSize>()};
  evidence.now = utc_seconds();
  evidence.simulated_allowed = options.simulated_allowed;
  evidence.answer = ask(node, evidence.nonce, options.save);
  if (!evidence.answer) return print(judge_node(evidence), output);
  // What cluster it should be is known before anything of the chain is.
  if (const auto deployment = read_deployment(options.chain.deployment)) {
    evidence.domain = {deployment->chain_id, deployment->contract};
    evidence.simulated_allowed |= deployment->chain_id == kDevelopmentChain;
  }
  auto connection = connect(options.chain);
  if (!connection) {
    evidence.contract = connection.error();
    return print(judge_node(evidence), output);
  }
  evidence.contract = ask_contract(*connection, *evidence.answer);
  evidence.receipt = receipt_of(options, node);
  evidence.keys = keys_of(options, *connection);
  return print(judge_node(evidence), output);
}

}  // namespace dnc::ctl
