#!/usr/bin/env node
// Runs experiments and keeps what they measured. Start it with bench/run.sh, which prepares the tools.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from './lib/machine.mjs';
import { matrix } from './lib/matrix.mjs';
import { prefer } from './lib/processes.mjs';
import { report } from './lib/report.mjs';
import { Results } from './lib/results.mjs';
import { World } from './lib/world.mjs';

const EXPERIMENTS = { matrix };

const USAGE = `usage: bench/run.sh [EXPERIMENT...] [OPTION...]

experiments (matrix): ${Object.keys(EXPERIMENTS).join(', ')}, or all
report              tables and plots of docs/performance.md from the newest results; measures nothing

  --seconds N       of each cell (10)              --warm-up N    before each cell (2)
  --repeat N        of each cell (3)               --connections LIST    (1,16,64,256)
  --peers LIST      ours, etcd (both)              --out DIR      where results are kept (bench/results)
  --priority        puts all that is measured, of both peers, before others in the scheduler's queue; root
  --smoke           small and short, and nothing is kept: does it work?`;

function parse() {
  const text = (value) => ({ type: 'string', default: value });
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seconds: text('10'), 'warm-up': text('2'), repeat: text('3'), connections: text('1,16,64,256'),
      peers: text('etcd,ours'), out: text(join(ROOT, 'bench/results')), priority: { type: 'boolean' },
      smoke: { type: 'boolean' }, help: { type: 'boolean' },
    },
  });
  const names = positionals.length === 0 ? ['matrix'] : positionals.includes('all') ? Object.keys(EXPERIMENTS) : positionals;
  const options = {
    seconds: Number(values.seconds), warmUp: Number(values['warm-up']), repeat: Number(values.repeat),
    connections: values.connections.split(',').map(Number), peers: values.peers.split(','),
    out: resolve(values.out), priority: Boolean(values.priority), bin: process.env.DNC_BIN ?? join(ROOT, 'build/bin'),
    help: values.help,
  };
  if (values.smoke) Object.assign(options, { seconds: 1, warmUp: 1, repeat: 1, connections: [16] });
  if (values.smoke) options.out = join(ROOT, 'build/bench-smoke');
  const numbers = [options.seconds, options.warmUp, options.repeat, ...options.connections];
  const known = names.every((name) => name === 'report' || EXPERIMENTS[name]);
  if (!known || !numbers.every((number) => number > 0) || !options.peers.every((peer) => ['ours', 'etcd'].includes(peer))) {
    throw new Error('bad usage');
  }
  return { names, options };
}

async function experiment(name, options) {
  const world = new World(options, new Results(options.out, options));
  const end = async () => {
    await world.stop().catch((error) => console.error(error.message));
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
