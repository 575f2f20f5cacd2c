#include "ctl/contradictions.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "core/consensus/codec.hpp"
#include "core/consensus/contradiction.hpp"
#include "core/notary/curve_signer.hpp"
#include "ctl/connection.hpp"
#include "ctl/receipts.hpp"

namespace dnc::ctl {
namespace {

constexpr const char* kFetchOne = "fetch some: clusterctl contradiction get > proofs.json";

Finding judge(const Json& item, const KeyHistoryFile& keys) {
  const auto bytes = json_hex(item, "proof");
  const auto proof = bytes ? decode_contradiction(*bytes) : std::nullopt;
  if (!proof) return refusal("proof", "this is no proof that this version can read", kFetchOne);
  const Identity& signer = proof->signer;
  const std::string gate = "seat " + std::to_string(signer.seat.value);
  const auto holds = verify_contradiction(*proof, Signing(keys.domain), CurveVerifier{});
  if (!holds) return refusal(gate, holds.error().code + ": " + holds.error().message, "");
  const auto known = keys.history.keys.find(signer.boot_key);
  if (known == keys.history.keys.end() || known->second != signer.seat) {
    return refusal(gate, "unknown_boot_key: the key was never registered for this seat",
                   "fetch the keys again, if the boot is new: clusterctl receipt keys");
  }
  return passed(gate, "boot key " + to_hex0x(signer.boot_key) + ": " +
                          broken_rule(proof->first, proof->second));
}

}  // namespace

Report judge_contradictions(std::string_view text, const KeyHistoryFile& keys) {
  const auto json = parse_json(text, {.size_max = kReceiptBytesMax});
  const auto chain_id = json ? json_u64(*json, "chain_id") : json.error();
  const auto contract = json ? json_fixed<Address>(*json, "contract") : json.error();
  const auto list = json ? json_array(*json, "contradictions") : json.error();
  if (!chain_id || !contract || !list) {
    return {unknown("file", "this is no list of proofs", kFetchOne)};
  }
  if (*chain_id != keys.domain.chain_id || *contract != keys.domain.contract) {
    return {refusal("domain", "the proofs are of another cluster than the key history",
                    "fetch the keys of the cluster that they name, if it is yours")};
  }
  Report report;
  for (const Json& item : **list)
    report.push_back(judge(item, keys));
  if (report.empty()) report.push_back(unknown("file", "it holds no proof", ""));
  return report;
}

ExitCode run_contradiction_get(const NodeOptions& nodes) {
  const auto proofs =
      first_answer(nodes, [](NodeClient& node) { return node.get("/contradictions"); });
  if (!proofs) {
    std::fprintf(stderr, "clusterctl: cannot tell: no node answered\n");
    return kCannotTell;
  }
  std::fputs(proofs->c_str(), stdout);
  return kOk;
}

ExitCode run_contradiction_verify(const VerifyOptions& options, Output output) {
  const auto proofs = read_input(options.file, kReceiptBytesMax);
  const auto keys = read_key_history(options.keys);
  if (!proofs || !keys) {
    complain(proofs ? keys.error() : proofs.error());
    return kCannotTell;
  }
  return print(judge_contradictions(*proofs, *keys), output);
}

}  // namespace dnc::ctl
