// Which seats count, and with which boot key, at each position of the log. Derived from the log
// alone: the first block of a generation founds it, REJOIN blocks change one key each, CONFIG
// blocks name the one seat by which the next configuration differs. That comes into force with the
// first block that carries its nonce (docs/protocol.md section 9).
#pragma once

#include <map>
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
  explicit Roster(std::vector<Identity> seats, ConfigNonce nonce = {1});
  // As it was written down; empty where the parts do not fit each other.
  static std::optional<Roster> restored(std::vector<Identity> seats, ConfigNonce founding_nonce,
                                        ConfigNonce nonce,
                                        const std::optional<SeatChange>& pending);

  std::size_t size() const { return seats_.size(); }
  std::size_t quorum() const { return quorum_of(seats_.size()); }
  const std::vector<Identity>& seats() const& { return seats_; }
  std::vector<Identity> seats() && { return std::move(seats_); }  // of a temporary
  bool counts(Seat seat) const { return find(seat) != nullptr; }
  // Does this very boot of the seat speak?
  bool counts(const Identity& identity) const;
  bool counts(Seat seat, Epoch epoch) const;
  std::optional<Identity> identity(Seat seat) const;
  // Who is to lead a term: terms go round the table from the first seat in term 1, and where a seat
  // has no key the next that has one leads. Seat 0 where none has.
  Seat leader_of(Term term) const;

  // Rises with every configuration that comes into force.
  ConfigNonce nonce() const { return nonce_; }
  // With which nonce its generation began.
  ConfigNonce founding_nonce() const { return founding_nonce_; }
  // The change that is decided or being decided, and not in force yet.
  const std::optional<SeatChange>& pending() const& { return pending_; }
  std::optional<SeatChange> pending() && { return pending_; }
  // Is this very boot the one to be admitted next?
  bool awaits(const Identity& identity) const;
  // Does such a change make sense here: a seat that does not count, or this very boot that does?
  bool may(const SeatChange& change) const;

  void set(const Identity& identity);       // Requires: the seat counts
  void announce(const SeatChange& change);  // Requires: may(change)
  void put_in_force();                      // Requires: pending()
  bool operator==(const Roster&) const = default;

 private:
  const Identity* find(Seat seat) const;
  std::vector<Identity> seats_;
  ConfigNonce nonce_;
  ConfigNonce founding_nonce_;
  std::optional<SeatChange> pending_;
};

// Rosters along the log.
class RosterHistory {
 public:
  // Does what the block does to the roster follow from what was before it?
  bool fits(const Block& block) const;
  // Takes in a block that was appended; most change nothing. Requires: fits(block).
  void append(const Block& block);
  void truncate_after(SeqNo seq);
  // Keeps no more than what positions above `seq` need: rejoins up to it are forgotten.
  void prune_upto(SeqNo seq);
  // Forgets everything; this roster is the one after `seq`.
  void restart_after(SeqNo seq, Roster roster);

  // The keys that speak for blocks at `seq`. At a REJOIN block itself the rejoining seat has no
  // key: it takes q *other* seats to admit it.
  Roster at(SeqNo seq) const;
  // The keys that speak for whatever comes after the block at `seq`. Valid until the history
  // changes.
  const Roster& after(SeqNo seq) const;
  // All boots with which the seat has counted, as far back as this history goes.
  std::vector<Identity> boots_of(Seat seat) const;
  // With which epoch the seat began to count without a break until `upto`, as far back as this
  // history goes; REJOINs and generations are no breaks. None: it does not count there.
  std::optional<Epoch> counted_since(Seat seat, SeqNo upto) const;
  // Positions of REJOIN blocks in (after, upto].
  std::vector<SeqNo> rejoins(SeqNo after, SeqNo upto) const;
  // The newest block that changed anything; 0: none.
  SeqNo last_change() const { return changes_.empty() ? SeqNo{} : changes_.back().seq; }

 private:
  struct Change {
    SeqNo seq;
    std::optional<Seat> rejoined;  // of a REJOIN
    Roster after;
  };
  std::vector<Change> changes_;  // by seq
  std::map<Seat, Epoch> since_;  // of what is pruned: counted_since() at the oldest change
};

}  // namespace dnc
