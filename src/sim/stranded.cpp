#include "sim/stranded.hpp"

#include "sim/simulation.hpp"

namespace dnc {
namespace {

// Whose boot a block admits.
std::optional<Identity> admitted_by(const Block& block) {
  if (block.body.rejoin) return block.body.rejoin->identity;
  if (block.body.change && block.body.change->admits) return block.body.change->identity;
  return std::nullopt;
}

}  // namespace

bool stranded(Simulation& simulation) {
  const auto leader = simulation.leader();
  if (!leader) return false;
  SimNode& node = simulation.node(*leader);
  const SeqNo committed = node.replica().status().commit_seq;
  const ChainView newest = simulation.chain().newest();
  for (const Block& block : node.disk().recover().blocks) {
    const auto boot = admitted_by(block);
    if (block.header.seq <= committed || !boot) continue;
    const ChainSeat* shown = newest.find(boot->seat);
    if (shown == nullptr || shown->identity != *boot) return true;
  }
  return false;
}

void restart_all(Simulation& simulation) {
  for (const Seat seat : simulation.seats()) {
    if (simulation.may_join(seat)) simulation.reboot(seat);
  }
}

}  // namespace dnc
