#include "ctl/pause_state.hpp"

#include "core/eth/abi.hpp"
#include "ctl/chain_clock.hpp"
#include "io/chain/chain_client.hpp"
#include "io/chain/membership_contract.hpp"

namespace dnc::ctl {

Result<PauseState> read_pause(ChainClient& chain, const BlockHead& block, const Address& contract) {
  const auto answers = chain.calls_at(block, {{contract, AbiEncoder().call("pausedUntil()"), {}}});
  if (!answers) return answers.error();
  const auto until = decode_count(answers->front());
  if (!until) return until.error();
  return PauseState{*until, block.time};
}

std::string describe(const PauseState& pause) {
  if (pause.lasts()) return "paused " + until_text(pause.until);
  if (pause.until == 0) return "not paused";
  return "not paused; the last pause was over at " + utc_text(pause.until);
}

Finding pause_gate(const PauseState& pause, bool has_joined) {
  if (!pause.lasts()) return passed("pause", "the contract is not paused");
  const std::string text = "the contract is " + describe(pause);
  if (has_joined) return passed("pause", text + "; the seat has joined, and may restart");
  return refusal("pause", text + ": a seat that does not run cannot join",
                 pause.until == kNever
                     ? "the contract's owner ends it: clusterctl resume"
                     : "it ends by itself; the contract's owner ends it early: clusterctl resume");
}

}  // namespace dnc::ctl
