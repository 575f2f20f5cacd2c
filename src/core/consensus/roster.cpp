#include "core/consensus/roster.hpp"

#include <algorithm>
#include <utility>

#include "core/base/check.hpp"

namespace dnc {

Roster::Roster(std::vector<Identity> seats, ConfigNonce nonce)
    : seats_(std::move(seats)), nonce_(nonce), founding_nonce_(nonce) {
  std::sort(seats_.begin(), seats_.end());
}

const Identity* Roster::find(Seat seat) const {
  const auto it = std::find_if(seats_.begin(), seats_.end(),
                               [seat](const Identity& entry) { return entry.seat == seat; });
  return it == seats_.end() ? nullptr : &*it;
}

bool Roster::counts(const Identity& identity) const {
  const Identity* entry = find(identity.seat);
  return entry && entry->epoch.value != 0 && *entry == identity;
}

bool Roster::counts(Seat seat, Epoch epoch) const {
  const Identity* entry = find(seat);
  return entry && epoch.value != 0 && entry->epoch == epoch;
}

std::optional<Identity> Roster::identity(Seat seat) const {
  const Identity* entry = find(seat);
  return entry ? std::optional(*entry) : std::nullopt;
}

// By nothing but the term and the table: members that know of different commits still name the same
// seat. Keyless seats have their turn as well, so those that know of different keys differ in few
// terms only.
Seat Roster::leader_of(Term term) const {
  const std::size_t size = seats_.size();
  for (std::size_t i = 0; i < size; ++i) {
    const Identity& next = seats_[(term.value % size + size - 1 + i) % size];
    if (next.epoch.value != 0) return next.seat;
  }
  return {};
}

void Roster::set(const Identity& identity) {
  for (auto& entry : seats_) {
    if (entry.seat == identity.seat) {
      entry = identity;
      return;
    }
  }
  CHECK(false);  // only a counted seat may change its key
}

std::optional<Roster> Roster::restored(std::vector<Identity> seats, ConfigNonce founding_nonce,
                                       ConfigNonce nonce,
                                       const std::optional<SeatChange>& pending) {
  Roster roster(std::move(seats), nonce);
  roster.founding_nonce_ = founding_nonce;
  if (founding_nonce > nonce || (pending && !roster.may(*pending))) return std::nullopt;
  roster.pending_ = pending;
  return roster;
}

bool Roster::awaits(const Identity& identity) const {
  return pending_ && pending_->admits && pending_->identity == identity;
}

bool Roster::may(const SeatChange& change) const {
  const Identity* entry = find(change.identity.seat);
  if (change.admits) return !entry && change.identity.epoch.value != 0;
  return entry && *entry == change.identity && seats_.size() > 1;
}

void Roster::announce(const SeatChange& change) {
  CHECK(may(change));
  pending_ = change;
}

void Roster::put_in_force() {
  CHECK(pending_);
  const SeatChange change = *std::exchange(pending_, std::nullopt);
  std::erase_if(seats_, [&](const Identity& entry) { return entry.seat == change.identity.seat; });
  if (change.admits) seats_.push_back(change.identity);
  std::sort(seats_.begin(), seats_.end());
  nonce_ = nonce_.next();
}

bool RosterHistory::fits(const Block& block) const {
  if (!block.body.founders.empty()) return true;
  const BlockBody& body = block.body;
  if (changes_.empty()) return !body.rejoin && !body.change;
  const Roster& before = changes_.back().after;
  const ConfigNonce nonce = block.header.config_nonce;
  const bool plain = !body.rejoin && !body.change;
  if (plain && nonce == before.nonce().next()) {
    return block.header.kind == BlockKind::kNormal && before.pending().has_value();
  }
  return nonce == before.nonce() && !(body.rejoin && body.change) &&
         (!body.rejoin || before.counts(body.rejoin->identity.seat)) &&
         (!body.change || before.may(*body.change));
}

void RosterHistory::append(const Block& block) {
  const SeqNo seq = block.header.seq;
  CHECK(fits(block) && last_change() < seq);
  if (!block.body.founders.empty()) {
    changes_.push_back({seq, {}, Roster(block.body.founders, block.header.config_nonce)});
    return;
  }
  if (changes_.empty()) return;
  const bool in_force = block.header.config_nonce > changes_.back().after.nonce();
  if (!block.body.rejoin && !block.body.change && !in_force) return;
  Change change{seq, {}, changes_.back().after};
  if (in_force) change.after.put_in_force();
  if (block.body.change) change.after.announce(*block.body.change);
  if (block.body.rejoin) {
    change.rejoined = block.body.rejoin->identity.seat;
    change.after.set(block.body.rejoin->identity);
  }
  changes_.push_back(std::move(change));
}

void RosterHistory::truncate_after(SeqNo seq) {
  while (!changes_.empty() && changes_.back().seq > seq)
    changes_.pop_back();
}

void RosterHistory::prune_upto(SeqNo seq) {
  if (changes_.empty() || changes_.front().seq > seq) return;
  Roster roster = after(seq);
  std::map<Seat, Epoch> since;
  for (const Identity& counted : roster.seats())
    since[counted.seat] = counted_since(counted.seat, seq).value_or(counted.epoch);
  since_ = std::move(since);
  std::erase_if(changes_, [seq](const Change& change) { return change.seq <= seq; });
  changes_.insert(changes_.begin(), {seq, {}, std::move(roster)});
}

void RosterHistory::restart_after(SeqNo seq, Roster roster) {
  changes_.clear();
  since_.clear();
  changes_.push_back({seq, {}, std::move(roster)});
}

Roster RosterHistory::at(SeqNo seq) const {
  Roster roster = after(seq);
  for (const auto& change : changes_) {
    if (change.seq == seq && change.rejoined) roster.set({*change.rejoined, {}, {}});
  }
  return roster;
}

const Roster& RosterHistory::after(SeqNo seq) const {
  static const Roster kNone;
  for (auto it = changes_.rbegin(); it != changes_.rend(); ++it) {
    if (it->seq <= seq) return it->after;
  }
  return kNone;
}

std::vector<Identity> RosterHistory::boots_of(Seat seat) const {
  std::vector<Identity> boots;
  for (const auto& change : changes_) {
    const auto boot = change.after.identity(seat);
    if (boot && boot->epoch.value != 0 && (boots.empty() || boots.back() != *boot)) {
      boots.push_back(*boot);
    }
  }
  return boots;
}

std::optional<Epoch> RosterHistory::counted_since(Seat seat, SeqNo upto) const {
  std::optional<Epoch> since;
  if (const auto pruned = since_.find(seat); pruned != since_.end()) since = pruned->second;
  for (const auto& change : changes_) {
    if (change.seq > upto) break;
    const auto boot = change.after.identity(seat);
    if (!boot) since.reset();
    if (boot && !since) since = boot->epoch;
  }
  return since;
}

std::vector<SeqNo> RosterHistory::rejoins(SeqNo after, SeqNo upto) const {
  std::vector<SeqNo> found;
  for (const auto& change : changes_) {
    if (change.rejoined && change.seq > after && change.seq <= upto) found.push_back(change.seq);
  }
  return found;
}

}  // namespace dnc
