// The contract and the chain under it, as far as the protocol hears of them: seats, joins,
// generations, reports, votes of operators. Blocks, re-orgs that undo them, and outages in which
// nobody sees or reaches it.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <set>
#include <vector>

#include "core/base/prng.hpp"
#include "core/consensus/effects.hpp"
#include "core/consensus/input.hpp"
#include "core/consensus/ports.hpp"
#include "core/consensus/signing.hpp"
#include "sim/event_queue.hpp"
#include "sim/trace.hpp"

namespace dnc {

// What anybody may send to the contract.
struct JoinCall {
  Identity identity;
};
struct VoteCall {  // the operator of `voter` against the present leader
  Seat voter;
};
// What owners and operators do to a seat. Blocks are a second apart: heights serve as time.
enum class SeatAct : std::uint8_t {
  kNameOther,  // setUser: somebody else runs it
  kNameOwn,    // setUser: our node's operator again, for good
  kLend,       // setUser: our node's operator, until kLendBlocks have passed
  kRevoke,
  kReinstate,
  kLeave,
  kReplace,
};
struct SeatCall {
  Seat seat;
  SeatAct act;
};
inline constexpr std::uint64_t kLendBlocks = 5;
using Transaction = std::variant<JoinCall, VoteCall, PostGeneration, PostReport, SeatCall>;

// The state of the contract at one block, with the rules that change it.
class Contract {
 public:
  Contract(std::size_t minted, std::uint64_t founding_seats);

  // True when it succeeded; otherwise nothing changed.
  bool execute(const Transaction& transaction, BlockNumber height, const Signing& signing,
               const Verifier& verifier);
  ChainView view(BlockNumber height, const Hash& hash, bool generation_final) const;
  void mint();
  std::size_t minted() const { return seats_.size(); }
  // Is its own operator named, and the seat not revoked?
  bool lets_join(Seat seat) const;
  BlockNumber generation_height() const { return generation_.height; }

 private:
  struct Rules {
    BlockNumber height;
    const Signing& signing;
    const Verifier& verifier;
  };
  bool apply(const JoinCall& call, const Rules& rules);
  bool apply(const VoteCall& call, const Rules& rules);
  bool apply(const PostGeneration& call, const Rules& rules);
  bool apply(const PostReport& call, const Rules& rules);
  bool apply(const SeatCall& call, const Rules& rules);
  void name(ChainSeat& seat, const Address& operator_, std::uint64_t expires);
  void give_up(ChainSeat& seat);
  ChainSeat* find(Seat seat);
  std::size_t counted() const;
  void count(const std::vector<Seat>& listed);
  bool founders_signed(const PostGeneration& call, const Rules& rules);

  std::vector<ChainSeat> seats_;
  std::set<Seat> joined_;  // and not left
  ChainGeneration generation_;
  Term term_;
  Seat leader_;
  bool provisional_ = false;
  ConfigNonce config_nonce_;
  Report reported_;  // the last one
  std::set<Seat> votes_;
  std::uint64_t founding_seats_;
};

struct ChainQuality {
  Duration block_interval{1000};
  Duration view_lag_min{5};
  Duration view_lag_max{200};
  Duration call_delay_max{300};
  std::uint32_t call_loss_per_mille = 0;
};

// A node takes a view only when its endpoints agree on height and hash.
bool agree(const ChainView& left, const ChainView& right);

class SimChain {
 public:
  // What the endpoints of a node answer to one question; there are two, and one may lie.
  using Answers = std::array<ChainView, 2>;
  using Deliver = std::function<void(Seat node, const Answers& answers)>;

  SimChain(EventQueue& queue, Trace& trace, Prng prng, Contract genesis, const Signing& signing,
           const Verifier& verifier, Deliver deliver);

  void start();
  // Somebody's node sends a transaction; it may be lost, and comes to nothing in an outage. Those
  // of one seat arrive in order, as their nonces say.
  void submit(Seat node, const Transaction& transaction);
  // A node that boots asks for the newest view; answered as usual, late or never.
  void ask_view(Seat node) { publish_to(node); }

  void set_quality(const ChainQuality& quality) { quality_ = quality; }
  // Nobody sees the chain and no call reaches it.
  void set_down(bool down) { down_ = down; }
  bool down() const { return down_; }
  // Only this node is cut off from it.
  void cut_off(Seat node) { cut_off_.insert(node); }
  void reconnect(Seat node) { cut_off_.erase(node); }
  // It sees the chain; nothing that it sends is ever taken.
  void censor(Seat node) { censored_.insert(node); }
  void stop_censoring(Seat node) { censored_.erase(node); }
  // One of the node's two endpoints shows it a contract that never was.
  void lie_to(Seat node) { lied_to_.insert(node); }
  void stop_lying_to(Seat node) { lied_to_.erase(node); }
  void heal();
  // Drops the last `depth` blocks; some of their transactions are lost with them.
  void reorg(std::size_t depth);
  void mint() { ++minted_; }
  ChainView newest() const { return view_of(blocks_.back()); }
  const Contract& newest_contract() const { return blocks_.back().contract; }

 private:
  struct Block {
    BlockNumber height;
    Hash hash;
    Contract contract;
    std::vector<Transaction> transactions;
  };

  void mine();
  void publish();
  void publish_to(Seat node);
  ChainView view_of(const Block& block) const;
  ChainView forged_view();
  Hash fresh_hash(BlockNumber height);
  bool reaches(Seat node) const { return !down_ && !cut_off_.contains(node); }

  EventQueue& queue_;
  Trace& trace_;
  Prng prng_;
  const Signing& signing_;
  const Verifier& verifier_;
  Deliver deliver_;
  ChainQuality quality_;
  std::deque<Block> blocks_;  // the newest few; a re-org goes no deeper
  std::vector<Transaction> mempool_;
  std::map<Seat, Time> arrives_;  // the last that each seat sent
  bool down_ = false;
  std::set<Seat> cut_off_;
  std::set<Seat> censored_;
  std::set<Seat> lied_to_;
  std::size_t minted_;  // a re-org delays a mint, it does not undo it
  std::uint64_t hashes_ = 0;
  std::uint64_t published_ = 0;
  std::map<Seat, std::uint64_t> seen_;  // a node never goes back to an older answer
};

}  // namespace dnc
