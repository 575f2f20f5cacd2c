// What happened, in sentences. An event is { id, at, name, facts } as docs/dashboard.md has it; all
// facts are text. `tone` is good, bad or plain, and is never the only thing that tells them apart.

const plain = (text) => ({ tone: 'plain', text });
const good = (text) => ({ tone: 'good', text });
const bad = (text) => ({ tone: 'bad', text });

const sentences = {
  booted: (f) => plain(`This node made its boot key; epoch ${f.epoch}`),
  voted: (f) => bad(`This node voted for term ${f.to_term}: ${f.why}`),
  term_adopted: (f) => plain(`A quorum voted: term ${f.term} begins, its leader is being found`),
  leader_elected: (f) => good(`Seat ${f.seat}, this node, was granted term ${f.term}`),
  term_committed: (f) => good(`Seat ${f.leader} leads: the first block of term ${f.term} is committed`),
  stepped_down: (f) => bad(`This node leads term ${f.term} but hears fewer than a quorum: it stopped`),
  resumed: (f) => good(`This node goes on leading term ${f.term}`),
  switchover: (f) => plain(`The operator of this node, which leads, has it hand over to seat ${f.to}, in term ${f.to_term}`),
  rejoined: (f) => good(`The log admitted boot ${f.epoch} of seat ${f.seat}, at block ${f.seq}`),
  admitted: (f) => good(`This node was admitted, at block ${f.seq}`),
  observing: () => plain('This seat is not counted yet; its node follows without a vote'),
  configuration_decided: (f) =>
    plain(`Block ${f.seq} ${f.admits === 'true' ? 'admits' : 'removes'} seat ${f.seat}`),
  configuration_in_force: (f) => plain(`${f.counted} seats count now; ${f.quorum} are a quorum`),
  generation_proposed: (f) => plain(`Generation ${f.generation} is proposed, from block ${f.seq} on`),
  generation_entered: (f) => good(`Generation ${f.generation} began with term ${f.term}`),
  restart_reported: (f) => plain(`This node takes part in a cold start; its log ends at ${f.seq}`),
  recovery_consented: (f) => plain(`The operator of seat ${f.seat} consented to a cold start`),
  checkpoint: (f) => plain(`A checkpoint was taken at block ${f.seq}`),
  snapshot_wanted: (f) => plain(`This node was away long and takes the state of block ${f.seq}`),
  snapshot_installed: (f) => good(`The state of block ${f.seq} is installed`),
  snapshot_poisoned: (f) => bad(`Seat ${f.seat} gave a piece of state that nobody certified`),
  state_too_large: () => bad('The state is too large for checkpoints: the log grows'),
  contradiction: (f) => bad(`Seat ${f.seat} is proven to have contradicted itself: ${f.rule}`),
  divergence: (f) => bad(`This node and seat ${f.leader} compute different things at block ${f.seq}`),
  fork_detected: () => bad('Another log is committed elsewhere: keep logs and data'),
  notary_refused: (f) => plain(`The notary did not sign a ${f.what}: ${f.why}`),
  reboot_needed: (f) => bad(`This node starts again: ${f.reason}`),
  halted: (f) => bad(`This node halted: ${f.reason}`),
  seat_changed: (f) => {
    const tone = ['leader', 'follower'].includes(f.to) ? good : bad;
    return tone(`Seat ${f.seat} is ${f.to}; it was ${f.from}`);
  },
};

/** An event that this page does not know is shown as the log has it: nothing is hidden. */
function raw({ name, facts }) {
  const listed = Object.entries(facts).map(([key, value]) => `${key} ${value}`);
  return plain([name, ...listed].join(', '));
}

export function sentence(event) {
  const known = Object.hasOwn(sentences, event.name) ? sentences[event.name] : undefined;
  return known ? known(event.facts) : raw(event);
}

/** What two snapshots show of seats and nobody reported, as events. */
export function seatChanges(before, after) {
  const states = new Map(before.status.members.map(({ seat, state }) => [seat, state]));
  return after.status.members
    .filter(({ seat, state }) => states.has(seat) && states.get(seat) !== state)
    .map(({ seat, state }) => ({
      id: `${after.since}.${after.at}.seat${seat}`,
      at: after.at,
      name: 'seat_changed',
      facts: { seat: String(seat), from: states.get(seat), to: state },
    }));
}
