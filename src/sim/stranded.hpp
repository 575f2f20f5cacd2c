// The one way of standing still that the protocol knows of and has no cure for but a cold start
// (docs/protocol.md section 14): a block about a seat that too few members can judge any more.
#pragma once

namespace dnc {

class Simulation;

// Does a leader wait for a commit of what the chain no longer shows?
bool stranded(Simulation& simulation);
// What an operator does then: all machines are restarted.
void restart_all(Simulation& simulation);

}  // namespace dnc
