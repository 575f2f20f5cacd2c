// One cell of a table: a peer, a load, a number of connections. Warmed up, measured, checked.
import { drive } from './client.mjs';
import { cpuSeconds, machineCpuSeconds, residentBytes } from './processes.mjs';

const total = (values) => values.reduce((sum, value) => sum + value, 0);

function usage(pids) {
  return { pids, each: pids.map(cpuSeconds), ours: cpuSeconds(process.pid), machine: machineCpuSeconds() };
}

// What `measured` used, and what processes used that do not belong to this run at all.
function spent(before, session, peers) {
  const now = usage(before.pids);
  const standing = total(session.pids.map(cpuSeconds)) - session.seconds;
  return {
    members: total(now.each) - total(before.each),
    foreign: Math.max(0, now.machine - before.machine - standing - (now.ours - before.ours)),
    rss: peers.map((pid) => Math.round(residentBytes(pid) / 2 ** 20)),
  };
}

// Runs `work` and says what it cost the members of `peer`. `everything`: all processes of this run.
export async function withUsage(peer, everything, work) {
  const members = peer.memberPids();
  const pids = everything.flatMap((one) => one.allPids());
  const session = { pids, seconds: total(pids.map(cpuSeconds)) };
  const before = usage(members);
  const result = await work();
  const cost = spent(before, session, members);
  return {
    ...result,
    rate: result.acknowledged / result.seconds,
    cpu_us_per_operation: (cost.members / result.acknowledged) * 1e6,
    rss_mib: cost.rss,
    foreign_cores: Number((cost.foreign / result.seconds).toFixed(2)),
  };
}

// Acknowledged increments must be in the counter. More may be: those that were cut off at the end of the
// warm-up and of the measurement, one for each connection.
export async function counted(peer, connections, warmUp, work) {
  await warmUp();
  const before = await peer.counter();
  const result = await work();
  const grown = (await peer.counter()) - before;
  if (grown < result.acknowledged || grown > result.acknowledged + 2 * connections) {
    throw new Error(`${result.acknowledged} increments were acknowledged, the counter grew by ${grown}`);
  }
  return result;
}

export async function measure(
  peer,
  operation,
  { connections, seconds, warmUp, valueBytes, everything, load },
) {
  const url = peer.url(await peer.leader());
  const term = await peer.term();
  const what = load ?? peer.loads[operation];
  if (operation === 'cas') await peer.setContended();
  const warm = () => drive(url, what, { connections, seconds: warmUp, valueBytes });
  const work = () =>
    withUsage(peer, everything, () => drive(url, what, { connections, seconds, valueBytes }));
  let result;
  if (operation === 'increment') {
    result = await counted(peer, connections, warm, work);
  } else {
    await warm();
    result = await work();
  }
  if ((await peer.term()) !== term) throw new Error('the leader changed while it was measured');
  return result;
}

// A cell that fails is kept as such, and the run goes on; the caller counts failures.
export async function attempt(world, experiment, line, work) {
  try {
    const result = await work();
    world.results.add(experiment, { ...line, ...result });
    world.say(experiment, line, result);
    return result;
  } catch (error) {
    if (world.interrupted) return null; // it says nothing about the peer
    world.results.add(experiment, { ...line, error: error.message });
    world.fail(experiment, line, error);
    return null;
  }
}
