#!/usr/bin/env node
// Runs experiments and keeps what they measured. Start it with bench/run.sh, which prepares the tools.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { failover, restart } from './lib/failover.mjs';
import { million, payload, sizes, state, steady } from './lib/growth.mjs';
import { ROOT } from './lib/machine.mjs';
import { matrix } from './lib/matrix.mjs';
import { prefer } from './lib/processes.mjs';
import { report } from './lib/report.mjs';
import { Results } from './lib/results.mjs';
import { World } from './lib/world.mjs';

const EXPERIMENTS = { matrix, failover, sizes, payload, state, million, restart, steady };

// What each experiment takes, as text; lists have commas.
const DEFAULTS = {
  seconds: '10', 'warm-up': '2', repeat: '3', connections: '1,16,64,256', failures: '20', minutes: '30', bytes: '16,256,1024,4096,16384,65536',
  members: '1,3,5,7', keys: '1000,10000,100000,1000000', increments: '1000000',
};
const SMOKE = { seconds: '1', 'warm-up': '1', repeat: '1', connections: '16', failures: '1', minutes: '0.1', bytes: '16,65536', members: '1,3', keys: '1000,5000', increments: '10000' };

const USAGE = `usage: bench/run.sh [EXPERIMENT...] [OPTION...]

experiments (matrix): ${Object.keys(EXPERIMENTS).join(', ')}, or all
report                 tables and plots of docs/performance.md from the newest results; measures nothing

  --seconds N          of each cell (${DEFAULTS.seconds})          --warm-up N   before each cell (${DEFAULTS['warm-up']})
  --repeat N           of each cell (${DEFAULTS.repeat})           --failures N  of each kind in failover (${DEFAULTS.failures})
  --connections LIST   of matrix (${DEFAULTS.connections})
  --bytes LIST         of values in payload (${DEFAULTS.bytes})
  --members LIST       of sizes (${DEFAULTS.members})
  --keys LIST          of state (${DEFAULTS.keys})
  --increments N       of million (${DEFAULTS.increments})     --minutes N   of steady (${DEFAULTS.minutes})
  --peers LIST         ours, etcd (both)
  --out DIR            where results are kept (bench/results)
  --priority           puts all that is measured, of both peers, before others in the scheduler's queue; root
  --smoke              small and short, and nothing is kept: does it work?`;

const numbers = (text) => text.split(',').map(Number);

function parse() {
  const strings = Object.fromEntries([...Object.keys(DEFAULTS), 'peers', 'out'].map((name) => [name, { type: 'string' }]));
  const flags = Object.fromEntries(['priority', 'smoke', 'help'].map((name) => [name, { type: 'boolean' }]));
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { ...strings, ...flags } });
  const names = positionals.length === 0 ? ['matrix'] : positionals.includes('all') ? Object.keys(EXPERIMENTS) : positionals;
  const chosen = { ...DEFAULTS, ...(values.smoke ? SMOKE : {}), ...values };
  const lists = Object.fromEntries(['connections', 'bytes', 'members', 'keys'].map((name) => [name, numbers(chosen[name])]));
  const single = Object.fromEntries(['seconds', 'repeat', 'failures', 'minutes', 'increments'].map((name) => [name, Number(chosen[name])]));
  const options = {
    ...lists, ...single, warmUp: Number(chosen['warm-up']), peers: (values.peers ?? 'etcd,ours').split(','), help: values.help,
    out: resolve(values.out ?? join(ROOT, values.smoke ? 'build/bench-smoke' : 'bench/results')),
    priority: Boolean(values.priority), bin: process.env.DNC_BIN ?? join(ROOT, 'build/bin'),
  };
  const known = names.every((name) => name === 'report' || EXPERIMENTS[name]) && options.peers.every((peer) => ['ours', 'etcd'].includes(peer));
  const sane = [...Object.values(lists).flat(), ...Object.values(single), options.warmUp].every((number) => number > 0);
  if (!known || !sane) throw new Error('bad usage');
  return { names, options };
}

async function experiment(name, options) {
  const world = new World(options, new Results(options.out, options));
  const end = async () => {
    await world.stop().catch((error) => console.error(error.message));
    rmSync(options.directory, { recursive: true, force: true });
    process.exit(130);
  };
  process.once('SIGINT', end).once('SIGTERM', end);
  try {
    await EXPERIMENTS[name](world, options);
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
    await world.stop();
  }
  if (world.noisy) console.log(`${name}: ${world.noisy} cells were disturbed by other programs`);
  return world.failures;
}

async function main() {
  const { names, options } = parse();
  if (options.help) return console.log(USAGE);
  if (names.includes('report')) return report(options.out);
  mkdirSync(join(ROOT, 'build'), { recursive: true });
  options.directory = mkdtempSync(join(ROOT, 'build/bench-'));
  if (options.priority) prefer(process.pid); // and with it the load generators
  let failures = 0;
  for (const name of names) failures += await experiment(name, options);
  rmSync(options.directory, { recursive: true, force: true });
  if (options.out === join(ROOT, 'bench/results')) await report(options.out);
  console.log(failures === 0 ? 'no cell failed' : `${failures} cells failed`);
  if (failures > 0) process.exitCode = 1;
}

main().catch((error) => {
  console.error(error.message === 'bad usage' || error.code?.startsWith('ERR_PARSE_ARGS') ? `${error.message}\n${USAGE}` : error.stack);
  process.exitCode = error.message === 'bad usage' ? 64 : 1;
});
