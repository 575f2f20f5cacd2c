// The rules of the contract, as docs/protocol.md section 8 states them.
#include "core/consensus/roster.hpp"
#include "sim/chain.hpp"

namespace dnc {
namespace {

constexpr std::uint64_t kEpochGapMax = 1024;

// Our node of a seat signs with its operator's key; the owner is somebody else.
Address account(Seat seat, std::uint8_t role) {
  Address address;
  address.bytes.fill(role);
  address.bytes.back() = static_cast<std::uint8_t>(seat.value);
  return address;
}
Address own_operator(Seat seat) {
  return account(seat, 0x0e);
}
Address other_operator(Seat seat) {
  return account(seat, 0x0f);
}
Address owner_of(Seat seat) {
  return account(seat, 0x0a);
}

}  // namespace

Contract::Contract(std::size_t minted, std::uint64_t founding_seats)
    : founding_seats_(founding_seats) {
  while (seats_.size() < minted)
    mint();
}

void Contract::mint() {
  ChainSeat seat;
  seat.identity.seat = {seats_.size() + 1};
  seat.owner = owner_of(seat.identity.seat);
  seat.operator_ = own_operator(seat.identity.seat);
  seats_.push_back(std::move(seat));
}

bool Contract::execute(const Transaction& transaction, BlockNumber height, const Signing& signing,
                       const Verifier& verifier) {
  const Rules rules{height, signing, verifier};
  return std::visit([&](const auto& call) { return apply(call, rules); }, transaction);
}

ChainView Contract::view(BlockNumber height, const Hash& hash, bool generation_final) const {
  ChainView view;
  view.height = height;
  view.hash = hash;
  view.time = height.value;
  view.seats = seats_;
  for (ChainSeat& seat : view.seats) {
    if (seat.operator_expires == 0 || seat.operator_expires >= view.time) continue;
    seat.operator_ = seat.owner;
    seat.operator_expires = 0;
  }
  view.generation = generation_;
  view.generation_final = generation_final;
  view.leader_term = term_;
  view.leader_seat = leader_;
  view.leader_provisional = provisional_;
  view.config_nonce = config_nonce_;
  view.founding_seats = founding_seats_;
  return view;
}

bool Contract::lets_join(Seat seat) const {
  if (seat.value < 1 || seat.value > seats_.size()) return false;
  const ChainSeat& shown = seats_[seat.value - 1];
  return !shown.revoked && shown.operator_ == own_operator(seat);
}

ChainSeat* Contract::find(Seat seat) {
  const bool minted = seat.value >= 1 && seat.value <= seats_.size();
  return minted ? &seats_[seat.value - 1] : nullptr;
}

std::size_t Contract::counted() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(seats_, [](const ChainSeat& seat) { return seat.counted; }));
}

bool Contract::apply(const JoinCall& call, const Rules& rules) {
  ChainSeat* seat = find(call.identity.seat);
  if (seat == nullptr || seat->revoked) return false;
  const bool lapsed = seat->operator_expires > 0 && seat->operator_expires < rules.height.value;
  if (lapsed || seat->operator_ != own_operator(call.identity.seat)) return false;
  if (seat->identity == call.identity) return true;
  const Epoch last = seat->identity.epoch;
  if (call.identity.epoch <= last || call.identity.epoch.value > last.value + kEpochGapMax) {
    return false;
  }
  for (const ChainSeat& other : seats_) {
    if (other.identity.boot_key == call.identity.boot_key) return false;
  }
  seat->identity = call.identity;
  seat->active = true;
  seat->instance = account(call.identity.seat, 0x1d);
  joined_.insert(call.identity.seat);
  seat->endpoint = "sim:" + std::to_string(call.identity.seat.value);
  return true;
}

void Contract::name(ChainSeat& seat, const Address& operator_, std::uint64_t expires) {
  if (seat.operator_ != operator_) {
    seat.identity.boot_key = {};
    seat.active = false;
  }
  seat.operator_ = operator_;
  seat.operator_expires = expires;
}

// Ends a join: no boot key, no place in the quorum.
void Contract::give_up(ChainSeat& seat) {
  seat.identity.boot_key = {};
  seat.active = seat.counted = false;
  joined_.erase(seat.identity.seat);
  if (leader_ == seat.identity.seat) leader_ = {};
}

bool Contract::apply(const SeatCall& call, const Rules& rules) {
  ChainSeat* seat = find(call.seat);
  if (seat == nullptr) return false;
  switch (call.act) {
    case SeatAct::kNameOther:
      name(*seat, other_operator(call.seat), 0);
      return true;
    case SeatAct::kNameOwn:
      name(*seat, own_operator(call.seat), 0);
      return true;
    case SeatAct::kLend:
      name(*seat, own_operator(call.seat), rules.height.value + kLendBlocks);
      return true;
    case SeatAct::kRevoke:
      give_up(*seat);
      seat->revoked = true;
      return true;
    case SeatAct::kReinstate:
      seat->revoked = false;
      return true;
    case SeatAct::kLeave:
      give_up(*seat);
      seat->instance = {};
      return true;
    case SeatAct::kReplace:
      seat->identity.boot_key = {};
      seat->active = false;
      seat->instance = {};
      return true;
  }
  return false;
}

bool Contract::apply(const VoteCall& call, const Rules&) {
  const ChainSeat* voter = find(call.voter);
  if (voter == nullptr || !voter->counted || leader_.value == 0) return false;
  votes_.insert(call.voter);
  if (votes_.size() < quorum_of(counted())) return true;
  std::vector<Seat> order;
  for (const ChainSeat& seat : seats_) {
    if (seat.counted) order.push_back(seat.identity.seat);
  }
  const auto next = std::ranges::upper_bound(order, leader_);
  leader_ = next == order.end() ? order.front() : *next;
  term_ = term_.next();
  provisional_ = true;
  votes_.clear();
  return true;
}

// A listed seat that has left or is revoked is skipped.
void Contract::count(const std::vector<Seat>& listed) {
  for (ChainSeat& seat : seats_) {
    const Seat id = seat.identity.seat;
    seat.counted = joined_.contains(id) && std::ranges::find(listed, id) != listed.end();
  }
}

bool Contract::founders_signed(const PostGeneration& call, const Rules& rules) {
  const auto& founders = call.start.founders;
  if (founders.empty() || founders.size() != call.signatures.size()) return false;
  const Hash digest = rules.signing.start_generation(call.start);
  for (std::size_t at = 0; at < founders.size(); ++at) {
    const ChainSeat* seat = find(founders[at].seat);
    if (seat == nullptr || !seat->active || seat->revoked) return false;
    if (seat->identity.epoch != founders[at].epoch) return false;
    if (at > 0 && founders[at].seat <= founders[at - 1].seat) return false;
    if (!rules.verifier.verify(digest, call.signatures[at], seat->identity.boot_key)) return false;
  }
  return true;
}

bool Contract::apply(const PostGeneration& call, const Rules& rules) {
  const StartGeneration& start = call.start;
  if (start.generation <= generation_.start.generation || start.term <= term_) return false;
  if (!founders_signed(call, rules)) return false;
  const bool genesis = generation_.start.generation.value == 0;
  const std::size_t needed = genesis ? founding_seats_ : quorum_of(counted());
  if (start.founders.size() < needed) return false;
  bool leader_founds = false;
  for (const Founder& founder : start.founders) {
    if (!genesis && !find(founder.seat)->counted) return false;
    leader_founds |= founder.seat == start.leader_seat;
  }
  if (!leader_founds) return false;
  generation_ = {start, {}, rules.height};
  for (const Founder& founder : start.founders) {
    ChainSeat* seat = find(founder.seat);
    seat->counted = true;
    generation_.founder_keys.push_back(seat->identity.boot_key);
  }
  term_ = start.term;
  leader_ = start.leader_seat;
  config_nonce_ = start.config_nonce;
  provisional_ = false;
  votes_.clear();
  return true;
}

bool Contract::apply(const PostReport& call, const Rules& rules) {
  const Report& report = call.report;
  if (report.generation != generation_.start.generation) return false;
  const auto triple = [](const Report& of) {
    return std::tuple(of.generation, of.term, of.config_nonce);
  };
  if (triple(report) <= triple(reported_)) return false;
  if (provisional_ && report.term < term_) return false;
  if (call.signers.size() != call.signatures.size()) return false;
  const Hash digest = rules.signing.report(report);
  std::set<Seat> signers;
  for (std::size_t at = 0; at < call.signers.size(); ++at) {
    const ChainSeat* seat = find(call.signers[at]);
    if (seat == nullptr || !seat->counted) return false;
    if (!rules.verifier.verify(digest, call.signatures[at], seat->identity.boot_key)) return false;
    signers.insert(call.signers[at]);
  }
  if (signers.size() < quorum_of(counted())) return false;
  if (report.term != term_) votes_.clear();
  reported_ = report;
  term_ = report.term;
  count(report.counted_seats);
  leader_ = find(report.leader_seat)->counted ? report.leader_seat : Seat{};
  config_nonce_ = report.config_nonce;
  provisional_ = false;
  return true;
}

}  // namespace dnc
