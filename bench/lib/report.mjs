// docs/performance.md: the tables between its markers, and the plots, from the newest results.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bars, outages, quantile } from './bars.mjs';
import { FOREIGN_CORES_MAX, ROOT } from './machine.mjs';
import { writePlots } from './plots.mjs';
import { medians, newest } from './results.mjs';

export const DOCUMENT = join(ROOT, 'docs/performance.md');
const BUDGET = join(ROOT, 'bench/guard/budget.json');
const KINDS = ['matrix', 'failover', 'sizes', 'payload', 'state', 'million', 'restart', 'handover', 'steady'];

// Three digits are as many as a shared machine is good for.
export const digits = (value) =>
  value >= 1000 ? Math.round(value).toLocaleString('en-US') : `${Number(value.toPrecision(3))}`;

const NAMES = {
  increment: 'increment',
  put: 'put, 1,000 keys',
  grpc_put: 'put, native gRPC',
  read: 'linearizable read',
  stale: 'stale read',
  cas: 'contended compare-and-swap',
  post: 'POST, nothing done',
  get: 'GET, nothing done',
};

export function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const unique = (lines, name) => [
  ...new Set(lines.map((line) => line[name]).filter((value) => value !== undefined)),
];

function cell(result) {
  if (!result) return '-';
  if (result.error) return 'failed';
  return `${digits(result.rate)}, ${digits(result.p50_ms)} / ${digits(result.p99_ms)}`;
}

function matrixTable(lines) {
  const columns = unique(lines, 'connections');
  const rows = Object.keys(NAMES).flatMap((operation) =>
    ['ours', 'etcd', 'nothing']
      .filter((peer) => lines.some((line) => line.peer === peer && line.operation === operation))
      .map((peer) => [
        NAMES[operation],
        peer === 'nothing' ? 'our HTTP library' : peer,
        ...columns.map((connections) => cell(medians(lines, { peer, operation, connections }))),
      ]),
  );
  return table(
    ['requests/s, p50 / p99 in ms', 'who', ...columns.map((connections) => `c=${connections}`)],
    rows,
  );
}

function costTable(lines) {
  const columns = unique(lines, 'connections');
  const rows = ['increment', 'put', 'read', 'stale'].flatMap((operation) =>
    ['ours', 'etcd'].map((peer) => [
      NAMES[operation],
      peer,
      ...columns.map((connections) => {
        const found = medians(lines, { peer, operation, connections });
        return !found || found.error
          ? '-'
          : `${digits(found.cpu_us_per_operation)} us, ${digits(found.rss_mib)} MiB`;
      }),
    ]),
  );
  return table(
    ['CPU of all members per operation, most memory of a member', 'who', ...columns.map((c) => `c=${c}`)],
    rows,
  );
}

// One row for each value of `along`, one column for each operation and peer.
function seriesTable(lines, along, label) {
  const columns = unique(lines, 'operation').flatMap((operation) =>
    unique(lines, 'connections').flatMap((connections) =>
      unique(lines, 'peer').map((peer) => ({ operation, connections, peer })),
    ),
  );
  const used = columns.filter((column) => medians(lines, column));
  return table(
    [
      `${label}; then requests/s, p50 / p99 in ms`,
      ...used.map((column) => `${column.peer}: ${column.operation}, c=${column.connections}`),
    ],
    unique(lines, along).map((value) => [
      digits(value),
      ...used.map((column) => cell(medians(lines, { ...column, [along]: value }))),
    ]),
  );
}

function provenance(lines) {
  const [{ run, commit, etcd, machine, priority }] = lines;
  const measured = lines.filter((line) => line.foreign_cores !== undefined).length;
  const noisy = lines.filter((line) => line.foreign_cores > FOREIGN_CORES_MAX).length;
  const beside = etcd ? ` beside etcd ${etcd}` : '';
  const where = `${machine.cores} cores of ${machine.cpu}, ${machine.memory_gib} GiB, Linux ${machine.kernel}`;
  const others = measured
    ? `; in ${noisy} of ${measured} cells other programs used more than a quarter of a core.`
    : '.';
  const weak = noisy > measured / 2 ? ' **A disturbed run: its figures are weak evidence.**' : '';
  return `Measured ${run.slice(0, 10)} at commit ${commit}${beside} on ${where}${priority ? ', with `--priority`' : ''}${others}${weak}`;
}

// Why cells failed, one sentence for each.
function failures(lines) {
  return lines
    .filter((line) => line.error)
    .map((line) => {
      const where = [
        'peer',
        'operation',
        'fault',
        'what',
        'connections',
        'members',
        'keys',
        'value_bytes',
        'repeat',
      ]
        .filter((name) => line[name] !== undefined)
        .map((name) =>
          ['peer', 'operation', 'fault', 'what'].includes(name) ? line[name] : `${name} ${line[name]}`,
        );
      return `- failed: ${where.join(', ')}: ${line.error.trim().split('\n')[0]}`;
    })
    .join('\n');
}

function outageTable(lines) {
  const rows = unique(lines, 'fault').flatMap((fault) =>
    unique(lines, 'peer').map((peer) => {
      const times = outages(lines, peer, fault);
      return [
        fault,
        peer,
        `${times.length}`,
        ...[0, 0.5, 0.9, 0.99].map((share) => digits(quantile(times, share))),
      ];
    }),
  );
  return table(
    ['fault, ms until the next acknowledged write', 'who', 'runs', 'least', 'p50', 'p90', 'p99'],
    rows,
  );
}

function restartTable(lines) {
  const rows = unique(lines, 'what').flatMap((what) =>
    unique(lines, 'peer').map((peer) => {
      const found = medians(lines, { what, peer });
      if (found.error) return [what, peer, 'failed', '-'];
      return [what, peer, digits(found.outage_ms / 1000), found.missed ? digits(found.missed) : '-'];
    }),
  );
  return table(['started again after kill -9', 'who', 'seconds', 'increments missed'], rows);
}

function handoverTable(lines) {
  const rows = unique(lines, 'peer').map((peer) => {
    const found = medians(lines, { peer });
    return [peer, found.error ? 'failed' : digits(found.outage_ms)];
  });
  return table(['who', 'longest time without an acknowledgement, ms'], rows);
}

function memoryTable(lines) {
  return table(
    ['who', 'increments', 'MiB of each member'],
    lines.map((line) => [
      line.peer,
      line.error ? 'failed' : digits(line.acknowledged),
      line.error ? '-' : line.rss_mib.join(', '),
    ]),
  );
}

function steadyTable(lines) {
  return table(
    ['who', 'minutes', 'increments/s at 64 connections', 'leader changes'],
    lines.map((line) => [
      line.peer,
      `${line.minutes}`,
      line.error ? 'failed' : digits(line.rate),
      line.error ? '-' : `${line.leader_changes}`,
    ]),
  );
}

const SECTIONS = {
  failover: (lines) => [outageTable(lines)],
  handover: (lines) => [handoverTable(lines)],
  restart: (lines) => [restartTable(lines)],
  million: (lines) => [memoryTable(lines)],
  steady: (lines) => [steadyTable(lines)],
  matrix: (lines) => [matrixTable(lines), costTable(lines)],
  payload: (lines) => [seriesTable(lines, 'value_bytes', 'bytes of a value')],
  sizes: (lines) => [seriesTable(lines, 'members', 'members')],
  state: (lines) => [seriesTable(lines, 'keys', 'keys')],
};

function section(kind, results) {
  const lines = results[kind];
  if (lines.length === 0) return 'Not measured yet.';
  const body = SECTIONS[kind] ? SECTIONS[kind](lines) : [];
  return [provenance(lines), ...body, failures(lines)].filter(Boolean).join('\n\n');
}

// What a write may cost in instructions, stage by stage: bench/guard holds the program to it.
export function budgetTable(budget = JSON.parse(readFileSync(BUDGET, 'utf8'))) {
  const whole = (value) => Math.round(value).toLocaleString('en-US');
  const rows = Object.entries(budget).map(([stage, { name, of, instructions, per_write: share }]) => [
    name,
    `\`${stage}\``,
    of,
    whole(instructions),
    share ? whole((instructions * share.units) / share.writes) : '-',
  ]);
  return table(['stage', 'guarded as', 'a unit is', 'instructions', 'per write, three members'], rows);
}

export async function report(directory) {
  const results = Object.fromEntries(KINDS.map((kind) => [kind, newest(directory, kind)]));
  const replaced = { bars: table(['bar', 'wanted', 'measured', 'reached'], bars(results, digits)) };
  for (const kind of KINDS) replaced[kind] = section(kind, results);
  replaced.budget = budgetTable();
  let text = readFileSync(DOCUMENT, 'utf8');
  for (const [name, content] of Object.entries(replaced)) {
    const place = new RegExp(`(<!-- made: ${name} -->\n)[^]*?(<!-- end -->)`);
    if (!place.test(text)) throw new Error(`docs/performance.md has no place for "${name}"`);
    text = text.replace(place, (_, head, end) => `${head}\n${content}\n\n${end}`);
  }
  writeFileSync(DOCUMENT, text);
  writePlots(join(ROOT, 'docs/performance'), results);
  console.log(replaced.bars);
}
