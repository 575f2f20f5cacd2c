// The core of the benchmark: each operation at each number of connections, the peers in turn.
import { measure, withUsage } from './cell.mjs';
import { driveGrpc } from './client.mjs';

export const OPERATIONS = ['increment', 'put', 'read', 'stale', 'cas'];

// Puts over etcd's native protocol; what etcd's revision says must be what was acknowledged.
async function measureGrpc(etcd, { connections, seconds, warmUp, directory, everything }) {
  const url = etcd.url(await etcd.leader());
  const call = etcd.grpcPut(directory);
  const go = (time) => driveGrpc(url, call, { connections, seconds: time, directory });
  await go(warmUp);
  const before = await etcd.counter();
  const result = await withUsage(etcd, everything, () => go(seconds));
  const grown = (await etcd.counter()) - before;
  if (grown < result.acknowledged || grown > result.acknowledged + connections) {
    throw new Error(`${result.acknowledged} puts were acknowledged, the key's version grew by ${grown}`);
  }
  return result;
}

function cells(world, operation) {
  if (operation === 'nothing') return ['post', 'get'].map((load) => [world.nothing, load, measure]);
  const both = world.peers.map((peer) => [peer, operation, measure]);
  if (operation !== 'put' || !world.etcd) return both;
  return [...both, [world.etcd, 'grpc_put', (peer, _, options) => measureGrpc(peer, options)]];
}

// A cell that fails is kept as such, and the run goes on; the caller counts failures.
export async function attempt(world, experiment, line, work) {
  try {
    const result = await work();
    world.results.add(experiment, { ...line, ...result });
    world.say(experiment, line, result);
    return result;
  } catch (error) {
    world.results.add(experiment, { ...line, error: error.message });
    world.fail(experiment, line, error);
    return null;
  }
}

export async function matrix(world, options) {
  await world.start({ nothing: true });
  // Reads find what they ask for, on both.
  for (const peer of world.peers) await world.fill(peer, 1000);
  for (let repeat = 1; repeat <= options.repeat; repeat++) {
    for (const connections of options.connections) {
      for (const operation of [...OPERATIONS, 'nothing']) {
        const turn = cells(world, operation);
        if (repeat % 2 === 0) turn.reverse(); // who goes first, goes second the next time
        for (const [peer, name, how] of turn) {
          const line = { peer: peer.name, operation: name, connections, repeat };
          await attempt(world, 'matrix', line, () => how(peer, name, { ...options, connections, everything: world.everything() }));
        }
      }
    }
  }
  await world.stop();
}
