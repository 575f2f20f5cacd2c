// What figures become: medians, quantiles, bars. node --test bench/lib/report_test.mjs
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { bars, outages, quantile } from './bars.mjs';
import { lineChart } from './plots.mjs';
import { DOCUMENT, budgetTable, digits, table } from './report.mjs';
import { median, medians } from './results.mjs';

const empty = {
  matrix: [],
  failover: [],
  sizes: [],
  payload: [],
  state: [],
  million: [],
  restart: [],
  steady: [],
};
const cell = (peer, operation, rate, more = {}) => ({
  peer,
  operation,
  connections: 64,
  rate,
  p50_ms: 1,
  p99_ms: 2,
  ...more,
});
const verdict = (results, label) => bars({ ...empty, ...results }, digits).find((row) => row[0] === label);

test('a median is the middle, or between the two of it', () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.equal(median([]), undefined);
});

test('a cell that failed once has no median', () => {
  const lines = [
    cell('ours', 'put', 10),
    { peer: 'ours', operation: 'put', connections: 64, error: 'refused' },
  ];
  assert.deepEqual(medians(lines, { peer: 'ours', operation: 'put' }), { error: 'refused' });
  assert.equal(medians(lines, { peer: 'etcd' }), null);
});

test('the 99th percentile of twenty is the worst', () => {
  const values = Array.from({ length: 20 }, (_, index) => 20 - index);
  assert.equal(quantile(values, 0.99), 20);
  assert.equal(quantile(values, 0.5), 10);
});

test('a bar is reached, missed or not measured', () => {
  const label = "linearizable read against etcd's, c=64";
  assert.equal(verdict({ matrix: [cell('ours', 'read', 400), cell('etcd', 'read', 100)] }, label)[3], 'yes');
  assert.equal(
    verdict({ matrix: [cell('ours', 'read', 399), cell('etcd', 'read', 100)] }, label)[3],
    '**no**',
  );
  assert.equal(verdict({ matrix: [cell('ours', 'read', 400)] }, label)[3], 'not measured');
  assert.equal(verdict({}, label)[3], 'not measured');
});

test('what was cut short does not count', () => {
  const memory = "memory of a member after a million increments against etcd's";
  const short = ['ours', 'etcd'].map((peer) => ({ peer, acknowledged: 1000, rss_mib: [50, 60, 70] }));
  assert.equal(verdict({ million: short }, memory)[3], 'not measured');
  const whole = short.map((line) => ({ ...line, acknowledged: 1_000_000 }));
  assert.equal(verdict({ million: whole }, memory)[2], '1x');
  const steady = 'leader changes in 30 minutes of full load';
  assert.equal(
    verdict({ steady: [{ peer: 'ours', minutes: 1, leader_changes: 0 }] }, steady)[3],
    'not measured',
  );
  assert.equal(verdict({ steady: [{ peer: 'ours', minutes: 30, leader_changes: 1 }] }, steady)[3], '**no**');
});

test('a failover counts when it was tried twenty times', () => {
  const label = 'failover after SIGSTOP, p50';
  const runs = (count) =>
    Array.from({ length: count }, () => ({ peer: 'ours', fault: 'SIGSTOP', outage_ms: 100 }));
  assert.equal(verdict({ failover: runs(19) }, label)[3], 'not measured');
  assert.equal(verdict({ failover: runs(20) }, label)[3], 'yes');
});

test('a fault that nobody recovered from is the worst outage', () => {
  const lines = [
    { peer: 'ours', fault: 'SIGSTOP', outage_ms: 7 },
    { peer: 'ours', fault: 'SIGSTOP', error: 'none' },
  ];
  assert.deepEqual(outages(lines, 'ours', 'SIGSTOP'), [7, Infinity]);
  assert.equal(quantile([7, Infinity], 0.99), Infinity);
});

test('tables and plots are text', () => {
  assert.equal(table(['a', 'b'], [['1', '2']]), '| a | b |\n| --- | --- |\n| 1 | 2 |');
  const svg = lineChart({
    title: 'a < b',
    xTitle: 'x',
    yTitle: 'y',
    xs: [1, 64],
    series: [{ name: 'ours', values: [10, undefined] }],
  });
  assert.match(svg, /a &lt; b/);
  assert.equal(svg.match(/<circle/g).length, 1);
});

test('a budget is told for a unit and for a write', () => {
  const budget = { sign: { instructions: 6400, name: 'sign', of: 'signature', per_write: { units: 4, writes: 64 } } };
  assert.match(budgetTable(budget), /\| sign \| `sign` \| signature \| 6,400 \| 400 \|/);
});

test('the page shows the budget that holds (bench/run.sh report)', () => {
  assert.ok(readFileSync(DOCUMENT, 'utf8').includes(budgetTable()));
});
