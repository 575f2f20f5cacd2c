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
  const Identity* entry = find(from);
  CHECK(entry);
  const auto index = static_cast<std::uint64_t>(entry - seats_.data());
  return seats_[(index + steps % seats_.size()) % seats_.size()].seat;
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
  if (block.header.kind == BlockKind::kRestart) {
    changes_.push_back({seq, true, {}, Roster(block.body.founders)});
  } else if (block.header.kind == BlockKind::kRejoin) {
    CHECK(block.body.rejoin && !changes_.empty());
    Roster after = changes_.back().after;
    after.set(block.body.rejoin->identity);
    changes_.push_back({seq, false, block.body.rejoin->identity, std::move(after)});
  }
}

void RosterHistory::truncate_after(SeqNo seq) {
  while (!changes_.empty() && changes_.back().seq > seq)
    changes_.pop_back();
}

Roster RosterHistory::at(SeqNo seq) const {
  for (auto it = changes_.rbegin(); it != changes_.rend(); ++it) {
    if (it->seq > seq) continue;
    Roster roster = it->after;
    if (it->seq == seq && !it->restart) roster.set({it->rejoined.seat, Epoch{0}, Address{}});
    return roster;
  }
  return {};
}

Roster RosterHistory::latest() const {
  return changes_.empty() ? Roster() : changes_.back().after;
}

std::vector<SeqNo> RosterHistory::rejoins(SeqNo after, SeqNo upto) const {
  std::vector<SeqNo> found;
  for (const auto& change : changes_) {
    if (!change.restart && change.seq > after && change.seq <= upto) found.push_back(change.seq);
  }
  return found;
}

}  // namespace dnc
