#include "ctl/gate_answers.hpp"

#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"
#include "core/eth/abi.hpp"
#include "ctl/pause_state.hpp"
#include "ctl/refusals.hpp"

namespace dnc::ctl {
namespace {

constexpr const char* kUpToDate = "UpToDate";

struct Policy {
  bool compose_allowed = false;
  bool any_device = false;
  bool device_allowed = false;
  bool tcb_required = false;
  PauseState pause;
  std::uint64_t free_seats = 0;
};

Bytes call_of(const char* signature) {
  return AbiEncoder().call(signature);
}

Result<Policy> read_policy(ChainClient& chain, const Address& contract,
                           const Candidate& candidate) {
  const auto head = chain.latest();
  if (!head) return head.error();
  const Hash device = candidate.device.value_or(Hash{});
  std::vector<ContractCall> calls;
  for (Bytes& data : std::vector<Bytes>{
           AbiEncoder().word(candidate.compose_hash).call("allowedComposeHashes(bytes32)"),
           call_of("allowAnyDevice()"), AbiEncoder().word(device).call("allowedDeviceIds(bytes32)"),
           call_of("requireTcbUpToDate()"), call_of("freeSeats()")}) {
    calls.push_back({contract, std::move(data), {}});
  }
  const auto answers = chain.calls_at(*head, calls);
  if (!answers) return answers.error();
  std::vector<AbiDecoder> in;
  for (const auto& answer : *answers)
    in.emplace_back(answer);
  Policy policy{in[0].flag(), in[1].flag(), in[2].flag(), in[3].flag(), {}, in[4].u64()};
  for (const auto& decoder : in) {
    if (!decoder.ok()) {
      return Error{"bad_chain_answer", "what stands at the address is not a cluster's contract",
                   "clusterctl contract verify"};
    }
  }
  const auto pause = read_pause(chain, *head, contract);
  if (!pause) return pause.error();
  policy.pause = *pause;
  return policy;
}

Finding compose_gate(const Policy& policy, const Hash& hash) {
  const std::string text = to_hex0x(hash);
  if (policy.compose_allowed) return passed("compose-hash", text);
  return refusal("compose-hash", text + " is not allowed",
                 "the owner calls addComposeHash(" + text + ")");
}

Finding device_gate(const Policy& policy, const std::optional<Hash>& device) {
  if (policy.any_device) return passed("device", "any machine may run it");
  if (!device) {
    return unknown("device", "only machines that the owner allowed may run it",
                   "name yours: --device 0x..");
  }
  if (policy.device_allowed) return passed("device", to_hex0x(*device));
  return refusal("device", to_hex0x(*device) + " is not allowed",
                 "the owner calls addDevice(" + to_hex0x(*device) + ")");
}

Finding tcb_gate(const Policy& policy, const std::optional<std::string>& status) {
  if (!policy.tcb_required) return passed("tcb", "any TCB status");
  if (!status) {
    return warning("tcb", "the machine's TCB status must be UpToDate",
                   "say what it is: --tcb STATUS");
  }
  if (*status == kUpToDate) return passed("tcb", *status);
  const Refusal* known = find_refusal("TCB status is not up to date");
  return refusal("tcb", "the status is " + *status, std::string(known->next));
}

Finding seat_gate(const Policy& policy, bool new_instance) {
  const std::string free = std::to_string(policy.free_seats) + " free";
  if (!new_instance) return passed("seats", free + "; an instance of its own seat needs none");
  if (policy.free_seats > 0) return passed("seats", free);
  const Refusal* known = find_refusal("No free seat: every NFT already runs a node");
  return refusal("seats", "none is free", std::string(known->next));
}

// A new CVM has an id that nobody can foresee; this one stands for it.
Address unheard_of(const Hash& compose_hash) {
  Bytes text(compose_hash.bytes.begin(), compose_hash.bytes.end());
  const ByteView label = as_bytes("an instance that never ran");
  text.insert(text.end(), label.begin(), label.end());
  return *Address::from(sha256(text).view().first(Address::kSize));
}

BootInfo boot_of(const Deployment& deployment, const Candidate& candidate) {
  BootInfo info;
  info.app_id = deployment.contract;
  info.compose_hash = candidate.compose_hash;
  info.instance_id = candidate.instance.value_or(unheard_of(candidate.compose_hash));
  info.device_id = candidate.device.value_or(Hash{});
  info.os_image_hash = candidate.os_image.value_or(Hash{});
  info.tcb_status = candidate.tcb_status.value_or(kUpToDate);
  return info;
}

Finding registration(ChainClient& chain, const Deployment& deployment) {
  const auto answer =
      chain.call({*deployment.kms_contract,
                  AbiEncoder().address(deployment.contract).call("registeredApps(address)"),
                  {}});
  if (!answer) return unknown("registered", answer.error());
  AbiDecoder in(*answer);
  const bool registered = in.flag();
  if (!in.ok()) {
    return unknown("registered", to_hex0x(*deployment.kms_contract) + " is no DstackKms",
                   "correct kmsContract in the deployment file");
  }
  if (registered) return passed("registered", "the KMS contract knows the app");
  const Refusal* known = find_refusal("App not registered");
  return refusal("registered", std::string(known->cause), std::string(known->next));
}

Finding through_kms(ChainClient& chain, const Deployment& deployment, const BootInfo& info,
                    const Result<BootAnswer>& own) {
  const std::string gate = "kms";
  const auto answer = ask_gate(chain, *deployment.kms_contract, info);
  if (!answer) {
    if (answer.error().code != "reverted") return unknown(gate, answer.error());
    return refusal(gate,
                   "the call reverts: " + answer.error().message +
                       "; the KMS hears \"authorization backend unavailable\"",
                   "is there a contract at the app id, and is kmsContract a DstackKms?");
  }
  Finding finding = explain(gate, to_hex0x(*deployment.kms_contract), *answer);
  if (answer->allowed) return finding;
  const bool passed_on = own && !own->allowed && own->reason == answer->reason;
  finding.cause += passed_on ? " (passed on: the cluster's contract refused)"
                             : " (refused by the KMS contract itself)";
  return finding;
}

}  // namespace

Finding explain(std::string gate, const std::string& who, const BootAnswer& answer) {
  if (answer.allowed) return passed(std::move(gate), who + " allows it");
  const std::string quoted = who + " says \"" + answer.reason + "\"";
  const Refusal* known = find_refusal(answer.reason);
  if (!known) {
    return refusal(std::move(gate), quoted,
                   "this text is not explained here: ask whoever wrote "
                   "the contract that gave it");
  }
  return refusal(std::move(gate), quoted + ": " + std::string(known->cause),
                 std::string(known->next));
}

Result<BootAnswer> ask_gate(ChainClient& chain, const Address& contract, const BootInfo& info) {
  const auto answer = chain.call({contract, encode_is_app_allowed(info), {}});
  if (!answer) return answer.error();
  return decode_boot_answer(*answer);
}

Report ask_gates(ChainClient& chain, const Deployment& deployment, const BootInfo& info) {
  const std::string gate = "cluster";
  const auto own = ask_gate(chain, deployment.contract, info);
  Report report{own ? explain(gate, to_hex0x(deployment.contract), *own)
                    : unknown(gate, own.error())};
  if (deployment.kms_contract) report.push_back(through_kms(chain, deployment, info, own));
  return report;
}

Report contract_gates(ChainClient& chain, const Deployment& deployment,
                      const Candidate& candidate) {
  const auto policy = read_policy(chain, deployment.contract, candidate);
  if (!policy) return {unknown("contract", policy.error())};
  Report report{compose_gate(*policy, candidate.compose_hash),
                device_gate(*policy, candidate.device), tcb_gate(*policy, candidate.tcb_status),
                seat_gate(*policy, !candidate.instance)};
  if (policy->pause.lasts()) {
    const Finding refused = pause_gate(policy->pause, false);
    report.push_back(warning("pause", refused.cause + ", though its machine boots", refused.next));
  }
  if (deployment.kms_contract) report.push_back(registration(chain, deployment));
  if (!candidate.device && !policy->any_device) return report;  // no boot info without a device
  Deployment asked = deployment;
  if (!candidate.os_image) asked.kms_contract.reset();  // it judges the image before all else
  const Report answers = ask_gates(chain, asked, boot_of(deployment, candidate));
  report.insert(report.end(), answers.begin(), answers.end());
  return report;
}

}  // namespace dnc::ctl
