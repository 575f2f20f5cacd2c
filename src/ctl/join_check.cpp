#include "ctl/join_check.hpp"

#include "core/base/hex.hpp"
#include "core/eth/abi.hpp"
#include "ctl/chain_clock.hpp"
#include "ctl/contract_refusals.hpp"
#include "ctl/pause_state.hpp"
#include "ctl/seat_explain.hpp"
#include "io/base/key_file.hpp"
#include "io/base/random.hpp"
#include "io/chain/membership_contract.hpp"
#include "io/dstack/guest_agent.hpp"

namespace dnc::ctl {
namespace {

constexpr std::uint64_t kJoinValidSeconds = 600;

// What the guest agent gives a node for its join.
struct Machine {
  GuestInfo info;
  KeyReply key;
};

Result<Machine> ask_machine(const std::string& configured) {
  const auto where = find_guest_agent(configured);
  if (!where) return where.error();
  GuestAgentOptions options;
  options.endpoint = *where;
  options.attempts_max = 1;
  GuestAgent agent(options);
  const auto info = agent.info();
  if (!info) return info.error();
  auto key = agent.get_key(kJoinKeyPath, kJoinKeyPurpose);
  if (!key) return key.error();
  return Machine{*info, std::move(*key)};
}

Finding operator_gate(const ChainSeat& seat, const Address& ours) {
  if (seat.operator_ == ours)
    return passed("operator", to_hex0x(ours) + ", as the contract has it");
  return refusal(
      "operator",
      "the contract names " + to_hex0x(seat.operator_) + ", the key is of " + to_hex0x(ours),
      "use that operator's key, or let the owner name this one: clusterctl operator set");
}

Finding machine_gate(const Machine& machine, const Address& contract) {
  const std::string instance = "instance " + to_hex0x(machine.info.instance_id);
  if (machine.info.app_id != contract) {
    return refusal("machine", instance + " runs app " + to_hex0x(machine.info.app_id),
                   "start the node in a CVM of this contract's app");
  }
  if (!machine.info.simulated) return passed("machine", instance);
  return warning("machine", instance + ", simulated: it proves nothing", "");
}

Finding kms_gate(const Machine& machine, const Address& contract, const Address& root) {
  const auto proof = make_kms_proof(Hash{}, machine.key, contract, root);
  if (proof) return passed("kms", "its keys come from KMS root " + to_hex0x(root));
  return refusal("kms", proof.error().message,
                 "start the machine under the cluster's KMS, or let the owner name this one: "
                 "setKmsRoot");
}

// The whole join, as a node would send it.
Result<Bytes> trial(const ChainSeat& seat, const Machine& machine, const PrivateKey& operator_key,
                    const std::string& endpoint, const Deployment& deployment) {
  JoinRequest request;
  request.seat = seat.identity.seat;
  request.epoch = seat.identity.epoch.next();
  request.boot_key = *Address::from(random_bytes<Address::kSize>());
  request.instance = machine.info.instance_id;
  request.endpoint_hash = endpoint_hash(endpoint);
  request.deadline = utc_seconds() + kJoinValidSeconds;
  const Hash digest = join_digest({deployment.chain_id, deployment.contract}, request);
  const auto proof = make_kms_proof(digest, machine.key, deployment.contract);
  if (!proof) return proof.error();
  return encode_join(request, endpoint, operator_key.sign(digest),
                     {proof->app_key, proof->kms_signature, proof->derived_key,
                      proof->app_signature, proof->signature});
}

Finding contract_gate(const Result<Bytes>& call, ChainClient& chain, const Address& contract) {
  if (!call) return refusal("contract", call.error().message, call.error().hint);
  const auto asked = chain.call({contract, *call, {}});
  if (asked) return passed("contract", "it would let this machine join");
  if (asked.error().code != "reverted") return unknown("contract", asked.error());
  return contract_refuses(asked.error().message);
}

Result<Address> kms_root_of(ChainClient& chain, const Address& contract) {
  const auto answer = chain.call({contract, AbiEncoder().call("kmsRoot()"), {}});
  return answer ? decode_address(*answer) : answer.error();
}

Finding paused_gate(ChainClient& chain, const BlockHead& head, const Address& contract, Seat seat) {
  const auto pause = read_pause(chain, head, contract);
  if (!pause) return unknown("pause", pause.error());
  const auto answer =
      chain.call({contract, AbiEncoder().number(seat.value).call("locked(uint256)"), {}});
  const auto locked = answer ? decode_count(*answer) : answer.error();
  return locked ? pause_gate(*pause, *locked != 0) : unknown("pause", locked.error());
}

Report check(const JoinCheckOptions& options, const PrivateKey& operator_key) {
  const auto connection = connect(options.chain);
  if (!connection) return {unknown("chain", connection.error())};
  ChainClient& chain = *connection->chain;
  const Address& contract = connection->deployment.contract;
  const auto head = chain.latest();
  const auto view = head ? read_chain_view(chain, contract, *head, 0) : head.error();
  if (!view) return {unknown("chain", view.error())};
  const auto root = kms_root_of(chain, contract);
  if (!root) return {unknown("chain", root.error())};
  Report report{clock_finding("clock", head->time, utc_seconds())};
  const ChainSeat* seat = view->find({options.seat});
  if (seat == nullptr) {
    report.push_back(refusal("seat",
                             "the contract has minted no seat " + std::to_string(options.seat),
                             "correct it, or let the contract's owner mint it: clusterctl mint"));
    return report;
  }
  report.push_back(operator_gate(*seat, operator_key.address()));
  report.push_back(paused_gate(chain, *head, contract, seat->identity.seat));
  const auto machine = ask_machine(options.guest_agent);
  if (!machine) {
    const bool told = machine.error().code == "guest_agent_refused";
    report.push_back(told ? explain_reason("machine", machine.error().message)
                          : unknown("machine", machine.error()));
    return report;
  }
  report.push_back(machine_gate(*machine, contract));
  report.push_back(kms_gate(*machine, contract, *root));
  const auto call = trial(*seat, *machine, operator_key, options.endpoint, connection->deployment);
  report.push_back(contract_gate(call, chain, contract));
  return report;
}

}  // namespace

ExitCode run_join_check(const JoinCheckOptions& options, Output output) {
  if (options.operator_key.empty()) {
    complain({"usage", "a join is signed with the operator's key",
              "name the file: --operator-key FILE"});
    return kUsage;
  }
  const auto key = read_key_file(options.operator_key, "the operator's key");
  if (!key) {
    complain(key.error());
    return kCannotTell;
  }
  return print(check(options, *key), output);
}

}  // namespace dnc::ctl
