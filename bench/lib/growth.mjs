// What grows: values, members, keys, history, time.
import { attempt, measure } from './cell.mjs';
import { drive } from './client.mjs';
import { residentBytes } from './processes.mjs';

// The peers in turn, the first one last the next time.
const turn = (world, repeat) => (repeat % 2 ? world.peers : [...world.peers].reverse());

function cell(world, experiment, peer, operation, line, options) {
  const { connections } = line;
  return attempt(world, experiment, { peer: peer.name, operation, ...line }, () =>
    measure(peer, operation, { ...options, connections, everything: world.everything() }),
  );
}

// A fresh start for each repeat: etcd keeps every value that was ever put, up to a quota.
export async function payload(world, options) {
  for (let repeat = 1; repeat <= options.repeat; repeat++) {
    await world.start();
    for (const valueBytes of options.bytes) {
      for (const peer of turn(world, repeat)) {
        await cell(
          world,
          'payload',
          peer,
          'put',
          { connections: 64, value_bytes: valueBytes, repeat },
          { ...options, valueBytes },
        );
      }
    }
    await world.stop();
  }
}

export async function sizes(world, options) {
  for (const members of options.members) {
    await world.start({ size: members });
    for (let repeat = 1; repeat <= options.repeat; repeat++) {
      for (const peer of turn(world, repeat)) {
        await cell(world, 'sizes', peer, 'increment', { connections: 64, members, repeat }, options);
      }
    }
    await world.stop();
  }
}

export async function state(world, options) {
  await world.start();
  for (const keys of options.keys) {
    for (const peer of world.peers) await world.fill(peer, keys);
    for (let repeat = 1; repeat <= options.repeat; repeat++) {
      for (const connections of [1, 64]) {
        for (const peer of turn(world, repeat)) {
          const load = peer.loads.putOver(keys);
          await cell(world, 'state', peer, 'put', { connections, keys, repeat }, { ...options, load });
        }
      }
    }
  }
  await world.stop();
}

// How much memory each member holds after a history, whatever the state.
export async function million(world, options) {
  await world.start();
  for (const peer of world.peers) {
    await attempt(world, 'million', { peer: peer.name }, async () => {
      const url = peer.url(await peer.leader());
      let acknowledged = 0;
      let seconds = 0;
      while (acknowledged < options.increments) {
        const part = await drive(url, peer.loads.increment, { connections: 256, seconds: options.seconds });
        acknowledged += part.acknowledged;
        seconds += part.seconds;
      }
      const rss = peer.memberPids().map((pid) => Math.round(residentBytes(pid) / 2 ** 20));
      return { acknowledged, seconds, rss_mib: rss };
    });
  }
  await world.stop();
}

// Does full load make the cluster change its leader? Nothing else happens meanwhile. Asked of ours only,
// unless --peers leaves it out: half an hour is long.
export async function steady(world, options) {
  await world.start();
  const peer = world.peers.find(({ name }) => name === 'ours') ?? world.peers[0];
  await attempt(world, 'steady', { peer: peer.name, minutes: options.minutes }, async () => {
    const leader = await peer.leader();
    const before = await peer.term();
    const load = await drive(peer.url(leader), peer.loads.increment, {
      connections: 64,
      seconds: options.minutes * 60,
    });
    const changes = Number(await peer.term()) - Number(before);
    return { ...load, rate: load.acknowledged / load.seconds, leader_changes: changes };
  });
  await world.stop();
}
