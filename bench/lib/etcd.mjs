// The peer: etcd's members on loopback with its default settings, spoken to through the HTTP/JSON
// gateway, and natively for puts.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askJson } from './http.mjs';
import { freePorts, isAlive, prefer, startDaemon, stopProcess, waitFor } from './processes.mjs';

const HOST = 'http://127.0.0.1';
const JSON_BODY = { 'Content-Type': 'application/json' };
const HOT_KEY = Buffer.from('counter').toString('base64');
const VALUE = Buffer.from('0123456789abcdef').toString('base64');
const post = (path, body, keys = 1) => ({ method: 'POST', path, headers: JSON_BODY, body, keys });
const put = (keys) => post('/v3/kv/put', '{"key":"{key64}","value":"{value64}"}', keys);
const HOT_PUT = `{"key":"${HOT_KEY}","value":"${VALUE}","prev_kv":true}`;

export class Etcd {
  name = 'etcd';
  // An increment is a put that returns what was there before: the key's version counts the puts. It is
  // the cheapest counter that etcd has; it can add nothing but one.
  loads = {
    increment: post('/v3/kv/put', HOT_PUT),
    put: put(1000),
    read: post('/v3/kv/range', '{"key":"{key64}"}', 1000),
    stale: post('/v3/kv/range', '{"key":"{key64}","serializable":true}', 1000),
    cas: { script: 'cas_etcd.lua', path: '/', headers: JSON_BODY },
    putOver: put,
  };

  constructor({ directory, size = 3, priority = false }) {
    this.directory = join(directory, 'etcd');
    this.seats = Array.from({ length: size }, (_, index) => index + 1);
    this.priority = priority;
    this.pids = new Map();
  }

  async start() {
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 });
    mkdirSync(this.directory, { recursive: true });
    this.firstPort = await freePorts(2 * this.seats.length);
    for (const seat of this.seats) this.startMember(seat);
    await this.whole();
  }

  startMember(seat) {
    const peers = this.seats.map((member) => `m${member}=${HOST}:${this.peerPort(member)}`).join(',');
    const pid = startDaemon(
      'etcd',
      [
        '--name',
        `m${seat}`,
        '--data-dir',
        join(this.directory, `m${seat}`),
        '--listen-client-urls',
        this.url(seat),
        '--advertise-client-urls',
        this.url(seat),
        '--listen-peer-urls',
        `${HOST}:${this.peerPort(seat)}`,
        '--initial-advertise-peer-urls',
        `${HOST}:${this.peerPort(seat)}`,
        '--initial-cluster',
        peers,
        '--initial-cluster-state',
        'new',
      ],
      join(this.directory, `m${seat}.log`),
    );
    this.pids.set(seat, pid);
    if (this.priority) prefer(pid);
  }

  async stop() {
    await Promise.all([...this.pids.values()].map(stopProcess));
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }

  url(seat) {
    return `${HOST}:${this.firstPort + 2 * (seat - 1)}`;
  }

  peerPort(seat) {
    return this.firstPort + 2 * (seat - 1) + 1;
  }

  memberPids() {
    return [...this.pids.values()].filter(isAlive);
  }

  allPids() {
    return this.memberPids();
  }

  async status(seat) {
    const body = await askJson('POST', `${this.url(seat)}/v3/maintenance/status`, {
      body: '{}',
      headers: JSON_BODY,
    });
    return {
      member: body.header.member_id,
      leader: body.leader,
      applied: Number(body.raftAppliedIndex),
      term: body.raftTerm,
    };
  }

  // The seat that leads: all members name it.
  async leader() {
    const all = await Promise.all(this.seats.map((seat) => this.status(seat)));
    const leading = all.findIndex((status) => status.member === status.leader);
    if (leading < 0 || all.some((status) => status.leader !== all[leading].member))
      throw new Error('no leader');
    return this.seats[leading];
  }

  async term() {
    return (await this.status(await this.leader())).term;
  }

  // All members agree on a leader, have applied the same and take writes.
  whole(seconds = 60) {
    return waitFor('etcd is whole', seconds, async () => {
      await this.leader();
      const applied = (await Promise.all(this.seats.map((seat) => this.status(seat)))).map(
        (status) => status.applied,
      );
      if (Math.max(...applied) !== Math.min(...applied)) throw new Error('a member lags');
      await this.write(this.seats[0], 2000);
      return true;
    });
  }

  write(seat, timeout) {
    return askJson('POST', `${this.url(seat)}/v3/kv/put`, { body: HOT_PUT, headers: JSON_BODY, timeout });
  }

  // How often the hot key was put: what increments have come to.
  async counter() {
    const body = `{"key":"${HOT_KEY}"}`;
    const found = await askJson('POST', `${this.url(await this.leader())}/v3/kv/range`, {
      body,
      headers: JSON_BODY,
    });
    return Number(found.kvs?.[0]?.version ?? 0);
  }

  async setContended() {
    const body = `{"key":"${Buffer.from('contended').toString('base64')}","value":"${Buffer.from('0').toString('base64')}"}`;
    await askJson('POST', `${this.url(await this.leader())}/v3/kv/put`, { body, headers: JSON_BODY });
  }

  // The same put as a native client sends it: a length, then PutRequest{key, value}.
  grpcPut(directory) {
    const field = (number, text) =>
      Buffer.concat([Buffer.from([number * 8 + 2, text.length]), Buffer.from(text)]);
    const message = Buffer.concat([field(1, 'counter'), field(2, '0123456789abcdef')]);
    const file = join(directory, 'grpc-put.bin');
    writeFileSync(file, Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message]));
    return { path: '/etcdserverpb.KV/Put', file };
  }

  // How far a member that serves has come.
  async progress(seat) {
    return (await this.status(seat)).applied;
  }

  // Returns what replaces the leader: a request to move its office to the next member.
  async prepareHandover(leader) {
    const successor = this.seats[leader % this.seats.length];
    const body = JSON.stringify({ targetID: (await this.status(successor)).member });
    const path = '/v3/maintenance/transfer-leadership';
    return () => askJson('POST', `${this.url(leader)}${path}`, { body, headers: JSON_BODY, timeout: 10_000 });
  }

  kill(seat, signal) {
    process.kill(this.pids.get(seat), signal);
  }

  async revive(seat) {
    const pid = this.pids.get(seat);
    if (isAlive(pid)) process.kill(pid, 'SIGCONT');
    else this.startMember(seat);
  }
}
