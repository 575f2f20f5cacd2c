#include "ctl/error_codes.hpp"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "ctl/contract_refusals.hpp"
#include "ctl/refusals.hpp"
#include "ctl/sheet.hpp"

namespace dnc::ctl {
namespace {

constexpr std::string_view kAnotherReceipt =
    "do not believe it; get it from another node: clusterctl receipt get";

constexpr std::string_view kAnotherBackup =
    "take another copy, or save again: clusterctl snapshot save";

constexpr CodeInfo kCodes[] = {
    {"bad_request", "API", "the request is malformed; the message says where",
     "send what the hint expects; clusterctl and GET / know the paths"},
    {"not_found", "API", "there is nothing at this path", "curl URL/ lists the paths"},
    {"method_not_allowed", "API", "the path takes another method",
     "use the method that the message names"},
    {"too_large", "API", "the operation is too large", "send a smaller one"},
    {"body_too_large", "API", "the body exceeds the limit of a request", "send a smaller one"},
    {"headers_too_large", "API", "request line and headers exceed the limit",
     "send fewer or shorter headers"},
    {"value_too_large", "API", "a value is larger than 64 KiB", "split it over several keys"},
    {"request_too_slow", "API", "the request did not arrive in time",
     "send it again; look at the network between"},
    {"too_many_connections", "API", "the node has as many connections as it takes",
     "close some, or ask another node: clusterctl peers"},
    {"too_many_listeners", "API", "the node has as many streams as it takes",
     "close one, or listen to another node: clusterctl peers"},
    {"stream_behind_requests", "API",
     "a stream was asked for behind other requests of the same connection",
     "open a connection of its own for it"},
    {"no_answer", "API", "the request was not answered in time; a write may still happen",
     "repeat it with the same Idempotency-Key"},
    {"no_leader", "API", "no leader was found, or the contract knows none",
     "repeat it with the same Idempotency-Key; clusterctl status"},
    {"timeout", "API", "the cluster did not confirm in time; a write may still happen",
     "repeat it with the same Idempotency-Key"},
    {"overloaded", "API", "too many requests wait", "send it again later, or more slowly"},
    {"key_reused", "API", "the Idempotency-Key stands for another request",
     "use a new key for a new request"},
    {"key_absent", "API", "there is no such key", "PUT creates it"},
    {"condition_failed", "API",
     "the key's version is not the one that the condition names; nothing was changed",
     "read it again: the ETag is its version"},
    {"counter_overflow", "API", "the counter would exceed 64 bits; nothing was changed",
     "take another counter: a key of /kv"},
    {"bad_result", "API", "the node's service answered what it never should: a defect",
     "keep log and data; compare its build with the others'"},
    {"not_serving", "API", "the node takes no part now",
     "ask another node: clusterctl peers; why: clusterctl explain SEAT"},
    {"notary_bypassed", "API",
     "a seat is proven to have signed two statements that contradict each other",
     "keep the proofs: clusterctl contradiction get; then clusterctl revoke SEAT"},
    {"pruned", "API", "the log is pruned up to there",
     "ask from the block that the message names, or another node"},
    {"not_committed", "API", "the node is not as far", "ask again, or another node"},
    {"no_operation", "API", "the block has fewer operations", "count operations from 0"},
    {"receipt_gone", "API", "the node holds the block, its results or its signatures no more",
     "ask another node, and ask earlier"},
    {"no_proof", "API", "the node has seen nothing commit since it started: it can prove no backup",
     "ask another node, or make one write and ask again"},
    {"snapshot_gone", "API", "the node does not keep that snapshot any more",
     "begin again with GET /snapshot, or ask another node"},
    {"no_cold_start", "API", "the node waits for no cold start", "clusterctl status"},
    {"stale_consent", "API", "the consent is for the end of another generation",
     "sign a new one: clusterctl recover"},
    {"bad_consent", "API", "the consent is not signed by the operator of a seat that counts",
     "clusterctl recover --operator-key FILE --yes"},
    {"not_leader", "API", "the node does not lead, and only the leader can hand over",
     "clusterctl switchover finds the leader by itself"},
    {"stale_order", "API", "the order is for another term, or its deadline is over",
     "sign a new one: clusterctl switchover"},
    {"bad_order", "API", "the order is not signed by the operator of the leader's seat",
     "clusterctl switchover --operator-key FILE --yes; operators of other seats: clusterctl vote"},
    {"bad_target", "API", "the seat leads already, does not count, is not heard, or lags",
     "clusterctl members; then name another seat, or wait"},
    {"operator_expired", "node", "the operator's time is over",
     "clusterctl operator set SEAT OPERATOR --until TIME; then by itself"},
    {"operator_changed", "node", "another operator was named",
     "start the new operator's node; or name this one again: clusterctl operator set"},
    {"seat_revoked", "node", "the seat was revoked", "clusterctl reinstate SEAT; then by itself"},
    {"seat_left", "node", "the seat was given up", "start the node again"},
    {"instance_replaced", "node", "the seat's machine was retired",
     "start the node on another machine"},
    {"key_cleared", "node", "the contract cleared the boot key", "by itself: the node joins again"},
    {"superseded", "node", "another boot of the seat joined",
     "find the other machine that runs this seat: clusterctl explain SEAT"},
    {"diverged", "node", "the node computes something else than a quorum does",
     "compare build and machine with the others'; then start it again"},
    {"bad_config", "node", "a setting cannot be, or is not safe on this chain",
     "correct it as the hint says; clusterd --help"},
    {"wrong_contract", "node", "the code at the deployment's address is not a cluster's contract",
     "correct the deployment file; clusterctl contract verify"},
    {"no_contract", "node", "there is no code at the deployment's address",
     "deploy, or correct the file; clusterctl doctor"},
    {"published_kms_root", "node", "the contract trusts a KMS root whose key is published",
     "the owner calls setKmsRoot with the root of DstackKms kmsInfo()"},
    {"simulated_enclave", "node", "the guest agent is a simulator, and the chain is a real one",
     "start the node in a CVM"},
    {"wrong_app", "node", "the machine runs another app than this contract",
     "start the node in a CVM of this app"},
    {"wrong_instance", "node", "the seat is bound to another machine",
     "start that one; if it is lost: clusterctl replace SEAT"},
    {"wrong_world", "node", "the data directory is another deployment's",
     "use another --data; remove it if that deployment is gone"},
    {"data_dir_in_use", "node", "another process has the data directory",
     "end that one, or use another --data"},
    {"data_dir_unusable", "node", "the data directory cannot be used",
     "see owner, mode and space of the folder"},
    {"listen_failed", "node", "the address cannot be listened on", "name a free one with --listen"},
    {"stopped", "node", "the node stops", "start it again if it should run"},
    {"bad_hello", "link",
     "a peer has not shown who it is: another version, no certificate, or a key that its boot key "
     "did not sign",
     "compare the builds of both nodes"},
    {"dial_failed", "link", "a peer cannot be reached",
     "is it up, and its port open? clusterctl members"},
    {"dial_refused", "link", "the peer's port is closed: its process is gone",
     "start it; clusterctl members"},
    {"tls_failed", "link", "TLS cannot be set up, or broke off",
     "see the OpenSSL installation, and what stands between the nodes"},
    {"chain_unreachable", "chain", "no RPC endpoint answers",
     "name others with --rpc; clusterctl doctor"},
    {"wrong_chain", "chain", "the endpoint is of another chain than the deployment",
     "correct --rpc or --deployment; clusterctl doctor"},
    {"endpoints_missing", "chain", "too few RPC endpoints answer",
     "name others with --rpc; clusterctl doctor"},
    {"endpoints_disagree", "chain", "the RPC endpoints show different blocks or contracts",
     "find out which one is wrong, and replace it: clusterctl doctor"},
    {"bad_chain_answer", "chain", "an RPC endpoint or the contract answers nonsense",
     "check --rpc and --deployment: clusterctl doctor"},
    {"rpc_error", "chain", "the RPC endpoint refuses the question; the message has its words",
     "name another endpoint with --rpc"},
    {"block_gone", "chain", "the endpoint does not have the block any more: a re-org", "by itself"},
    {"reverted", "chain",
     "the contract refuses, or the transaction failed; the message names the custom error",
     "clusterctl explain ERROR"},
    {"refused", "chain",
     "the contract would refuse, and nothing was sent; the message names the custom error",
     "clusterctl explain ERROR"},
    {"no_gas_money", "chain", "the key cannot pay for the transaction",
     "send ether to its address; a node may leave out --gas-key and have peers relay"},
    {"not_mined", "chain", "the transaction was sent and is in no block yet",
     "look again later; look at the fees of the chain"},
    {"queue_full", "chain", "too many transactions wait for the chain",
     "by itself; look at the fees of the chain"},
    {"nobody_relays", "relay", "the node has no gas key, and no peer paid for it",
     "give one node a gas key with ether, or name peers with --relay"},
    {"relay_slow", "relay", "a peer took the call and it is not done yet", "by itself"},
    {"bad_relay_answer", "relay", "a peer answers what no relay says",
     "compare the builds of both nodes"},
    {"no_gas_key", "relay", "this node pays for nothing", "ask a node with a gas key"},
    {"no_chain", "relay", "this node has not seen the chain yet", "ask another node"},
    {"not_relayable", "relay", "the call is none that a node pays for",
     "relay joins, generation records and reports only"},
    {"not_operator", "relay", "the join is not signed by the seat's operator",
     "use the key that the contract names: clusterctl explain SEAT"},
    {"rate_limited", "relay", "the seat or the address asked too often",
     "ask later, or another node"},
    {"guest_agent_not_found", "machine", "there is no guest agent: this is no CVM",
     "start it in a CVM, or name its socket: --guest-agent"},
    {"guest_agent_unreachable", "machine", "the guest agent does not answer",
     "is it up? clusterctl doctor --guest-agent SOCKET"},
    {"guest_agent_refused", "machine", "the guest agent refuses; the message has its words",
     "clusterctl join SEAT on that machine"},
    {"guest_agent_malformed", "machine", "the guest agent answers nonsense",
     "compare its version with docs/formats.md"},
    {"kms_chain_broken", "machine", "the keys of the machine do not belong together",
     "start the machine again"},
    {"kms_wrong_root", "machine", "the keys come from another KMS, or are of another app",
     "start the machine under the cluster's KMS"},
    {"kms_unreachable", "machine", "the KMS does not answer",
     "is it up? the machine asks again by itself"},
    {"kms_malformed", "machine", "the KMS answers nonsense",
     "compare its version with docs/formats.md"},
    {"kms_refused", "machine", "the KMS gives no keys; the message has the boot gate's reason",
     "clusterctl explain SEAT; clusterctl compose check FILE"},
    {"kms_not_asked", "machine", "the KMS was not asked yet", "by itself, in a moment"},
    {"boot_denied", "machine", "the boot gate refuses; the message has its reason",
     "clusterctl boot explain FILE"},
    {"bad_boot_info", "machine", "the boot info cannot be read",
     "clusterctl boot explain FILE names the field"},
    {"bad_quote", "machine", "a quote cannot be read, or is not of a production machine",
     "do not trust the machine; clusterctl verify names the link"},
    {"bad_event_log", "machine", "the event log is not the one that the quote sums up",
     "do not trust the machine; clusterctl verify names the link"},
    {"bad_quote_signature", "machine", "the quote's signature does not lead to Intel",
     "do not trust the machine; clusterctl verify names the link"},
    {"secret_malformed", "machine", "a file of the local world's secrets is damaged",
     "./deploy_local.sh --fresh"},
    {"header_count", "receipt", "a receipt has 1 to 64 headers", kAnotherReceipt},
    {"bad_header", "receipt", "a header of the receipt is none", kAnotherReceipt},
    {"broken_chain", "receipt", "its headers do not build on each other", kAnotherReceipt},
    {"not_in_block", "receipt", "operation and result are not those of the block", kAnotherReceipt},
    {"accept_elsewhere", "receipt", "an ACCEPT is for another block", kAnotherReceipt},
    {"bad_signature", "receipt", "an ACCEPT has no valid signature", kAnotherReceipt},
    {"unknown_boot_key", "receipt", "a key signed that the seat never registered",
     "fetch the keys again: clusterctl receipt keys; if it stays, do not believe it"},
    {"unknown_config", "receipt", "nobody reported the receipt's configuration to the contract",
     "fetch the keys again later: clusterctl receipt keys"},
    {"too_few", "receipt", "fewer seats signed than a majority", kAnotherReceipt},
    {"signer_order", "receipt", "the signers are not in order, each seat once", kAnotherReceipt},
    {"not_of_config", "receipt", "a signer does not count in the receipt's configuration",
     kAnotherReceipt},
    {"not_a_backup", "backup", "the file is none, or of a later version",
     "name what clusterctl snapshot save wrote"},
    {"backup_cut_short", "backup", "the file ends in the middle", kAnotherBackup},
    {"backup_damaged", "backup", "a part is not what was saved", kAnotherBackup},
    {"broken_log", "backup", "its blocks do not lead to the one that is signed", kAnotherBackup},
    {"replay_differs", "backup", "executed here it leads to something else",
     "use the clusterctl of the nodes' version"},
    {"unreadable_state", "backup", "the state in it is of another version",
     "use the clusterctl of the nodes' version"},
    {"file_exists", "clusterctl", "there is such a file already", "another name, or --force"},
    {"directory_not_empty", "clusterctl", "a disk is restored into an empty directory only",
     "another directory; keep what is left of the disk"},
    {"usage", "clusterctl", "the command is typed wrongly", "clusterctl COMMAND --help"},
    {"bad_argument", "clusterctl", "an argument of a stand-in is wrong",
     "guest_agent_sim --help, kms_sim --help"},
    {"bad_answer", "clusterctl", "what answers is no node of a cluster", "correct --url"},
    {"no_node", "clusterctl", "no node was named, or the seat's address is not known",
     "name one: --url http://HOST:PORT"},
    {"other_seat", "clusterctl", "the node at this address runs another seat",
     "clusterctl members lists who runs what"},
    {"cluster_not_healthy", "clusterctl", "a cluster that is not healthy is not to be loaded",
     "clusterctl wait ready, then again; --force loads it as it is"},
    {"too_few_threads", "clusterctl", "the system gives clusterctl too few threads",
     "raise the limit of processes (ulimit -u), or take a smaller --profile"},
    {"interrupted", "clusterctl", "the check was stopped before its time was over",
     "let it run, or give it less time: --duration 10s"},
    {"bad_key_history", "clusterctl", "the key history cannot be read, or is of another cluster",
     "write one: clusterctl receipt keys > keys.json"},
    {"no_block", "clusterctl", "the node's log holds no block", "ask another node: --url"},
    {"no_script", "clusterctl",
     "contracts/script/deploy.mjs is in no folder above the program or the caller",
     "type it in a checkout of the repository, after: scripts/setup.sh contracts"},
    {"no_node_js", "clusterctl", "Node.js, which runs the deployment, does not start",
     "scripts/setup.sh tools"},
    {"not_an_operator", "clusterctl", "the key operates no seat of this cluster",
     "use the key of a seat's operator: clusterctl status names them"},
    {"too_few_disks", "clusterctl",
     "fewer disks than a quorum hold the log: consent would not help",
     "bring back the nodes that do not report"},
    {"bad_artifact", "clusterctl", "a file of the contracts' build cannot be read",
     "scripts/setup.sh contracts"},
    {"file_not_found", "any", "there is no such file", "correct the path"},
    {"file_failed", "any", "the file or folder cannot be read or written",
     "see its owner and mode, and the space"},
    {"file_too_large", "any", "the file is larger than anything of its kind", "correct the path"},
    {"json_malformed", "any", "the text is no JSON, or nested too deeply", "correct the file"},
    {"json_field", "any", "a field is missing, or of another type",
     "correct the field that the message names"},
    {"json_too_large", "any", "the JSON exceeds the limit", "correct the file"},
    {"http_unreachable", "any", "the address does not answer", "is it up, and its port open?"},
    {"http_timeout", "any", "no answer came in time", "try again, or raise --request-timeout"},
    {"http_bad_url", "any", "the URL cannot be read", "write it as http://HOST:PORT"},
    {"http_interrupted", "any", "the answer broke off", "try again"},
    {"http_too_large", "any", "the answer exceeds the limit", "see what answers there"},
    {"http_aborted", "any", "the program ended the request as it stopped", "nothing to do"},
};

std::string_view gate_of(RefusedBy who) {
  switch (who) {
    case RefusedBy::cluster:
      return "boot gate, contract";
    case RefusedBy::kms:
      return "boot gate, DstackKms";
    case RefusedBy::webhook:
      break;
  }
  return "boot gate, webhook";
}

Json to_json(const CodeInfo& info) {
  return {{"code", info.code}, {"where", info.where}, {"cause", info.cause}, {"next", info.next}};
}

ExitCode show(const Json& rows, Output output) {
  if (output == Output::json) {
    print(Json{{"codes", rows}});
    return kOk;
  }
  for (const Json& row : rows) {
    std::printf("%s (%s): %s\n  -> %s\n", cell_text(row["code"]).c_str(),
                cell_text(row["where"]).c_str(), cell_text(row["cause"]).c_str(),
                cell_text(row["next"]).c_str());
  }
  return kOk;
}

}  // namespace

std::vector<CodeInfo> all_codes() {
  std::vector<CodeInfo> all(std::begin(kCodes), std::end(kCodes));
  for (const ContractRefusal& known : contract_refusals())
    all.push_back({known.name, "contract", known.cause, known.next});
  for (const Refusal& known : known_refusals())
    all.push_back({known.reason, gate_of(known.by), known.cause, known.next});
  return all;
}

bool explain_code(std::string_view code, Output output) {
  const auto all = all_codes();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const CodeInfo& info) { return info.code == code; });
  if (found == all.end()) return false;
  show(Json::array({to_json(*found)}), output);
  return true;
}

ExitCode list_codes(Output output) {
  Json rows = Json::array();
  for (const CodeInfo& info : all_codes())
    rows.push_back(to_json(info));
  return show(rows, output);
}

}  // namespace dnc::ctl
