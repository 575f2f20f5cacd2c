#include "core/consensus/roster.hpp"

#include <algorithm>

#include "core/base/check.hpp"

namespace dnc {

Roster::Roster(std::vector<Identity> seats) : seats_(std::move(seats)) {
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

Seat Roster::successor(Seat from, std::uint64_t steps) const {
  std::vector<Seat> keyed;
  for (const auto& entry : seats_) {
    if (entry.epoch.value != 0) keyed.push_back(entry.seat);
  }
  if (keyed.empty()) return {};
  // The last keyed seat at or below `from`, so that a leader without a key is stepped over.
  std::size_t index = keyed.size() - 1;
  for (std::size_t i = 0; i < keyed.size(); ++i) {
    if (keyed[i] <= from) index = i;
    if (keyed[i] >= from) break;
  }
  return keyed[(index + steps % keyed.size()) % keyed.size()];
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

void RosterHistory::append(const Block& block) {
  const SeqNo seq = block.header.seq;
  CHECK(changes_.empty() || changes_.back().seq < seq);
  if (!block.body.founders.empty()) {
    changes_.push_back({seq, true, {}, Roster(block.body.founders)});
  } else if (block.body.rejoin) {
    CHECK(!changes_.empty());
    Roster roster = changes_.back().after;
    roster.set(block.body.rejoin->identity);
    changes_.push_back({seq, false, block.body.rejoin->identity, std::move(roster)});
  }
}

void RosterHistory::truncate_after(SeqNo seq) {
  while (!changes_.empty() && changes_.back().seq > seq)
    changes_.pop_back();
}

void RosterHistory::prune_upto(SeqNo seq) {
  if (changes_.empty() || changes_.front().seq > seq) return;
  Roster roster = after(seq);
  std::erase_if(changes_, [seq](const Change& change) { return change.seq <= seq; });
  changes_.insert(changes_.begin(), {seq, true, {}, std::move(roster)});
}

void RosterHistory::restart_after(SeqNo seq, Roster roster) {
  changes_.clear();
  changes_.push_back({seq, true, {}, std::move(roster)});
}

Roster RosterHistory::at(SeqNo seq) const {
  Roster roster = after(seq);
  for (const auto& change : changes_) {
    if (change.seq == seq && !change.founding) {
      roster.set({change.rejoined.seat, Epoch{0}, Address{}});
    }
  }
  return roster;
}

Roster RosterHistory::after(SeqNo seq) const {
  for (auto it = changes_.rbegin(); it != changes_.rend(); ++it) {
    if (it->seq <= seq) return it->after;
  }
  return {};
}

std::vector<SeqNo> RosterHistory::rejoins(SeqNo after, SeqNo upto) const {
  std::vector<SeqNo> found;
  for (const auto& change : changes_) {
    if (!change.founding && change.seq > after && change.seq <= upto) found.push_back(change.seq);
  }
  return found;
}

}  // namespace dnc
