// From the death of a leader to the next acknowledged write, and from the start of what was down.
import { attempt } from './cell.mjs';
import { drive } from './client.mjs';
import { waitFor } from './processes.mjs';

const PROBE_EVERY_MS = 5;
const PROBE_TIMEOUT_MS = 10_000; // longer than any outage: a probe that hangs counts for nothing
const OUTAGE_MAX_S = 30;
const PROBES_BEFORE = 40; // the load that runs when the fault strikes
const AFTER_MS = 200; // what a change still upsets shows by then
const FAULTS = { 'kill -9': 'SIGKILL', SIGSTOP: 'SIGSTOP' };

// Sends a write to each of `seats` every 5 ms, whatever became of those before.
class Probes {
  constructor(peer, seats) {
    Object.assign(this, { peer, seats, marked: Infinity, times: [], refused: 0 });
    this.timer = setInterval(() => seats.forEach((seat) => this.send(seat)), PROBE_EVERY_MS);
  }

  send(seat) {
    const sent = performance.now();
    this.peer.write(seat, PROBE_TIMEOUT_MS).then(
      () => {
        const now = performance.now();
        this.times.push(now);
        if (sent >= this.marked) this.answered ??= now;
      },
      () => {
        this.refused += 1;
      },
    );
  }

  mark() {
    this.marked = performance.now();
    return this.marked;
  }

  // When the first write that was sent after mark() was acknowledged.
  first() {
    return waitFor('a write after the fault', OUTAGE_MAX_S, () => this.answered);
  }

  // The longest time without an acknowledgement since mark().
  longestGap() {
    const times = [this.marked, ...this.times.filter((time) => time > this.marked).sort((a, b) => a - b)];
    return Math.max(...times.slice(1).map((time, index) => time - times[index]));
  }

  stop() {
    clearInterval(this.timer);
  }
}

async function outage(peer, signal) {
  await peer.whole();
  const leader = await peer.leader();
  const probes = new Probes(
    peer,
    peer.seats.filter((seat) => seat !== leader),
  );
  try {
    await waitFor('probes are acknowledged', 10, () => probes.times.length >= PROBES_BEFORE);
    const refusedBefore = probes.refused;
    peer.kill(leader, signal);
    const struck = probes.mark();
    const acknowledged = await probes.first();
    return { outage_ms: acknowledged - struck, refused: probes.refused - refusedBefore };
  } finally {
    probes.stop();
    await peer.revive(leader);
  }
}

export async function failover(world, options) {
  await world.start();
  for (let repeat = 1; repeat <= options.failures; repeat++) {
    const turn = repeat % 2 ? world.peers : [...world.peers].reverse();
    for (const [fault, signal] of Object.entries(FAULTS)) {
      for (const peer of turn) {
        await attempt(world, 'failover', { peer: peer.name, fault, repeat }, () => outage(peer, signal));
      }
    }
  }
  await world.stop();
}

const since = (start) => ({ outage_ms: performance.now() - start });

// One follower is killed, misses a load, and comes back: until it serves and has all of it.
async function catchUp(peer, options) {
  await peer.whole();
  const leader = await peer.leader();
  const away = peer.seats.find((seat) => seat !== leader);
  peer.kill(away, 'SIGKILL');
  const { acknowledged } = await drive(peer.url(leader), peer.loads.increment, {
    connections: 64,
    seconds: options.seconds,
  });
  const wanted = await peer.progress(leader);
  const start = performance.now();
  await peer.revive(away);
  await waitFor(`${peer.name}: the member is back`, 60, async () => (await peer.progress(away)) >= wanted);
  return { ...since(start), missed: acknowledged };
}

// All members are killed at once and started: until a write is acknowledged.
async function restartAll(peer) {
  await peer.whole();
  for (const seat of peer.seats) peer.kill(seat, 'SIGKILL');
  await waitFor('all members are gone', 10, () => peer.memberPids().length === 0);
  const start = performance.now();
  await Promise.all(peer.seats.map((seat) => peer.revive(seat)));
  await waitFor(`${peer.name}: a write after the restart`, 60, () => peer.write(1, 1000));
  return since(start);
}

export async function restart(world, options) {
  await world.start();
  for (let repeat = 1; repeat <= options.repeat; repeat++) {
    for (const peer of world.peers) {
      await attempt(world, 'restart', { peer: peer.name, what: 'one member', repeat }, () =>
        catchUp(peer, options),
      );
      await attempt(world, 'restart', { peer: peer.name, what: 'all members', repeat }, () =>
        restartAll(peer),
      );
    }
  }
  await world.stop();
}

// The leader is healthy and is replaced on purpose, while writes are probed at all members.
async function planned(peer) {
  await peer.whole();
  const before = await peer.leader();
  const replace = await peer.prepareHandover(before);
  const probes = new Probes(peer, peer.seats);
  try {
    await waitFor('probes are acknowledged', 10, () => probes.times.length >= PROBES_BEFORE);
    probes.mark();
    await replace();
    await waitFor('another leader', OUTAGE_MAX_S, async () => (await peer.leader()) !== before);
    const changed = performance.now();
    await waitFor('writes after the change', 10, () => probes.times.at(-1) > changed + AFTER_MS);
    return { outage_ms: probes.longestGap() };
  } finally {
    probes.stop();
  }
}

export async function handover(world, options) {
  await world.start();
  for (let repeat = 1; repeat <= options.repeat; repeat++) {
    for (const peer of world.peers) {
      await attempt(world, 'handover', { peer: peer.name, repeat }, () => planned(peer));
    }
  }
  await world.stop();
}
