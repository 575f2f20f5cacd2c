#include "ctl/receipts.hpp"

#include <cstdio>

#include "core/base/hex.hpp"
#include "ctl/key_history.hpp"
#include "ctl/receipt_file.hpp"

namespace dnc::ctl {
namespace {

// A node of the cluster that has no such receipt.
bool has_none(const Error& error) {
  return error.code == "not_committed" || error.code == "no_operation" ||
         error.code == "receipt_gone";
}

Result<ReceiptFile> read_receipt(const std::string& path) {
  const auto text = read_input(path, kReceiptBytesMax);
  return text ? parse_receipt(*text) : text.error();
}

std::string text(std::uint64_t value) {
  return std::to_string(value);
}

Report judge(const ReceiptFile& file, const KeyHistoryFile& keys) {
  if (file.domain.chain_id != keys.domain.chain_id ||
      file.domain.contract != keys.domain.contract) {
    return {refusal("domain", "the receipt is of another cluster than the key history",
                    "fetch the keys of the cluster that it names, if it is yours")};
  }
  const auto verified = verify_receipt(file.receipt, keys.history, Signing(keys.domain));
  if (!verified) {
    const Error& error = verified.error();
    if (error.code == "unknown_config") return {unknown(error.code, error)};
    return {refusal(error.code, error.message, error.hint)};
  }
  return {
      passed("block", "seq " + text(verified->seq.value) + ", term " + text(verified->term.value) +
                          ", generation " + text(verified->generation.value) + ", " +
                          to_hex0x(verified->block_hash)),
      passed("operation", to_hex0x(file.receipt.operation)),
      passed("result", to_hex0x(file.receipt.result)),
      passed("signatures", text(verified->strength) + " seats")};
}

}  // namespace

Result<KeyHistoryFile> read_key_history(const std::string& path) {
  const auto text = read_input(path, kKeyHistoryBytesMax);
  return text ? parse_key_history(*text) : text.error();
}

ExitCode run_receipt_get(const ReceiptGetOptions& options) {
  const std::string target = "/receipt/" + text(options.seq) + "/" + text(options.operation);
  bool refused = false;
  const auto receipt = first_answer(options.nodes, [&](NodeClient& node) {
    auto answer = node.get(target);
    refused = refused || (!answer && has_none(answer.error()));
    return answer;
  });
  if (receipt) {
    std::fputs(receipt->c_str(), stdout);
    return kOk;
  }
  std::fprintf(stderr, refused ? "clusterctl: no node has this receipt\n"
                               : "clusterctl: cannot tell: no node answered\n");
  return refused ? kRefused : kCannotTell;
}

ExitCode run_receipt_keys(const ChainOptions& options) {
  auto connection = connect(options);
  if (!connection) {
    complain(connection.error());
    return kCannotTell;
  }
  const Deployment& deployment = connection->deployment;
  auto history = fetch_key_history(*connection->chain, deployment);
  if (!history) {
    complain(history.error());
    return kCannotTell;
  }
  const KeyHistoryFile file{{deployment.chain_id, deployment.contract}, std::move(*history)};
  std::fputs(as_json(file).c_str(), stdout);
  return kOk;
}

ExitCode run_receipt_verify(const VerifyOptions& options, Output output) {
  const auto receipt = read_receipt(options.file);
  if (!receipt) {
    complain(receipt.error());
    return kCannotTell;
  }
  const auto keys = read_key_history(options.keys);
  if (!keys) {
    complain(keys.error());
    return kCannotTell;
  }
  return print(judge(*receipt, *keys), output);
}

ExitCode run_receipt_calldata(const std::string& path, bool anchor) {
  const auto file = read_receipt(path);
  if (!file) {
    complain(file.error());
    return kCannotTell;
  }
  const Bytes call = receipt_call(anchor ? "anchor" : "verifyReceipt", file->receipt);
  std::printf("%s\n", to_hex0x(call).c_str());
  return kOk;
}

}  // namespace dnc::ctl
