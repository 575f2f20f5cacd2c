#include "sim/faults.hpp"

namespace dnc {

Faults::Faults(Simulation& simulation, Prng prng, bool roll_backs)
    : simulation_(simulation),
      prng_(prng),
      roll_backs_(roll_backs),
      gap_max_ms_(1000 + prng_.below(9000)) {
  // Every seed has its own mix: what never happens together in an average world does in some.
  for (const Fault fault :
       {&Faults::crash_one, &Faults::crash_many, &Faults::lose_disk, &Faults::partition,
        &Faults::cut_one, &Faults::block_inbound, &Faults::degrade_links, &Faults::pause,
        &Faults::slow_disk, &Faults::chain_outage, &Faults::chain_trouble, &Faults::challenge}) {
    choices_.push_back({fault, prng_.chance(250) ? 0 : 1 + prng_.below(10)});
  }
  choices_.front().weight += 5;  // a crash is what every cluster must survive
}

void Faults::start() {
  simulation_.queue().after(between(500, 12'000), [this] { next(); });
}

void Faults::next() {
  if (stopped_) return;
  std::uint64_t total = 0;
  for (const Choice& choice : choices_)
    total += choice.weight;
  std::uint64_t draw = prng_.below(total);
  for (const Choice& choice : choices_) {
    if (draw < choice.weight) {
      (this->*choice.fault)();
      break;
    }
    draw -= choice.weight;
  }
  simulation_.queue().after(between(50, gap_max_ms_), [this] { next(); });
}

void Faults::later(Duration delay, std::function<void()> action) {
  simulation_.queue().after(delay, [this, action = std::move(action)] {
    if (!stopped_) action();
  });
}

// --- The budget ---------------------------------------------------------------------------------
// Crashes, cuts, losses of messages, pauses and outages of the chain are never limited: the
// protocol promises safety under any number of them, and liveness once they end. A crash loses only
// what was not synced. Crashing q nodes or all of them is a cold start, which is in the model.
//
// Disks are limited. A committed block is on q disks; with at most f of n disks lost, one of any q
// disks that still have their log holds it (q - f >= 1 for every n), and a cold start takes reports
// from q such disks. A disk that lost something counts against the budget until its seat is
// admitted again, because only then does it hold the whole log once more.
//
// A disk that missed the last generation is as good as lost until its seat is admitted to it: the
// log that counts is on the founders' disks only.
//
// A disk set back in time looks like evidence and is not. With reports of all seats one disk that
// is not stale shows the log; with reports of q by consent it may be missing. So disks are set
// back only in worlds without consent.

bool Faults::may_lose_a_disk() {
  const std::size_t f = (simulation_.founders() - 1) / 2;
  const auto& log = simulation_.auditor().log().entries();
  const Generation newest = log.empty() ? Generation{} : log.back().block.header.generation;
  std::size_t useless = 0;
  for (std::uint64_t seat = 1; seat <= simulation_.founders(); ++seat) {
    const bool missed = simulation_.node({seat}).disk().generation() < newest;
    if (missed || simulation_.lossy().contains({seat})) ++useless;
  }
  return useless < f;
}

// --- Machines -----------------------------------------------------------------------------------

void Faults::crash_for(Seat seat, Duration down) {
  if (!simulation_.node(seat).powered()) return;
  ++counts_.crashes;
  prng_.chance(500) ? simulation_.kill(seat) : simulation_.crash(seat);
  later(down, [this, seat] { simulation_.power_on(seat); });
}

void Faults::crash_one() {
  Seat victim = any_seat();
  const auto leader = simulation_.leader();
  if (leader && prng_.chance(500) && leader->value <= simulation_.founders()) victim = *leader;
  crash_for(victim, prng_.chance(600) ? between(50, 800) : between(1000, 20'000));
}

void Faults::crash_many() {
  const std::size_t n = simulation_.founders();
  const std::size_t victims = prng_.chance(500) ? n : quorum_of(n);
  const std::uint64_t first = prng_.below(n);
  simulation_.say("power fails for " + std::to_string(victims) + " seats");
  const Duration spread = prng_.chance(500) ? Duration(300) : Duration(6000);
  for (std::size_t at = 0; at < victims; ++at) {
    const auto down = between(50, static_cast<std::uint64_t>(spread.count()));
    crash_for({1 + (first + at) % n}, down);
  }
}

void Faults::lose_disk() {
  const Seat victim = any_seat();
  simulation_.node(victim).disk().snapshot();
  if (!may_lose_a_disk() || simulation_.lossy().contains(victim)) return;
  ++counts_.disk_losses;
  const std::uint64_t kind = prng_.below(roll_backs_ ? 3 : 2);
  // A snapshot restored a while later is older than what is committed by then.
  const Duration wait = kind == 2 ? between(500, 8000) : Duration(0);
  later(wait, [this, victim, kind] {
    if (!may_lose_a_disk() || simulation_.lossy().contains(victim)) return;
    crash_for(victim, between(100, 8000));
    if (simulation_.node(victim).powered()) return;
    if (kind == 0) simulation_.lose_disk(victim);
    if (kind == 1) simulation_.damage_disk(victim);
    if (kind == 2) simulation_.roll_back_disk(victim);
  });
}

void Faults::pause() {
  ++counts_.pauses;
  const Seat victim = any_seat();
  simulation_.say("seat " + std::to_string(victim.value) + " freezes");
  simulation_.node(victim).pause(prng_.chance(500) ? between(50, 1000) : between(1000, 10'000),
                                 prng_.chance(500));
}

void Faults::slow_disk() {
  ++counts_.slow_disks;
  const Seat victim = any_seat();
  simulation_.say("the disk of seat " + std::to_string(victim.value) + " is slow");
  simulation_.node(victim).disk().set_slow(true);
  later(between(2000, 15'000), [this, victim] { simulation_.node(victim).disk().set_slow(false); });
}

void Faults::challenge() {
  ++counts_.challenges;
  simulation_.say("an operator challenges the leader");
  if (prng_.chance(500)) return simulation_.node(any_seat()).challenge();
  // Or some operators vote on the contract: q of them depose the leader there.
  for (const Seat voter : simulation_.seats()) {
    if (prng_.chance(600)) simulation_.chain().submit(voter, VoteCall{voter});
  }
}

// --- Network ------------------------------------------------------------------------------------

void Faults::partition() {
  ++counts_.partitions;
  const auto seats = simulation_.seats();
  const bool one_way = prng_.chance(300);
  std::vector<std::pair<Seat, Seat>> cuts;
  std::vector<bool> side;
  for (std::size_t at = 0; at < seats.size(); ++at)
    side.push_back(prng_.chance(500));
  for (std::size_t from = 0; from < seats.size(); ++from) {
    for (std::size_t to = 0; to < seats.size(); ++to) {
      const bool cut = one_way ? side[from] && !side[to] : side[from] != side[to];
      if (cut) cuts.push_back({seats[from], seats[to]});
    }
  }
  simulation_.say(one_way ? "a one-way partition" : "a partition");
  for (const auto& [from, to] : cuts)
    simulation_.network().block(from, to);
  later(between(300, 15'000), [this, cuts] {
    simulation_.say("a partition heals");
    for (const auto& [from, to] : cuts)
      simulation_.network().unblock(from, to);
  });
}

void Faults::cut_one() {
  ++counts_.partitions;
  const auto leader = simulation_.leader();
  const Seat victim = leader && prng_.chance(500) ? *leader : any_seat();
  simulation_.say("seat " + std::to_string(victim.value) + " is isolated");
  simulation_.network().isolate(victim);
  later(between(300, 15'000), [this, victim] { simulation_.network().rejoin(victim); });
}

void Faults::block_inbound() {
  ++counts_.inbound_blocks;
  const auto leader = simulation_.leader();
  const Seat victim = leader && prng_.chance(600) ? *leader : any_seat();
  simulation_.say("nothing reaches seat " + std::to_string(victim.value));
  simulation_.network().block_inbound(victim);
  later(between(300, 15'000), [this, victim] { simulation_.network().unblock_inbound(victim); });
}

void Faults::degrade_links() {
  ++counts_.loss_bursts;
  simulation_.say("links are bad");
  LinkQuality bad;
  bad.delay_max = between(5, 150);
  bad.loss_per_mille = static_cast<std::uint32_t>(prng_.below(400));
  bad.duplicate_per_mille = static_cast<std::uint32_t>(prng_.below(200));
  bad.straggler_per_mille = static_cast<std::uint32_t>(prng_.below(50));
  simulation_.network().set_quality(bad);
  later(between(500, 10'000), [this] { simulation_.network().set_quality({}); });
}

// --- Chain --------------------------------------------------------------------------------------

void Faults::chain_outage() {
  ++counts_.chain_outages;
  if (prng_.chance(300)) {
    const Seat victim = any_seat();
    simulation_.say("seat " + std::to_string(victim.value) + " cannot reach the chain");
    simulation_.chain().cut_off(victim);
    later(between(2000, 60'000), [this, victim] { simulation_.chain().reconnect(victim); });
    return;
  }
  simulation_.say("the chain is down");
  simulation_.chain().set_down(true);
  later(between(2000, 60'000), [this] {
    simulation_.say("the chain is back");
    simulation_.chain().set_down(false);
  });
}

void Faults::chain_trouble() {
  ++counts_.reorgs;
  simulation_.say("a re-org");
  simulation_.chain().reorg(1 + prng_.below(2));
  if (!prng_.chance(300)) return;
  ChainQuality bad;
  bad.view_lag_max = between(200, 5000);
  bad.call_loss_per_mille = static_cast<std::uint32_t>(prng_.below(700));
  bad.call_delay_max = between(300, 8000);
  simulation_.chain().set_quality(bad);
  later(between(2000, 20'000), [this] { simulation_.chain().set_quality({}); });
}

}  // namespace dnc
