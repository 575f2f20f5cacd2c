// The set of counted seats changes through the log, one seat at a time (docs/protocol.md section
// 9): a CONFIG block names the change, and once it is committed the leader puts it in force with
// the next block.
#include <algorithm>

#include "core/consensus/replica_state.hpp"

namespace dnc {

// --- What the chain says of a seat ---------------------------------------------------------------

// A new seat counts only after its join has stood for a while.
bool Replica::State::shown_long_enough(const Identity& newcomer) const {
  const auto known = registered.find(newcomer.seat);
  return chain_shows(newcomer) && known != registered.end() && known->second.identity == newcomer &&
         view->height.value >= known->second.since.value + limits::kAdmissionDepth;
}

// Has the contract given up the place of a seat that the log counts? A seat whose key alone is gone
// (another operator, another instance) keeps its place. Once the contract has heard of this
// configuration, a seat of it that it does not count has left, even if it has joined again since.
bool Replica::State::taken_out(const Identity& member) const {
  if (!view || view->generation.start.generation != generation) return false;
  const ChainSeat* seat = view->find(member.seat);
  if (!seat || seat->revoked) return true;  // not listed: burnt
  if (seat->counted) return false;
  const bool told = view->config_nonce >= roster().nonce();
  return told || (!seat->active && seat->identity.epoch >= member.epoch);
}

bool Replica::State::change_valid(const SeatChange& change) const {
  if (change.identity.seat == leader.seat || !roster().may(change)) return false;
  if (!change.admits) return taken_out(change.identity);
  return shown_long_enough(change.identity) && roster().size() < limits::kSeatsMax;
}

// --- The leader proposes -------------------------------------------------------------------------

// One change at a time, and only on top of a block of my own term: two logs can then differ by one
// seat at most, so that any two quorums meet.
bool Replica::State::may_change() const {
  return is_leader() && leading && announced && view && committed_in_term() &&
         log.rosters().last_change() <= commit_seq;
}

// Have q members, `except` not among them, seen the chain that far? They judge it by themselves.
// Only those that live count: a block about seats that too few accept would bar the way of all that
// follow, and once the chain has moved on nobody else could accept it.
bool Replica::State::informed(BlockNumber height, Seat except) const {
  std::size_t members = 1;
  for (const auto& member : roster().seats()) {
    if (member.seat == except || !hears_member(member)) continue;
    if (peers.at(member.seat).last.chain_height >= height) ++members;
  }
  return members >= roster().quorum();
}

// Requires: may_change(). The contract hears of one configuration before the next one grows: a cold
// start takes its founders from there.
void Replica::State::propose_admission(const Identity& newcomer) {
  const Roster counted = roster();
  if (const auto& pending = counted.pending()) {
    const bool patient =
        now - std::max(change_proposed, term_since) < config.timing.request_timeout;
    if (pending->identity == newcomer || patient) return;
  }
  const SeatChange change{newcomer, true, view->height, view->hash};
  if (view->config_nonce < counted.nonce() || !change_valid(change)) return;
  const BlockNumber since = registered.at(newcomer.seat).since;
  if (!informed({since.value + limits::kAdmissionDepth}, newcomer.seat)) return;
  BlockBody body;
  body.change = change;
  change_proposed = now;
  propose(BlockKind::kConfig, std::move(body));
}

void Replica::State::watch_configuration() {
  if (!may_change()) return;
  // A removal waits for nobody; a newcomer must hold the log that decided on it, and say so.
  const auto pending = roster().pending();
  const bool ready = pending && (!pending->admits || hears_member(pending->identity));
  if (!ready) return propose_removal();
  const Roster before = roster();
  propose(BlockKind::kNormal, {}, true);
  const Roster in_force = roster();
  if (in_force.nonce() == before.nonce()) return;
  event("configuration_in_force", {{"config_nonce", std::to_string(in_force.nonce().value)},
                                   {"counted", std::to_string(in_force.size())},
                                   {"quorum", std::to_string(in_force.quorum())}});
}

// Takes the place of a pending admission: whoever was to be admitted asks again.
void Replica::State::propose_removal() {
  for (const auto& member : roster().seats()) {
    const SeatChange change{member, false, view->height, view->hash};
    if (!change_valid(change) || !informed(view->height, member.seat)) continue;
    BlockBody body;
    body.change = change;
    change_proposed = now;
    return propose(BlockKind::kConfig, std::move(body));
  }
}

// --- Everybody obeys -----------------------------------------------------------------------------

// The committed log neither counts this member nor is about to: its key has no say any more.
void Replica::State::leave_if_uncounted() {
  if (standing != Standing::kMember) return;
  const Roster counted = roster_after(commit_seq);
  if (!counted.counts(self) && !counted.awaits(self)) reboot("the log does not count this boot");
}

// Counted seats that the contract lets speak.
std::size_t Replica::State::voices() const {
  const Roster counted = roster();
  return static_cast<std::size_t>(
      std::count_if(counted.seats().begin(), counted.seats().end(), [this](const Identity& member) {
        return !taken_out(member) && ousted(member) == Ouster::kNone;
      }));
}

}  // namespace dnc
