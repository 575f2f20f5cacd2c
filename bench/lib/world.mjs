// Both peers side by side, started and stopped together; idle, each takes some percent of a core.
import { Cluster } from './cluster.mjs';
import { fill } from './client.mjs';
import { Etcd } from './etcd.mjs';
import { FOREIGN_CORES_MAX } from './machine.mjs';
import { Nothing } from './nothing.mjs';

const MAKERS = { ours: Cluster, etcd: Etcd };

const milliseconds = (value) => (value === undefined ? '' : `${value.toFixed(value < 10 ? 2 : 1)} ms`);

export class World {
  constructor(options, results) {
    Object.assign(this, { options, results, peers: [], failures: 0, noisy: 0 });
  }

  async start({ size = 3, nothing = false } = {}) {
    const setting = { ...this.options, size };
    for (const name of this.options.peers) {
      const peer = new MAKERS[name](setting);
      this.peers.push(peer);
      await peer.start();
      if (name === 'etcd') this.etcd = peer;
    }
    if (nothing) {
      this.nothing = new Nothing(setting);
      await this.nothing.start();
    }
  }

  // May be asked for twice: at the end and by a signal.
  stop() {
    this.stopping ??= this.stopAll().finally(() => {
      this.stopping = undefined;
    });
    return this.stopping;
  }

  async stopAll() {
    const all = this.everything();
    this.peers = [];
    this.etcd = this.nothing = undefined;
    for (const one of all) await one.stop();
  }

  everything() {
    return [...this.peers, ...(this.nothing ? [this.nothing] : [])];
  }

  // Puts each of so many keys once.
  async fill(peer, keys, valueBytes = 16) {
    const url = peer.url(await peer.leader());
    await fill(url, peer.loads.putOver(keys), { connections: Math.min(256, keys), valueBytes });
  }

  say(experiment, line, result) {
    const noisy = result.foreign_cores > FOREIGN_CORES_MAX;
    if (noisy) this.noisy += 1;
    const where = Object.entries(line).map(([name, value]) =>
      name === 'peer' || name === 'operation' ? value : `${name} ${value}`,
    );
    const memory =
      line.operation === undefined && result.rss_mib
        ? `${result.acknowledged} increments, ${result.rss_mib.join(', ')} MiB`
        : '';
    const rate =
      result.rate === undefined
        ? ''
        : `${Math.round(result.rate)}/s, p50 ${milliseconds(result.p50_ms)}, p99 ${milliseconds(result.p99_ms)}`;
    const time = result.outage_ms === undefined ? '' : `${Math.round(result.outage_ms)} ms`;
    const others = noisy ? `  (others used ${result.foreign_cores} cores)` : '';
    console.log(`${experiment}: ${where.join(', ')}: ${rate}${time}${memory}${others}`);
  }

  fail(experiment, line, error) {
    this.failures += 1;
    console.error(`${experiment}: ${JSON.stringify(line)} FAILED: ${error.message}`);
  }
}
