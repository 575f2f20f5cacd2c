// Changes of the leader, put together from the events of one node.

const starts = { voted: 'to_term', switchover: 'to_term', stepped_down: 'term', term_adopted: 'term' };
// A vote that no quorum joined stands as a grudge, maybe for hours: what came of it later began then.
const grudgeMs = 10_000;

function stepsByTerm(events) {
  const terms = new Map();
  const add = (term, step) => terms.set(term, [...(terms.get(term) ?? []), step]);
  for (const { name, at, facts } of events) {
    if (name in starts) {
      add(Number(facts[starts[name]]) + (name === 'stepped_down' ? 1 : 0), { name, at });
    } else if (name === 'resumed') {
      for (const term of [...terms.keys()].filter((each) => each > Number(facts.term))) terms.delete(term);
    } else if (name === 'leader_elected' && terms.has(Number(facts.term))) {
      add(Number(facts.term), { name, at });
    } else if (name === 'term_committed' && terms.has(Number(facts.term))) {
      add(Number(facts.term), { name, at, leader: Number(facts.leader) });
    }
  }
  return [...terms].sort(([a], [b]) => a - b);
}

function describe(term, all) {
  const adopted = all.find(({ name }) => name === 'term_adopted');
  const steps = adopted ? all.filter(({ at }) => at >= adopted.at - grudgeMs) : all;
  const from = Math.min(...steps.map(({ at }) => at));
  const end = steps.find(({ name }) => name === 'term_committed');
  return {
    term,
    steps: steps.map(({ name, at }) => ({ name, at })),
    from,
    to: end?.at ?? null,
    leader: end?.leader ?? null,
    ms: end ? end.at - from : null,
  };
}

/**
 * `events`, oldest first. Gives { term, leader, steps: [{ name, at }], from, to, ms } for each
 * failover, oldest first; `leader`, `to` and `ms` are null until its term's first block is committed.
 * Terms that nobody came to lead belong to the failover that the next one ended.
 */
export function failovers(events) {
  const found = [];
  let steps = [];
  let term = 0;
  for (const [next, its] of stepsByTerm(events)) {
    term = next;
    steps = [...steps, ...its];
    if (!its.some(({ name }) => name === 'term_committed')) continue;
    found.push(describe(term, steps));
    steps = [];
  }
  return steps.length > 0 ? [...found, describe(term, steps)] : found;
}
