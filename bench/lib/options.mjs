// The command line of bench/run.sh.
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from './machine.mjs';
import { OPERATIONS } from './matrix.mjs';

// What each experiment takes, as text; lists have commas.
const DEFAULTS = {
  seconds: '10',
  'warm-up': '2',
  repeat: '3',
  connections: '1,16,64,256',
  operations: OPERATIONS.join(','),
  failures: '20',
  minutes: '30',
  bytes: '16,256,1024,4096,16384,65536',
  members: '1,3,5,7',
  keys: '1000,10000,100000,1000000',
  increments: '1000000',
};
const SMOKE = {
  seconds: '1',
  'warm-up': '1',
  repeat: '1',
  connections: '16',
  failures: '1',
  minutes: '0.1',
  bytes: '16,65536',
  members: '1,3',
  keys: '1000,5000',
  increments: '10000',
};

export const OPTIONS_HELP = `  --seconds N          of each cell (${DEFAULTS.seconds})
  --warm-up N          before each cell (${DEFAULTS['warm-up']})
  --repeat N           of each cell (${DEFAULTS.repeat})
  --connections LIST   of matrix (${DEFAULTS.connections})
  --operations LIST    of matrix (${DEFAULTS.operations})
  --failures N         of each kind in failover (${DEFAULTS.failures})
  --bytes LIST         of values in payload (${DEFAULTS.bytes})
  --members LIST       of sizes (${DEFAULTS.members})
  --keys LIST          of state (${DEFAULTS.keys})
  --increments N       of million (${DEFAULTS.increments})
  --minutes N          of steady (${DEFAULTS.minutes})
  --peers LIST         ours, etcd (both)
  --out DIR            where results are kept (bench/results)
  --priority           puts all that is measured, of both peers, before others in the scheduler's queue; root
  --smoke              small and short, and nothing is kept: does it work?`;

const numbers = (text) => text.split(',').map(Number);

// Which of `experiments` to run, and how. Throws "bad usage".
export function parse(experiments) {
  const strings = Object.fromEntries(
    [...Object.keys(DEFAULTS), 'peers', 'out'].map((name) => [name, { type: 'string' }]),
  );
  const flags = Object.fromEntries(['priority', 'smoke', 'help'].map((name) => [name, { type: 'boolean' }]));
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { ...strings, ...flags } });
  const names =
    positionals.length === 0 ? ['matrix'] : positionals.includes('all') ? experiments : positionals;
  const chosen = { ...DEFAULTS, ...(values.smoke ? SMOKE : {}), ...values };
  const lists = Object.fromEntries(
    ['connections', 'bytes', 'members', 'keys'].map((name) => [name, numbers(chosen[name])]),
  );
  const single = Object.fromEntries(
    ['seconds', 'repeat', 'failures', 'minutes', 'increments'].map((name) => [name, Number(chosen[name])]),
  );
  const options = {
    ...lists,
    ...single,
    warmUp: Number(chosen['warm-up']),
    operations: chosen.operations.split(','),
    peers: (values.peers ?? 'etcd,ours').split(','),
    help: values.help,
    out: resolve(values.out ?? join(ROOT, values.smoke ? 'build/bench-smoke' : 'bench/results')),
    priority: Boolean(values.priority),
    bin: process.env.DNC_BIN ?? join(ROOT, 'build/bin'),
  };
  const known =
    names.every((name) => name === 'report' || experiments.includes(name)) &&
    options.operations.every((operation) => OPERATIONS.includes(operation)) &&
    options.peers.every((peer) => ['ours', 'etcd'].includes(peer));
  const sane = [...Object.values(lists).flat(), ...Object.values(single), options.warmUp].every(
    (number) => number > 0,
  );
  if (!known || !sane) throw new Error('bad usage');
  return { names, options };
}
