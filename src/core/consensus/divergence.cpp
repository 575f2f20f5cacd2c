// A block that I compute otherwise than its leader says (docs/protocol.md section 6a). Alone I
// cannot tell which of us errs: I refuse the block and vote. Once q seats have accepted it, it is
// me.
#include <algorithm>

#include "core/consensus/codec.hpp"
#include "core/consensus/replica_state.hpp"

namespace dnc {

// Executes the block that is to follow the head; false, and nothing changed, where its results or
// the state differ from what it says.
bool Replica::State::execute(const Block& block) {
  const BlockHeader& header = block.header;
  const auto differs = [&](const char* what) {
    disputed = head_of(header);
    event("divergence", {{"seq", std::to_string(header.seq.value)},
                         {"what", what},
                         {"leader", std::to_string(header.leader.value)}});
    return false;
  };
  if (disputed && disputed->seq == header.seq && disputed->hash == block_hash(header)) return false;
  if (header.kind == BlockKind::kCheckpoint && !checkpoint_matches(header)) return differs("state");
  if (executor.apply(header.seq, header.term, block.body) != header.result_root) {
    executor.rollback({header.seq.value - 1});
    return differs("results");
  }
  return true;
}

// Do q seats hold what I refused, by their ACCEPTs of this term?
bool Replica::State::outvoted() const {
  if (!disputed || !following() || disputed->term != term) return false;
  const Roster& counting = roster();
  const auto holders = std::ranges::count_if(accepts, [&](const auto& entry) {
    const Accept& accept = entry.second;
    return accept.seq >= disputed->seq && counting.counts(accept.seat, accept.epoch);
  });
  return static_cast<std::size_t>(holders) >= counting.quorum();
}

// The staged chain was not taken. Where I disputed a block of it: if the evidence shows that block
// committed, it is me who errs. If not, I neither choose this chain nor follow who chose it. That
// loses nothing: q others will do, and any q of them know what is committed.
void Replica::State::drop_staged(const std::vector<Accept>& evidence) {
  const auto held = disputed ? staged_head(disputed->seq) : std::nullopt;
  const bool refuses = held && held->hash == disputed->hash;
  const bool outvoted_by_it = refuses && certified_by(evidence) >= disputed->seq;
  const auto target = staging->target;
  staging.reset();
  if (outvoted_by_it) return halt(Ouster::kDiverged);
  if (!refuses || !target) return;
  if (staged_term) {
    return vote(next_term(staged_term->certificate.term), "its log holds what I compute otherwise");
  }
  refuted.insert(target->hash);
  try_start_term();
}

}  // namespace dnc
