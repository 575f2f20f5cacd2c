// One sentence of health. The words and rules are those of `clusterctl status`
// (src/ctl/cluster_view.cpp): the same cluster must not be called two things.

const serves = (state) => state === 'leader' || state === 'follower';
const expected = (state) => state === 'vacant' || state === 'observer';

function troubles(members) {
  return members
    .filter(({ state }) => !serves(state) && !expected(state))
    .map(({ seat, state }) => `; seat ${seat} is ${state}`)
    .join('');
}

function tolerance(canLose) {
  if (canLose === 0) return '; no further node may fail';
  return `; ${canLose} more ${canLose === 1 ? 'node' : 'nodes'} may fail`;
}

/** `status` is that of GET /status. Gives { word, canLose, sentence }. */
export function judge(status) {
  const { members, quorum, leader, term } = status;
  const serving = members.filter(({ state }) => serves(state)).length;
  const bad = troubles(members);
  if (quorum === 0 || serving < quorum) {
    const some = serving === 1 ? 'seat leads or follows' : 'seats lead or follow';
    const sentence = `no quorum: ${serving} ${some}, ${quorum} are needed${bad}`;
    return { word: 'no_quorum', canLose: 0, sentence };
  }
  if (!leader) return { word: 'no_quorum', canLose: 0, sentence: `no leader is known${bad}` };
  const canLose = serving - quorum;
  const word = bad === '' ? 'healthy' : 'degraded';
  const led = `seat ${leader.seat} leads term ${term}`;
  return { word, canLose, sentence: `${word}: ${led}${bad}${tolerance(canLose)}` };
}
