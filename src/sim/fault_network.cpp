// Links that are cut, in one direction or in both, or bad.
#include "sim/faults.hpp"

namespace dnc {

bool Faults::play_on_network(FaultKind kind, Prng& prng) {
  switch (kind) {
    case FaultKind::kPartition:
      return partition(false, prng);
    case FaultKind::kOneWayPartition:
      return partition(true, prng);
    case FaultKind::kBridge:
      return bridge(prng);
    case FaultKind::kIsolation:
      return isolate(prng);
    case FaultKind::kBlockedInbound:
      return block_inbound(prng);
    default:
      return degrade_links(prng);
  }
}

bool Faults::cut_pairs(const std::string& what, std::vector<std::pair<Seat, Seat>> pairs,
                       Prng& prng) {
  if (pairs.empty()) return false;
  simulation_.say(what);
  for (const auto& [from, to] : pairs)
    simulation_.network().block(from, to);
  later(between(prng, 300, 15'000), [this, what, pairs = std::move(pairs)] {
    simulation_.say(what + " heals");
    for (const auto& [from, to] : pairs)
      simulation_.network().unblock(from, to);
  });
  return true;
}

bool Faults::partition(bool one_way, Prng& prng) {
  const auto seats = simulation_.seats();
  std::vector<bool> side;
  for (std::size_t at = 0; at < seats.size(); ++at)
    side.push_back(prng.chance(500));
  std::vector<std::pair<Seat, Seat>> pairs;
  for (std::size_t from = 0; from < seats.size(); ++from) {
    for (std::size_t to = 0; to < seats.size(); ++to) {
      const bool cut = one_way ? side[from] && !side[to] : side[from] != side[to];
      if (cut) pairs.push_back({seats[from], seats[to]});
    }
  }
  return cut_pairs(one_way ? "a one-way partition" : "a partition", std::move(pairs), prng);
}

// Two halves that hear each other only through one seat, or all seats in a line.
bool Faults::bridge(Prng& prng) {
  const std::size_t n = simulation_.seats().size();
  const bool line = prng.chance(500);
  const std::uint64_t turn = prng.below(n);
  std::vector<std::pair<Seat, Seat>> pairs;
  for (std::size_t from = 0; from < n; ++from) {
    for (std::size_t to = 0; to < n; ++to) {
      const std::size_t apart = from < to ? to - from : from - to;
      const bool crosses = from < n / 2 ? to > n / 2 : from > n / 2 && to < n / 2;
      if (line ? apart > 1 : crosses)
        pairs.push_back({{1 + (from + turn) % n}, {1 + (to + turn) % n}});
    }
  }
  return cut_pairs(line ? "a line of seats" : "a bridge", std::move(pairs), prng);
}

bool Faults::isolate(Prng& prng) {
  const Seat victim = leader_or_any(prng, 500);
  simulation_.say("seat " + std::to_string(victim.value) + " is isolated");
  simulation_.network().isolate(victim);
  later(between(prng, 300, 15'000), [this, victim] { simulation_.network().rejoin(victim); });
  return true;
}

bool Faults::block_inbound(Prng& prng) {
  const Seat victim = leader_or_any(prng, 600);
  simulation_.say("nothing reaches seat " + std::to_string(victim.value));
  simulation_.network().block_inbound(victim);
  later(between(prng, 300, 15'000),
        [this, victim] { simulation_.network().unblock_inbound(victim); });
  return true;
}

bool Faults::degrade_links(Prng& prng) {
  simulation_.say("links are bad");
  LinkQuality bad;
  bad.delay_max = between(prng, 5, 150);
  bad.loss_per_mille = static_cast<std::uint32_t>(prng.below(400));
  bad.duplicate_per_mille = static_cast<std::uint32_t>(prng.below(200));
  bad.straggler_per_mille = static_cast<std::uint32_t>(prng.below(50));
  simulation_.network().set_quality(bad);
  later(between(prng, 500, 10'000), [this] { simulation_.network().set_quality({}); });
  return true;
}

}  // namespace dnc
