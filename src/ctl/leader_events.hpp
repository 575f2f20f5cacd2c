// What the contract recorded of leaders.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "io/chain/chain_client.hpp"
#include "io/chain/deployment.hpp"

namespace dnc::ctl {

// A leader takes over, as the contract saw it.
struct LeaderChange {
  std::uint64_t generation = 0;
  std::uint64_t leader = 0;
  std::string reason;                  // genesis, cold start, votes, stand-in, log
  std::optional<std::uint64_t> votes;  // of operators, that deposed the one before
};
using LeaderChanges = std::map<std::uint64_t, LeaderChange>;  // by term

struct LeaderEvents {
  std::vector<EventLog> started;
  std::vector<EventLog> deposed;
  std::vector<EventLog> stood_in;
  std::vector<EventLog> reported;
};

// Every event names its term, so their order does not matter. Error: bad_chain_answer.
Result<LeaderChanges> leader_changes(const LeaderEvents& events);

// Errors: those of ChainClient, bad_chain_answer.
Result<LeaderEvents> fetch_leader_events(ChainClient& chain, const Deployment& deployment);

}  // namespace dnc::ctl
