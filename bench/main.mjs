#!/usr/bin/env node
// Runs experiments and keeps what they measured. Start it with bench/run.sh, which prepares the tools.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { failover, handover, restart } from './lib/failover.mjs';
import { million, payload, sizes, state, steady } from './lib/growth.mjs';
import { ROOT } from './lib/machine.mjs';
import { matrix } from './lib/matrix.mjs';
import { OPTIONS_HELP, parse } from './lib/options.mjs';
import { prefer } from './lib/processes.mjs';
import { report } from './lib/report.mjs';
import { Results } from './lib/results.mjs';
import { World } from './lib/world.mjs';

const EXPERIMENTS = { matrix, failover, sizes, payload, state, million, restart, handover, steady };

const USAGE = `usage: bench/run.sh [EXPERIMENT...] [OPTION...]

experiments (matrix): ${Object.keys(EXPERIMENTS).join(', ')}, or all
report                 tables and plots of docs/performance.md from the newest results; measures nothing

${OPTIONS_HELP}`;

async function experiment(name, options) {
  const world = new World(options, new Results(options.out, options));
  const end = async () => {
    world.interrupted = true;
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
  const { names, options } = parse(Object.keys(EXPERIMENTS));
  if (options.help) return console.log(USAGE);
  if (names.includes('report')) return report(options.out);
  mkdirSync(join(ROOT, 'build'), { recursive: true });
  options.directory = mkdtempSync(join(ROOT, 'build/bench-'));
  if (options.priority) {
    prefer(process.pid); // and with it the load generators
    process.on('exit', () => prefer(process.pid, 0)); // the session may be a terminal's
  }
  let failures = 0;
  try {
    for (const name of names) failures += await experiment(name, options);
  } finally {
    rmSync(options.directory, { recursive: true, force: true });
  }
  if (options.out === join(ROOT, 'bench/results')) await report(options.out);
  console.log(failures === 0 ? 'no cell failed' : `${failures} cells failed`);
  if (failures > 0) process.exitCode = 1;
}

main().catch((error) => {
  console.error(
    error.message === 'bad usage' || error.code?.startsWith('ERR_PARSE_ARGS')
      ? `${error.message}\n${USAGE}`
      : error.stack,
  );
  process.exitCode = error.message === 'bad usage' ? 64 : 1;
});
