// The votes that would replace the leader, against the quorum that it takes.

// Votes make a term within milliseconds: so that it can be seen, the gauge stays full for so long.
const heldMs = 5_000;

const lastMade = (events, at) =>
  events.findLast(({ name, at: then }) => name === 'term_adopted' && then > at - heldMs);

/**
 * Gives { have, needed, term, seats, share, made }: `have` seats want `term`, the next one; or, where
 * `made`, enough of them wanted it a moment ago and it is the present one.
 */
export function votes(snapshot, events = []) {
  const { status } = snapshot;
  const counting = snapshot.votes.filter(
    ({ seat, to_term }) => to_term > status.term && status.counted.includes(seat),
  );
  const needed = status.quorum;
  const made = counting.length === 0 && needed > 0 && lastMade(events, snapshot.at);
  if (made) return { have: needed, needed, term: Number(made.facts.term), seats: [], share: 1, made: true };
  return {
    have: counting.length,
    needed,
    term: Math.max(status.term + 1, ...counting.map(({ to_term }) => to_term)),
    seats: counting.map(({ seat }) => seat),
    share: needed === 0 ? 0 : Math.min(1, counting.length / needed),
    made: false,
  };
}

/** The place of the index-th of `total` on a circle around 0; the first is at the top. */
export function onCircle(index, total, radius) {
  const angle = (2 * Math.PI * index) / total - Math.PI / 2;
  return { x: radius * Math.cos(angle), y: radius * Math.sin(angle) };
}

/** `total` arcs with gaps between them, clockwise from the top: SVG paths. */
export function segments(total, radius, gapDegrees = 6) {
  const gap = total > 1 ? gapDegrees / 360 : 0.002;  // a full circle has no path: its ends coincide
  return Array.from({ length: total }, (_, index) => {
    const from = onCircle(index + (gap * total) / 2, total, radius);
    const to = onCircle(index + 1 - (gap * total) / 2, total, radius);
    const large = 1 / total - gap > 0.5 ? 1 : 0;
    const at = ({ x, y }) => `${x.toFixed(2)} ${y.toFixed(2)}`;
    return `M ${at(from)} A ${radius} ${radius} 0 ${large} 1 ${at(to)}`;
  });
}
