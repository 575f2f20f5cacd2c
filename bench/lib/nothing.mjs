// The ceiling: our HTTP library with nothing behind it.
import { join } from 'node:path';
import { ask } from './http.mjs';
import { freePorts, isAlive, prefer, startDaemon, stopProcess, waitFor } from './processes.mjs';

export class Nothing {
  name = 'nothing';
  loads = {
    post: { method: 'POST', path: '/increment' },
    get: { method: 'GET', path: '/kv/{key}', keys: 1000 },
  };

  constructor({ directory, bin, priority = false }) {
    Object.assign(this, { directory, bin, priority });
  }

  async start() {
    this.port = await freePorts(1);
    this.process = startDaemon(
      join(this.bin, 'bench_nothing'),
      [`${this.port}`],
      join(this.directory, 'nothing.log'),
    );
    if (this.priority) prefer(this.process);
    await waitFor('the do-nothing server', 10, async () => (await ask('GET', this.url())).status === 200);
  }

  async stop() {
    if (this.process) await stopProcess(this.process);
  }

  url() {
    return `http://127.0.0.1:${this.port}`;
  }

  leader() {
    return 1;
  }

  term() {
    return 1;
  }

  memberPids() {
    return isAlive(this.process) ? [this.process] : [];
  }

  allPids() {
    return this.memberPids();
  }
}
