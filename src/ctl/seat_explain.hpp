// Why a seat's node does not serve: which gate refuses, the cause, the next step.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/consensus/input.hpp"
#include "ctl/connection.hpp"
#include "ctl/node_client.hpp"
#include "ctl/pause_state.hpp"
#include "ctl/report.hpp"

namespace dnc::ctl {

// What a seat's node says of itself.
struct NodeWord {
  std::string role;
  std::string reason;
  std::string code;  // of a halted node and of one that refuses writes
  std::string next_step;
  bool chain_reachable = true;
  std::string chain_error;
};

struct SeatFacts {
  ChainSeat seat;
  std::uint64_t operator_until = 0;  // UTC seconds, past or future; 0: the owner runs it
  PauseState pause;
  bool joined = false;           // and has not left
  std::uint64_t chain_time = 0;  // of the newest block
  std::uint64_t now = 0;         // by our own clock
  Result<NodeWord> node{NodeWord{}};
};

// Gate by gate, in the order in which a node meets them.
Report explain_seat(const SeatFacts& facts);

// A node's reason in plain words: a refusal, with the next step where one is known.
Finding explain_reason(std::string gate, const std::string& reason);

// `who` is a seat's number, or an address: its owner, operator, boot key or instance; or the code
// of an error.
ExitCode run_explain(const std::string& who, const NodeOptions& nodes, const ChainOptions& chain,
                     Output output);

}  // namespace dnc::ctl
