#include "sim/stranded.hpp"

#include "sim/simulation.hpp"

namespace dnc {
namespace {

bool shows(const ChainView& view, const Identity& boot) {
  const ChainSeat* seat = view.find(boot.seat);
  return seat != nullptr && seat->identity == boot;
}

// Does a block about seats tell of what the chain does not show (any more)? The others cannot check
// it then.
bool unfounded(const Block& block, const ChainView& view) {
  if (block.body.rejoin) return !shows(view, block.body.rejoin->identity);
  const auto& change = block.body.change;
  if (!change) return false;
  if (change->admits) return !shows(view, change->identity);
  const ChainSeat* seat = view.find(change->identity.seat);
  return seat != nullptr && !seat->revoked && seat->counted;
}

}  // namespace

bool stranded(Simulation& simulation) {
  const auto leader = simulation.leader();
  if (!leader) return false;
  SimNode& node = simulation.node(*leader);
  const SeqNo committed = node.replica().status().commit_seq;
  const ChainView newest = simulation.chain().newest();
  for (const Block& block : node.disk().recover().blocks) {
    if (block.header.seq > committed && unfounded(block, newest)) return true;
  }
  return false;
}

void restart_all(Simulation& simulation) {
  for (const Seat seat : simulation.seats()) {
    if (simulation.may_join(seat)) simulation.reboot(seat);
  }
}

}  // namespace dnc
