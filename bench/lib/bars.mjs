// What is wanted, and whether it was reached: ratios of medians of one run.
import { medians } from './results.mjs';

// Figures of a cell; of one that is missing or failed each is undefined, and so what is made of it is NaN.
const figures = (lines, match) => medians(lines, match) ?? {};
const find = (lines, peer, operation, connections) => figures(lines, { peer, operation, connections });

// One row. `measure` gives the figure; NaN or undefined where a part of it was not measured.
function row(digits, label, sign, wanted, unit, measure) {
  const value = measure();
  const bound = `${sign === 'least' ? '>=' : '<='} ${digits(wanted)}${unit}`;
  if (value === undefined || Number.isNaN(value)) return [label, bound, '-', 'not measured'];
  const reached = sign === 'least' ? value >= wanted : value <= wanted;
  return [label, bound, `${digits(value)}${unit}`, reached ? 'yes' : '**no**'];
}

function writes(lines, line) {
  const of = (peer, operation, connections) => find(lines, peer, operation, connections);
  const faster = (connections, other) => () =>
    of('ours', 'increment', connections).rate / of('etcd', other, connections).rate;
  const p99 = (connections) => () =>
    of('ours', 'increment', connections).p99_ms / of('etcd', 'increment', connections).p99_ms;
  const ceiling = (connections) => () =>
    of('ours', 'increment', connections).rate / of('nothing', 'post', connections).rate;
  return [
    line("increment against etcd's hot put, c=64", 'least', 5, 'x', faster(64, 'increment')),
    line("increment against etcd's hot put, c=256", 'least', 5, 'x', faster(256, 'increment')),
    line('the aim beyond: the same, c=64', 'least', 10, 'x', faster(64, 'increment')),
    line('the aim beyond: the same, c=256', 'least', 10, 'x', faster(256, 'increment')),
    line('or: increment against our HTTP library doing nothing, c=64', 'least', 0.6, 'x', ceiling(64)),
    line('or: increment against our HTTP library doing nothing, c=256', 'least', 0.6, 'x', ceiling(256)),
    line("p99 of an increment against etcd's, c=64", 'most', 1 / 3, 'x', p99(64)),
    line("p99 of an increment against etcd's, c=256", 'most', 1 / 3, 'x', p99(256)),
    line("increment against etcd's contended compare-and-swap, c=64", 'least', 100, 'x', faster(64, 'cas')),
    line("increment against etcd's native gRPC put, c=64", 'least', 3, 'x', faster(64, 'grpc_put')),
    line(
      "p50 of an increment against etcd's hot put, c=1",
      'most',
      0.75,
      'x',
      () => of('ours', 'increment', 1).p50_ms / of('etcd', 'increment', 1).p50_ms,
    ),
    line(
      "CPU per increment against etcd's hot put, c=64",
      'most',
      0.25,
      'x',
      () =>
        of('ours', 'increment', 64).cpu_us_per_operation / of('etcd', 'increment', 64).cpu_us_per_operation,
    ),
  ];
}

function reads(lines, line) {
  const rate = (peer, operation) => find(lines, peer, operation, 64).rate;
  return [
    line(
      "linearizable read against etcd's, c=64",
      'least',
      4,
      'x',
      () => rate('ours', 'read') / rate('etcd', 'read'),
    ),
    line(
      'stale read against our HTTP library doing nothing, c=64',
      'least',
      0.6,
      'x',
      () => rate('ours', 'stale') / rate('nothing', 'get'),
    ),
  ];
}

export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}

// A fault after which no write came through in time is the longest outage of all.
export const outages = (lines, peer, fault) =>
  lines
    .filter((line) => line.peer === peer && line.fault === fault)
    .map((line) => (line.error ? Infinity : line.outage_ms));

const RUNS_MIN = 20; // a 99th percentile of fewer says little

function failovers(lines, line) {
  return ['kill -9', 'SIGSTOP'].flatMap((fault) => {
    const at = (peer, share) => {
      const times = outages(lines, peer, fault);
      return times.length < RUNS_MIN ? undefined : quantile(times, share);
    };
    return [
      line(`failover after ${fault}, p50`, 'most', 250, ' ms', () => at('ours', 0.5)),
      line(`failover after ${fault}, p99`, 'most', 1000, ' ms', () => at('ours', 0.99)),
      line(
        `failover after ${fault}: etcd's p50 against ours`,
        'least',
        4,
        'x',
        () => at('etcd', 0.5) / at('ours', 0.5),
      ),
    ];
  });
}

function scale(results, line) {
  const members = (count) =>
    figures(results.sizes, { peer: 'ours', operation: 'increment', connections: 64, members: count });
  const fewest = Math.min(...results.state.map((one) => one.keys));
  const latency = (keys, connections) =>
    figures(results.state, { peer: 'ours', operation: 'put', connections, keys }).p50_ms;
  const grown = results.million.filter((one) => one.acknowledged >= 1_000_000);
  const resident = (peer) => figures(grown, { peer }).rss_mib;
  return [
    line(
      'throughput with 7 members against 3, c=64',
      'least',
      0.5,
      'x',
      () => members(7).rate / members(3).rate,
    ),
    ...[1, 64].map((connections) =>
      line(
        `p50 of a put with a million keys against few, c=${connections}`,
        'most',
        2,
        'x',
        () => latency(1_000_000, connections) / latency(fewest, connections),
      ),
    ),
    line(
      "memory of a member after a million increments against etcd's",
      'most',
      1,
      'x',
      () => resident('ours') / resident('etcd'),
    ),
    line('leader changes in 30 minutes of full load', 'most', 0, '', () => {
      const long = results.steady.filter((one) => one.peer === 'ours' && one.minutes >= 30);
      return long.length ? Math.max(...long.map((one) => one.leader_changes)) : undefined;
    }),
  ];
}

export function bars(results, digits) {
  const line = (...args) => row(digits, ...args);
  return [
    ...writes(results.matrix, line),
    ...reads(results.matrix, line),
    ...failovers(results.failover, line),
    ...scale(results, line),
  ];
}
