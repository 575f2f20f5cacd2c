// How far each seat's log is committed, as far as the node that speaks has heard.

const windowMin = 20;  // blocks: a gap of one is no drama

/** A row for each seat that has a node: { seat, state, commit, behind, share }, most advanced at 1. */
export function ladder(snapshot) {
  const commits = new Map(snapshot.progress.map(({ seat, commit_seq }) => [seat, commit_seq]));
  const rows = snapshot.status.members
    .filter(({ seat, state }) => state !== 'vacant' && commits.has(seat))
    .map(({ seat, state }) => ({ seat, state, commit: commits.get(seat) }));
  const top = Math.max(snapshot.head_seq, ...rows.map(({ commit }) => commit));
  const window = Math.max(windowMin, ...rows.map(({ commit }) => top - commit));
  return rows.map((row) => ({
    ...row,
    behind: top - row.commit,
    share: 1 - (top - row.commit) / (window * 1.25),
  }));
}
