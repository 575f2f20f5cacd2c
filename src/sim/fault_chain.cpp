// The chain: silent, slow, partial, undone or lied about. And operators who use it.
#include "sim/faults.hpp"

namespace dnc {

bool Faults::play_on_chain(FaultKind kind, Prng& prng) {
  SimChain& chain = simulation_.chain();
  const Seat victim = leader_or_any(prng, 300);
  const std::string who = "seat " + std::to_string(victim.value);
  const Duration length = between(prng, 2000, 60'000);
  switch (kind) {
    case FaultKind::kChainOutage:
      simulation_.say("the chain is down");
      chain.set_down(true);
      later(length, [&chain] { chain.set_down(false); });
      return true;
    case FaultKind::kCutFromChain:
      simulation_.say(who + " cannot reach the chain");
      chain.cut_off(victim);
      later(length, [&chain, victim] { chain.reconnect(victim); });
      return true;
    case FaultKind::kCensorship:
      simulation_.say("the chain takes nothing of " + who);
      chain.censor(victim);
      later(length, [&chain, victim] { chain.stop_censoring(victim); });
      return true;
    case FaultKind::kLyingEndpoint:
      simulation_.say("an endpoint lies to " + who);
      chain.lie_to(victim);
      later(length, [&chain, victim] { chain.stop_lying_to(victim); });
      return true;
    case FaultKind::kReorg:
      simulation_.say("a re-org");
      chain.reorg(1 + prng.below(2));
      return true;
    case FaultKind::kSlowChain: {
      simulation_.say("the chain is slow");
      ChainQuality bad;
      bad.view_lag_max = between(prng, 200, 5000);
      bad.call_loss_per_mille = static_cast<std::uint32_t>(prng.below(700));
      bad.call_delay_max = between(prng, 300, 8000);
      chain.set_quality(bad);
      later(between(prng, 2000, 20'000), [&chain] { chain.set_quality({}); });
      return true;
    }
    case FaultKind::kChallenge:
      simulation_.say("an operator challenges the leader");
      simulation_.node(victim).challenge();
      return true;
    default:
      return depose(prng);
  }
}

// Some operators vote on the contract: q of them depose the leader there.
bool Faults::depose(Prng& prng) {
  simulation_.say("operators vote against the leader");
  for (const Seat voter : simulation_.seats()) {
    if (prng.chance(600)) simulation_.chain().submit(voter, VoteCall{voter});
  }
  return true;
}

}  // namespace dnc
