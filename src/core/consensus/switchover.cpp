// A planned change of leader (docs/protocol.md section 7.6): the operator of the leader's seat
// names a successor, the leader votes against itself for a term of that seat, and its followers
// join the vote without asking one another. Rules and certificates are those of any term change.
#include "core/consensus/limits.hpp"
#include "core/consensus/replica_state.hpp"

namespace dnc {
namespace {

std::string name_of(Seat seat) {
  return "seat " + std::to_string(seat.value);
}

}  // namespace

Status Replica::judge(const SwitchoverOrder& order) const {
  return state_->judge(order);
}

Status Replica::State::judge(const SwitchoverOrder& order) const {
  if (!is_leader() || !leading || !announced || !view) {
    return Error{"not_leader", "this node does not lead, and only the leader can hand over",
                 "send it to the leader: GET /status names it"};
  }
  if (order.generation != generation || order.term != term) {
    return Error{"stale_order",
                 "the order is for term " + std::to_string(order.term.value) + " of generation " +
                     std::to_string(order.generation.value) + ", this is term " +
                     std::to_string(term.value) + " of generation " +
                     std::to_string(generation.value),
                 "look who leads now, and sign a new one: clusterctl switchover"};
  }
  if (order.deadline < view->time) {
    return Error{"stale_order", "the order's deadline is over by the chain's clock",
                 "sign a new one: clusterctl switchover"};
  }
  const ChainSeat* seat = view->find(self.seat);
  if (order.seat != self.seat || seat == nullptr || seat->operator_ == Address{} ||
      !verifier.verify(signing.switchover_order(order), order.signature, seat->operator_)) {
    return Error{"bad_order",
                 "it is not signed by the operator of the leader's " + name_of(self.seat),
                 "sign with the key of that operator, as the contract names it"};
  }
  return judge_target(order.to);
}

Status Replica::State::judge_target(Seat to) const {
  const auto target = roster().identity(to);
  if (!target || to == self.seat) {
    return Error{"bad_target", name_of(to) + (target ? " leads already" : " does not count"),
                 "clusterctl members shows the others"};
  }
  if (!hears_member(*target)) {
    return Error{"bad_target", name_of(to) + " is not heard, or does not follow",
                 "clusterctl explain " + std::to_string(to.value) + " says why"};
  }
  const SeqNo reached = peers.at(to).last.head_seq;
  if (reached.value + limits::kSwitchoverLagMax < commit_seq.value) {
    return Error{"bad_target",
                 name_of(to) + " lags " + std::to_string(commit_seq.value - reached.value) +
                     " blocks behind: nobody would lead until it has them",
                 "ask again when it has caught up"};
  }
  return ok_status();
}

void Replica::State::take_switchover_order(const SwitchoverOrder& order) {
  if (!judge(order)) return;
  Term wanted = term.next();
  while (successor_of(wanted).seat != order.to && wanted.value < term.value + roster().size())
    wanted = wanted.next();
  event("switchover",
        {{"to", std::to_string(order.to.value)}, {"to_term", std::to_string(wanted.value)}});
  leading = false;
  stepped_down = now;
  drop_read_round();
  vote(wanted, "its operator wants " + name_of(order.to) + " to lead");
  const auto mine = votes.find(self.seat);
  if (mine != votes.end()) send_members(StepDown{mine->second});
}

// It says itself that it is not to lead: there is nothing to ask the others. What the message
// cannot do is carry a vote too far up; my notary signs no term out of reach either.
void Replica::State::on(const Identity& from, const StepDown& message) {
  const NoConfidence& theirs = message.vote;
  if (!following() || from != leader || theirs.seat != from.seat) return;
  take_vote(theirs);  // or the gossip was faster
  const auto known = votes.find(from.seat);
  if (known == votes.end() || known->second.epoch != from.epoch ||
      known->second.to_term != theirs.to_term || theirs.to_term <= term) {
    return;
  }
  vote(theirs.to_term, "the leader steps down");
}

}  // namespace dnc
