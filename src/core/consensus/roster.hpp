// Which seats count, and with which boot key, at each position of the log. Derived from the log
// alone: the first block of a generation founds it, REJOIN blocks change one key each.
#pragma once

#include <optional>
#include <vector>

#include "core/base/identity.hpp"
#include "core/consensus/messages.hpp"

namespace dnc {

// q of n = floor(n/2) + 1. Works for even n as well, hence never "f + 1".
constexpr std::size_t quorum_of(std::size_t seats) {
  return seats / 2 + 1;
}

// The counted seats at one position, in order of seat. A seat whose epoch is 0 counts in n but has
// no key that may speak (it was no founder and has not rejoined yet).
class Roster {
 public:
  Roster() = default;
  explicit Roster(std::vector<Identity> seats);

  std::size_t size() const { return seats_.size(); }
  std::size_t quorum() const { return quorum_of(seats_.size()); }
  const std::vector<Identity>& seats() const& { return seats_; }
  std::vector<Identity> seats() && { return std::move(seats_); }  // of a temporary
  bool counts(Seat seat) const { return find(seat) != nullptr; }
  // Does this very boot of the seat speak?
  bool counts(const Identity& identity) const;
  bool counts(Seat seat, Epoch epoch) const;
  std::optional<Identity> identity(Seat seat) const;
  // The seat reached from `from` after `steps` steps round the table of the seats that have a key;
  // seat 0 where none has one. `from` itself need not have one.
  Seat successor(Seat from, std::uint64_t steps) const;

  void set(const Identity& identity);  // Requires: the seat counts
  bool operator==(const Roster&) const = default;

 private:
  const Identity* find(Seat seat) const;
  std::vector<Identity> seats_;
};

// Rosters along the log.
class RosterHistory {
 public:
  // Takes in a block that was appended; blocks of other kinds change nothing.
  void append(const Block& block);
  void truncate_after(SeqNo seq);
  // Keeps no more than what positions above `seq` need: rejoins up to it are forgotten.
  void prune_upto(SeqNo seq);
  // Forgets everything; this roster is the one after `seq`.
  void restart_after(SeqNo seq, Roster roster);

  // The keys that speak for blocks at `seq`. At a REJOIN block itself the rejoining seat has no
  // key: it takes q *other* seats to admit it.
  Roster at(SeqNo seq) const;
  // The keys that speak for whatever comes after the block at `seq`.
  Roster after(SeqNo seq) const;
  // Positions of REJOIN blocks in (after, upto].
  std::vector<SeqNo> rejoins(SeqNo after, SeqNo upto) const;

 private:
  struct Change {
    SeqNo seq;
    bool founding = false;
    Identity rejoined;  // when not founding
    Roster after;
  };
  std::vector<Change> changes_;  // by seq
};

}  // namespace dnc
