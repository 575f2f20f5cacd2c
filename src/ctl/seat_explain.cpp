#include "ctl/seat_explain.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <variant>

#include "core/base/hex.hpp"
#include "core/eth/abi.hpp"
#include "ctl/chain_clock.hpp"
#include "ctl/contract_refusals.hpp"
#include "ctl/error_codes.hpp"
#include "ctl/refusals.hpp"
#include "io/chain/membership_contract.hpp"

namespace dnc::ctl {
namespace {

Finding seat_gate(const ChainSeat& seat) {
  return passed("seat", "seat " + std::to_string(seat.identity.seat.value) + " is owned by " +
                            to_hex0x(seat.owner));
}

Finding revoked_gate(const ChainSeat& seat) {
  if (!seat.revoked) return passed("contract", "the seat is not revoked");
  return refusal("contract", "the owner or the guardian has revoked the seat",
                 "the contract's owner: clusterctl reinstate SEAT");
}

bool serves(const SeatFacts& facts) {
  return facts.node && (facts.node->role == "leader" || facts.node->role == "follower");
}

Finding operator_gate(const SeatFacts& facts) {
  const std::string who = to_hex0x(facts.seat.operator_);
  if (facts.operator_until == 0) return passed("operator", who + ", without an end");
  if (facts.operator_until >= facts.chain_time) {
    return passed("operator", who + " until " + utc_text(facts.operator_until));
  }
  const std::string over = "the operator's time was over at " + utc_text(facts.operator_until) +
                           "; the seat is with its owner again";
  const char* next = "the seat's owner: clusterctl operator set SEAT OPERATOR --until TIME";
  return serves(facts) ? warning("operator", over, next) : refusal("operator", over, next);
}

Finding node_gate(const SeatFacts& facts) {
  if (!facts.node) {
    const bool joined = facts.seat.identity.epoch.value > 0;
    return refusal("node",
                   joined
                       ? "its node does not answer: " + facts.node.error().message
                       : "no node has ever joined for this seat, and none that was asked runs it",
                   joined ? "is its machine up? its log says why it ended"
                          : "start its node; if it runs, ask it: --url http://HOST:PORT");
  }
  const NodeWord& node = *facts.node;
  if (!node.code.empty()) {
    return refusal("node", node.code + ": " + node.reason, node.next_step);
  }
  if (serves(facts)) return passed("node", "it serves, as " + node.role);
  if (node.reason.empty()) return warning("node", "it is " + node.role, "");
  return explain_reason("node", node.reason);
}

Finding counted_gate(const ChainSeat& seat) {
  if (seat.counted) return passed("counted", "the contract counts the seat");
  return warning("counted", "the seat does not count in the quorum yet",
                 "by itself, some seconds after its node has caught up");
}

Finding chain_gate(const SeatFacts& facts) {
  if (facts.node && !facts.node->chain_reachable) {
    return refusal("chain", "its node does not see the chain: " + facts.node->chain_error,
                   "mend its --rpc; clusterctl doctor checks endpoints");
  }
  return clock_finding("chain", facts.chain_time, facts.now);
}

}  // namespace

Finding explain_reason(std::string gate, const std::string& reason) {
  for (const Refusal& known : known_refusals()) {
    if (reason.find(known.reason) == std::string::npos) continue;
    return refusal(std::move(gate), reason + ": " + std::string(known.cause),
                   std::string(known.next));
  }
  if (const ContractRefusal* known = contract_refusal_in(reason)) {
    return refusal(std::move(gate), reason + ": " + std::string(known->cause),
                   std::string(known->next));
  }
  return refusal(std::move(gate), reason, "docs/operations.md has the reasons a node gives");
}

Report explain_seat(const SeatFacts& facts) {
  return {seat_gate(facts.seat), revoked_gate(facts.seat),
          operator_gate(facts),  pause_gate(facts.pause, facts.joined),
          node_gate(facts),      counted_gate(facts.seat),
          chain_gate(facts)};
}

namespace {

// A seat's number, or an address that has to do with it.
using Who = std::variant<Seat, Address>;

std::optional<Who> read_who(const std::string& text) {
  if (const auto address = fixed_from_hex<Address>(text)) return *address;
  std::uint64_t seat = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), seat);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return Seat{seat};
}

bool concerns(const ChainSeat& seat, const Who& who) {
  if (const Seat* number = std::get_if<Seat>(&who)) return seat.identity.seat == *number;
  const Address& address = std::get<Address>(who);
  return seat.owner == address || seat.operator_ == address || seat.instance == address ||
         seat.identity.boot_key == address;
}

Finding no_seat(const Who& who) {
  const Seat* number = std::get_if<Seat>(&who);
  return refusal(
      "seat",
      number
          ? "the contract has minted no seat " + std::to_string(number->value)
          : to_hex0x(std::get<Address>(who)) + " holds, operates and runs no seat of this cluster",
      "the contract's owner mints one: clusterctl mint OWNER; a seat's owner names an operator");
}

Result<NodeWord> ask(const std::string& url, int timeout_ms, Seat seat) {
  const auto status = NodeClient(url, timeout_ms).get_object("/status");
  if (!status) return status.error();
  const auto its = json_u64(*status, "seat");
  if (!its || *its != seat.value) return Error{"other_seat", url + " runs another seat", ""};
  const auto text = [&](const char* field) {
    const auto value = json_text(*status, field);
    return value ? *value : std::string();
  };
  NodeWord word{text("role"), text("reason"), text("code"), text("next_step"), true, ""};
  const auto chain = json_object(*status, "chain");
  const auto reachable = chain ? json_flag(**chain, "reachable") : chain.error();
  const auto error = chain ? json_text(**chain, "error") : chain.error();
  word.chain_reachable = !reachable || *reachable;
  if (error) word.chain_error = *error;
  return word;
}

// Where the contract says that it is, else one of those that were named.
Result<NodeWord> ask_node_of(const ChainSeat& seat, const NodeOptions& nodes) {
  Result<NodeWord> word = Error{"no_node", "its address is not known", ""};
  if (!seat.endpoint.empty()) {
    word = ask("http://" + seat.endpoint, nodes.timeout_ms, seat.identity.seat);
  }
  for (const auto& url : nodes.urls) {
    if (word) break;
    auto other = ask(url, nodes.timeout_ms, seat.identity.seat);
    if (other) word = std::move(other);
  }
  return word;
}

// What the view of all seats does not say of one.
Result<SeatFacts> read_seat(ChainClient& chain, const BlockHead& head, const Address& contract,
                            const ChainSeat& seat) {
  const AbiEncoder number = AbiEncoder().number(seat.identity.seat.value);
  const auto answers = chain.calls_at(head, {{contract, number.call("userExpires(uint256)"), {}},
                                             {contract, number.call("locked(uint256)"), {}}});
  if (!answers) return answers.error();
  const auto until = decode_count((*answers)[0]);
  const auto locked = decode_count((*answers)[1]);
  if (!until) return until.error();
  if (!locked) return locked.error();
  const auto pause = read_pause(chain, head, contract);
  if (!pause) return pause.error();
  SeatFacts facts;
  facts.seat = seat;
  facts.operator_until = *until;
  facts.pause = *pause;
  facts.joined = *locked != 0 && !seat.revoked;  // locked: it has joined, or is revoked
  facts.chain_time = head.time;
  facts.now = utc_seconds();
  return facts;
}

Report explain_who(const Who& who, const NodeOptions& nodes, Connection& connection) {
  ChainClient& chain = *connection.chain;
  const Address& contract = connection.deployment.contract;
  const auto head = chain.latest();
  const auto view = head ? read_chain_view(chain, contract, *head, 0) : head.error();
  if (!view) return {unknown("contract", view.error())};
  const auto seat = std::find_if(view->seats.begin(), view->seats.end(),
                                 [&](const ChainSeat& each) { return concerns(each, who); });
  if (seat == view->seats.end()) return {no_seat(who)};
  auto facts = read_seat(chain, *head, contract, *seat);
  if (!facts) return {unknown("contract", facts.error())};
  facts->node = ask_node_of(*seat, nodes);
  return explain_seat(*facts);
}

}  // namespace

ExitCode run_explain(const std::string& who, const NodeOptions& nodes, const ChainOptions& chain,
                     Output output) {
  const auto meant = read_who(who);
  if (!meant) {
    if (explain_code(who, output)) return kOk;
    complain({"usage", "\"" + who + "\" is no seat's number, no address and no code of an error",
              "clusterctl explain --list has all codes"});
    return kUsage;
  }
  auto connection = connect(chain);
  if (!connection) return print({unknown("chain", connection.error())}, output);
  return print(explain_who(*meant, nodes, *connection), output);
}

}  // namespace dnc::ctl
