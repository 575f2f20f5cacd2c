// Our cluster as deploy_local.sh makes it: a chain, the contract, the KMS, guest agents and nodes, in a
// world of its own. Nothing is turned off: signatures, the notary, TLS between peers and syncs are on.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ask, askJson } from './http.mjs';
import { ROOT } from './machine.mjs';
import { freePorts, isAlive, prefer, run, waitFor } from './processes.mjs';

const HOST = 'http://127.0.0.1';
const put = (keys) => ({ method: 'PUT', path: '/kv/{key}', body: '{value}', keys });

export class Cluster {
  name = 'ours';
  loads = {
    increment: { method: 'POST', path: '/increment' },
    put: put(1000),
    read: { method: 'GET', path: '/kv/{key}', keys: 1000 },
    stale: { method: 'GET', path: '/kv/{key}?consistency=stale', keys: 1000 },
    cas: { script: 'cas_ours.lua', path: '/' },
    putOver: put,
  };

  constructor({ directory, size = 3, priority = false, bin }) {
    this.home = join(directory, 'ours');
    this.seats = Array.from({ length: size }, (_, index) => index + 1);
    this.priority = priority;
    this.bin = bin;
  }

  async start() {
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
    mkdirSync(this.home, { recursive: true });
    this.firstPort = await freePorts(this.seats.length + 3);
    const next = this.firstPort + this.seats.length;
    this.rpc = `${HOST}:${next}`;
    this.environment = {
      ...process.env,
      DNC_HOME: this.home,
      DNC_DEPLOYMENTS: join(this.home, 'deployments'),
      DNC_BIN: this.bin,
      DNC_PORT: `${this.firstPort}`,
      DNC_RPC_PORT: `${next}`,
      DNC_KMS_PORT: `${next + 1}`,
    };
    delete this.environment.DNC_COMPOSE;
    await this.script('deploy_local.sh', '--nodes', `${this.seats.length}`);
    if (this.priority) this.memberPids().forEach((pid) => prefer(pid));
    await this.whole();
  }

  script(name, ...args) {
    return run(join(ROOT, name), args, { env: this.environment });
  }

  async stop() {
    if (!this.environment) return;
    await this.script('stop_local.sh', '--wipe');
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }

  url(seat) {
    return `${HOST}:${this.firstPort + seat - 1}`;
  }

  pid(name) {
    return Number(readFileSync(join(this.home, 'run', `${name}.pid`), 'utf8').split(' ')[0]);
  }

  memberPids() {
    return this.seats.map((seat) => this.pid(`node-${seat}`)).filter(isAlive);
  }

  // With what stands around the nodes: the chain, the KMS, the guest agents.
  allPids() {
    const around = ['anvil', 'kms', ...this.seats.map((seat) => `agent-${seat}`)];
    return [...this.memberPids(), ...around.map((name) => this.pid(name)).filter(isAlive)];
  }

  status(seat) {
    return askJson('GET', `${this.url(seat)}/status`);
  }

  // The seat that leads: all nodes name it, and it agrees.
  async leader() {
    const all = await Promise.all(this.seats.map((seat) => this.status(seat)));
    const leading = all.find((status) => status.role === 'leader')?.seat;
    if (!leading || all.some((status) => status.leader?.seat !== leading)) throw new Error('no leader');
    return leading;
  }

  async term() {
    return (await this.status(await this.leader())).term;
  }

  // All nodes serve under one leader, are as far as each other and take writes.
  whole(seconds = 60) {
    return waitFor('the cluster is whole', seconds, async () => {
      await this.leader();
      const all = await Promise.all(this.seats.map((seat) => this.status(seat)));
      const trouble = all.find((status) => !['leader', 'follower'].includes(status.role));
      if (trouble) throw new Error(`seat ${trouble.seat} is ${trouble.role}: ${trouble.reason}`);
      const commits = all.map((status) => status.commit_seq);
      if (Math.max(...commits) - Math.min(...commits) > 1) throw new Error('a node lags');
      await this.write(this.seats[0], 2000);
      return true;
    });
  }

  write(seat, timeout) {
    return askJson('POST', `${this.url(seat)}/increment`, { timeout });
  }

  async counter() {
    return (await askJson('GET', `${this.url(await this.leader())}/counter`)).value;
  }

  async setContended() {
    const { status, text } = await ask('PUT', `${this.url(await this.leader())}/kv/contended`, { body: '0' });
    if (status !== 200) throw new Error(`the contended key cannot be set: ${status} ${text}`);
  }

  // How far a member that serves has come.
  async progress(seat) {
    const { role, commit_seq: commit } = await this.status(seat);
    return ['leader', 'follower'].includes(role) ? commit : 0;
  }

  // Returns what replaces the leader: votes of no confidence by the operators of all other seats, on the
  // contract, which must have heard of the leader first.
  async prepareHandover(leader) {
    await waitFor('the contract knows the leader', 30, async () => {
      const { chain } = await this.status(leader);
      return chain.leader_seat === leader;
    });
    const { operator } = await this.status(leader);
    const { address } = JSON.parse(readFileSync(join(this.home, 'deployments/31337.json'), 'utf8'));
    const key = (seat) => readFileSync(join(this.home, `keys/seat-${seat}.operator.key`), 'utf8').trim();
    const voters = this.seats.filter((seat) => seat !== leader);
    for (const seat of voters) await this.fund((await this.cast('wallet', 'address', key(seat))).trim());
    const vote = ['castVote(address,bool)', operator, 'true'];
    return () =>
      Promise.all(
        voters.map((seat) =>
          this.cast('send', '--rpc-url', this.rpc, '--private-key', key(seat), address, ...vote),
        ),
      );
  }

  cast(...args) {
    return run(join(ROOT, 'node_modules/.bin/cast'), args);
  }

  // The last seat's operator has no ether by itself.
  fund(address) {
    return this.cast('rpc', '--rpc-url', this.rpc, 'anvil_setBalance', address, '0xde0b6b3a7640000');
  }

  kill(seat, signal) {
    process.kill(this.pid(`node-${seat}`), signal);
  }

  async revive(seat) {
    const pid = this.pid(`node-${seat}`);
    if (isAlive(pid)) return process.kill(pid, 'SIGCONT');
    await this.script('scripts/node.sh', 'start', `${seat}`);
    if (this.priority) prefer(this.pid(`node-${seat}`));
  }
}
