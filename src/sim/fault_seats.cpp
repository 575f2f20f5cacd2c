// Owners and operators who mint, sell, revoke and hand over seats while everything else goes wrong.
#include "sim/faults.hpp"

namespace dnc {
namespace {

constexpr std::size_t kCountedMin = 3;
constexpr std::size_t kCountedMax = 7;
constexpr std::size_t kMintedMax = 14;
constexpr Duration kActSettles{15'000};  // a slow chain takes so long for a transaction

}  // namespace

bool Faults::play_on_seats(FaultKind kind, Prng& prng) {
  if (simulation_.auditor().log().entries().empty()) return false;  // it takes all to found it
  switch (kind) {
    case FaultKind::kMint:
      return mint(prng);
    case FaultKind::kReinstatement:
      return reinstate(prng);
    case FaultKind::kRevocation:
    case FaultKind::kTransfer:
      return take_out(kind, prng);
    default:
      return change_operator(kind, prng);
  }
}

void Faults::submit(Seat seat, SeatAct act) {
  acted_on_[seat] = simulation_.now();
  simulation_.chain().submit(seat, SeatCall{seat, act});
}

// A newcomer is one of them until the contract counts it as well: a cold start in between would
// have to do without it.
std::set<Seat> Faults::silenced() const {
  const ChainView newest = simulation_.chain().newest();
  std::set<Seat> silenced;
  for (const auto& [seat, when] : acted_on_) {
    const ChainSeat* shown = newest.find(seat);
    const bool counts = simulation_.counted().contains(seat);
    const bool recent = simulation_.now() - when < kActSettles;
    const bool gone = shown != nullptr && shown->revoked && !counts;
    const bool speaks = counts && simulation_.may_join(seat) && shown != nullptr && shown->counted;
    if (recent || !(gone || speaks)) silenced.insert(seat);
  }
  return silenced;
}

bool Faults::may_silence(Seat seat) {
  const std::set<Seat> already = silenced();
  // A generation that is on record counts, even if nothing is committed in it yet.
  const Generation recorded = simulation_.chain().newest().generation.start.generation;
  std::set<Seat> missing = useless_disks(std::max(newest_generation(), recorded));
  missing.insert(already.begin(), already.end());
  missing.insert(seat);
  return !already.contains(seat) && missing.size() <= spare_seats();
}

bool Faults::mint(Prng& prng) {
  std::size_t speaking = 0;
  for (const Seat seat : simulation_.seats())
    speaking += simulation_.may_join(seat) ? 1 : 0;
  const std::size_t minted = simulation_.seats().size();
  if (speaking >= kCountedMax || minted >= kMintedMax || !may_silence({minted + 1})) return false;
  const Seat seat = simulation_.add_seat();
  acted_on_[seat] = simulation_.now() - kActSettles;
  simulation_.say("seat " + std::to_string(seat.value) + " is minted");
  later(between(prng, 100, 3000), [this, seat] { simulation_.power_on(seat); });
  return true;
}

bool Faults::reinstate(Prng& prng) {
  std::vector<Seat> revoked;
  for (const ChainSeat& shown : simulation_.chain().newest().seats) {
    if (shown.revoked) revoked.push_back(shown.identity.seat);
  }
  if (revoked.empty()) return false;
  const Seat seat = revoked[prng.below(revoked.size())];
  if (!silenced().contains(seat) && !may_silence(seat)) return false;
  simulation_.say("seat " + std::to_string(seat.value) + " is reinstated");
  submit(seat, SeatAct::kReinstate);
  return true;
}

// Revoked, or sold: it leaves, and its node joins again for the new owner.
bool Faults::take_out(FaultKind kind, Prng& prng) {
  const Seat seat = leader_or_any(prng, 300);
  const bool revoked = kind == FaultKind::kRevocation;
  const std::size_t counted = simulation_.counted().size();
  if (!simulation_.counted().contains(seat) || !may_silence(seat)) return false;
  if (revoked && counted <= kCountedMin + silenced().size()) return false;
  simulation_.say("seat " + std::to_string(seat.value) + (revoked ? " is revoked" : " is sold"));
  submit(seat, revoked ? SeatAct::kRevoke : SeatAct::kLeave);
  return true;
}

// Another operator for a while, one whose time runs out, or another instance.
bool Faults::change_operator(FaultKind kind, Prng& prng) {
  const Seat seat = leader_or_any(prng, 300);
  const Duration length = between(prng, 2000, 20'000);
  if (!simulation_.counted().contains(seat) || !may_silence(seat)) return false;
  const std::string who = "seat " + std::to_string(seat.value);
  if (kind == FaultKind::kReplacement) {
    simulation_.say("the instance of " + who + " is replaced");
    submit(seat, SeatAct::kReplace);
    return true;
  }
  const bool lent = kind == FaultKind::kLease;
  simulation_.say(who + (lent ? " is lent for a short time" : " gets another operator"));
  submit(seat, lent ? SeatAct::kLend : SeatAct::kNameOther);
  later(length, [this, seat] { submit(seat, SeatAct::kNameOwn); });
  return true;
}

void Faults::restore_operators() {
  for (const auto& [seat, when] : std::map(acted_on_))
    submit(seat, SeatAct::kNameOwn);
}

}  // namespace dnc
