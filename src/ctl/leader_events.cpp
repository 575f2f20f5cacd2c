#include "ctl/leader_events.hpp"

#include <utility>

#include "core/eth/abi.hpp"
#include "ctl/contract_events.hpp"

namespace dnc::ctl {
namespace {

Error nonsense(const char* event) {
  return {"bad_chain_answer", std::string("an event cannot be read: ") + event,
          "check --rpc and --deployment"};
}

// An indexed number, the first is 1.
std::optional<std::uint64_t> indexed(const EventLog& event, std::size_t at) {
  return at < event.topics.size() ? U256::from_word(event.topics[at]).to_u64() : std::nullopt;
}

Status add_started(const std::vector<EventLog>& events, LeaderChanges& changes) {
  for (const EventLog& event : events) {
    const auto generation = indexed(event, 1);
    AbiDecoder data(event.data);
    const std::uint64_t term = data.u64();
    (void)data.u64();  // configuration
    const std::uint64_t leader = data.u64();
    if (!generation || !data.ok()) return nonsense("GenerationStarted");
    changes[term] = {*generation, leader, *generation == 1 ? "genesis" : "cold start", {}};
  }
  return ok_status();
}

// Votes by the term that they ended.
Result<std::map<std::uint64_t, std::uint64_t>> read_deposed(const std::vector<EventLog>& events) {
  std::map<std::uint64_t, std::uint64_t> votes;
  for (const EventLog& event : events) {
    AbiDecoder data(event.data);
    const std::uint64_t term = data.u64();
    const std::uint64_t tally = data.u64();
    if (!data.ok()) return nonsense("LeaderDeposed");
    votes[term] = tally;
  }
  return votes;
}

// A stand-in leads the term after the one that ended.
Status add_stood_in(const std::vector<EventLog>& events,
                    const std::map<std::uint64_t, std::uint64_t>& votes, LeaderChanges& changes) {
  for (const EventLog& event : events) {
    const auto leader = indexed(event, 1);
    const auto term = indexed(event, 2);
    if (!leader || !term) return nonsense("ProvisionalLeader");
    LeaderChange change{0, *leader, "stand-in", {}};
    const auto tally = *term == 0 ? votes.end() : votes.find(*term - 1);
    if (tally != votes.end()) {
      change.reason = "votes";
      change.votes = tally->second;
    }
    changes[*term] = std::move(change);
  }
  return ok_status();
}

// The log has the last word on who leads a term; it reports again when other seats count.
Status add_reported(const std::vector<EventLog>& events, LeaderChanges& changes) {
  for (const EventLog& event : events) {
    const auto generation = indexed(event, 1);
    const auto term = indexed(event, 2);
    AbiDecoder data(event.data);
    (void)data.u64();  // configuration
    const std::uint64_t leader = data.u64();
    if (!generation || !term || !data.ok()) return nonsense("Reported");
    LeaderChange& change = changes.try_emplace(*term, LeaderChange{0, 0, "log", {}}).first->second;
    change.generation = *generation;
    change.leader = leader;
  }
  return ok_status();
}

}  // namespace

Result<LeaderChanges> leader_changes(const LeaderEvents& events) {
  LeaderChanges changes;
  if (const Status added = add_started(events.started, changes); !added) return added.error();
  const auto votes = read_deposed(events.deposed);
  if (!votes) return votes.error();
  if (const Status added = add_stood_in(events.stood_in, *votes, changes); !added) {
    return added.error();
  }
  if (const Status added = add_reported(events.reported, changes); !added) return added.error();
  std::uint64_t generation = 0;
  for (auto& [term, change] : changes) {
    if (change.generation == 0) change.generation = generation;  // a stand-in of the same one
    generation = change.generation;
  }
  return changes;
}

Result<LeaderEvents> fetch_leader_events(ChainClient& chain, const Deployment& deployment) {
  const auto head = chain.latest();
  if (!head) return head.error();
  LeaderEvents events;
  const std::pair<const char*, std::vector<EventLog>*> wanted[] = {
      {"GenerationStarted(uint64,uint64,uint64,uint64,uint64,bytes32)", &events.started},
      {"LeaderDeposed(uint64,uint64,uint64)", &events.deposed},
      {"ProvisionalLeader(uint64,uint64)", &events.stood_in},
      {"Reported(uint64,uint64,uint64,uint64,uint64[])", &events.reported}};
  for (const auto& [signature, list] : wanted) {
    auto found = contract_events(chain, deployment, signature, head->number);
    if (!found) return found.error();
    *list = std::move(*found);
  }
  return events;
}

}  // namespace dnc::ctl
