// The core of the benchmark: each operation at each number of connections, the peers in turn.
import { attempt, counted, measure, withUsage } from './cell.mjs';
import { driveGrpc } from './client.mjs';

// "grpc_put" is etcd's alone, and "nothing" our HTTP library's.
export const OPERATIONS = ['increment', 'put', 'grpc_put', 'read', 'stale', 'cas', 'nothing'];

// Puts over etcd's native protocol; what etcd's revision says must be what was acknowledged.
async function measureGrpc(etcd, { connections, seconds, warmUp, directory, everything }) {
  const url = etcd.url(await etcd.leader());
  const call = etcd.grpcPut(directory);
  const go = (time) => driveGrpc(url, call, { connections, seconds: time, directory });
  return counted(
    etcd,
    connections,
    () => go(warmUp),
    () => withUsage(etcd, everything, () => go(seconds)),
  );
}

function cells(world, operation) {
  if (operation === 'nothing') return ['post', 'get'].map((load) => [world.nothing, load, measure]);
  if (operation !== 'grpc_put') return world.peers.map((peer) => [peer, operation, measure]);
  return world.etcd ? [[world.etcd, operation, (peer, _, options) => measureGrpc(peer, options)]] : [];
}

export async function matrix(world, options) {
  await world.start({ nothing: true });
  // Reads find what they ask for, on both.
  for (const peer of world.peers) await world.fill(peer, 1000);
  for (let repeat = 1; repeat <= options.repeat; repeat++) {
    for (const connections of options.connections) {
      for (const operation of options.operations) {
        const turn = cells(world, operation);
        if (repeat % 2 === 0) turn.reverse(); // who goes first, goes second the next time
        for (const [peer, name, how] of turn) {
          const line = { peer: peer.name, operation: name, connections, repeat };
          await attempt(world, 'matrix', line, () =>
            how(peer, name, { ...options, connections, everything: world.everything() }),
          );
        }
      }
    }
  }
  await world.stop();
}
