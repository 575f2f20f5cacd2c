// Line charts as SVG, made of text: nothing to install, and a change is a diff.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { medians } from './results.mjs';

const WIDTH = 720;
const HEIGHT = 400;
const AREA = { left: 80, right: 520, top: 50, bottom: 340 };
const COLOURS = ['#1f77b4', '#d62728', '#2ca02c', '#9467bd', '#ff7f0e', '#8c564b'];

const escape = (text) => `${text}`.replace(/&/g, '&amp;').replace(/</g, '&lt;');
const label = (x, y, text, more = '') =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${escape(text)}</text>`;

// Powers of ten around all values: a factor is the same length everywhere.
function decades(values) {
  const from = Math.floor(Math.log10(Math.min(...values)));
  const to = Math.max(from + 1, Math.ceil(Math.log10(Math.max(...values))));
  return { from, to };
}

function axes({ title, xTitle, yTitle, xs }, { from, to }, xOf, yOf) {
  const parts = [
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    label(AREA.left, 28, title, 'font-size="16" font-weight="bold"'),
    label((AREA.left + AREA.right) / 2, HEIGHT - 14, xTitle, 'text-anchor="middle"'),
    `<text transform="translate(20 ${(AREA.top + AREA.bottom) / 2}) rotate(-90)" text-anchor="middle">${escape(yTitle)}</text>`,
  ];
  for (let power = from; power <= to; power++) {
    const y = yOf(10 ** power).toFixed(1);
    parts.push(`<line x1="${AREA.left}" x2="${AREA.right}" y1="${y}" y2="${y}" stroke="#ccc"/>`);
    parts.push(
      label(AREA.left - 8, Number(y) + 4, (10 ** power).toLocaleString('en-US'), 'text-anchor="end"'),
    );
  }
  xs.forEach((x, index) =>
    parts.push(label(xOf(index), AREA.bottom + 20, x.toLocaleString('en-US'), 'text-anchor="middle"')),
  );
  return parts;
}

// series: [{name, values}], one value for each of xs, undefined where there is none.
export function lineChart(chart) {
  const series = chart.series.filter((one) => one.values.some((value) => value > 0));
  const range = decades(series.flatMap((one) => one.values.filter((value) => value > 0)));
  const xOf = (index) =>
    AREA.left + 30 + (index * (AREA.right - AREA.left - 60)) / Math.max(1, chart.xs.length - 1);
  const yOf = (value) =>
    AREA.bottom - ((Math.log10(value) - range.from) * (AREA.bottom - AREA.top)) / (range.to - range.from);
  const parts = axes(chart, range, xOf, yOf);
  series.forEach(({ name, values }, index) => {
    const colour = COLOURS[index % COLOURS.length];
    const points = values.map((value, at) => (value > 0 ? [xOf(at), yOf(value)] : null)).filter(Boolean);
    const path = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
    parts.push(`<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`);
    for (const [x, y] of points)
      parts.push(`<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="3.5" fill="${colour}"/>`);
    parts.push(label(AREA.right + 14, AREA.top + 10 + index * 20, name, `fill="${colour}"`));
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">\n` +
    `${parts.join('\n')}\n</svg>\n`
  );
}

const sorted = (lines, name) => [...new Set(lines.map((line) => line[name]))].sort((a, b) => a - b);

function along(lines, name, field, wanted) {
  const xs = sorted(lines, name);
  const series = wanted.map(({ label: text, ...match }) => ({
    name: text,
    values: xs.map((x) => medians(lines, { ...match, [name]: x })?.[field]),
  }));
  return { xs, series };
}

const ours = (operation, more = {}) => ({ peer: 'ours', operation, label: `ours: ${operation}`, ...more });
const etcd = (operation, more = {}) => ({ peer: 'etcd', operation, label: `etcd: ${operation}`, ...more });
const nothing = (operation) => ({
  peer: 'nothing',
  operation,
  label: `HTTP alone: ${operation.toUpperCase()}`,
});
const at64 = (name) => ({ connections: 64, label: `${name}, 64 connections` });

const PLOTS = {
  writes: ({ matrix }) => ({
    title: 'Writes',
    xTitle: 'connections',
    yTitle: 'acknowledged per second',
    ...along(matrix, 'connections', 'rate', [
      ours('increment'),
      ours('put'),
      etcd('increment', { label: 'etcd: hot put' }),
      etcd('grpc_put', { label: 'etcd: put over gRPC' }),
      etcd('cas', { label: 'etcd: contended CAS' }),
      nothing('post'),
    ]),
  }),
  write_latency: ({ matrix }) => ({
    title: '99th percentile of writes',
    xTitle: 'connections',
    yTitle: 'milliseconds',
    ...along(matrix, 'connections', 'p99_ms', [
      ours('increment'),
      ours('put'),
      etcd('increment', { label: 'etcd: hot put' }),
      etcd('put'),
    ]),
  }),
  reads: ({ matrix }) => ({
    title: 'Reads',
    xTitle: 'connections',
    yTitle: 'answered per second',
    ...along(matrix, 'connections', 'rate', [
      ours('read'),
      ours('stale'),
      etcd('read'),
      etcd('stale'),
      nothing('get'),
    ]),
  }),
  payload: ({ payload }) => ({
    title: 'Puts by size of the value',
    xTitle: 'bytes',
    yTitle: 'acknowledged per second',
    ...along(payload, 'value_bytes', 'rate', [ours('put', at64('ours')), etcd('put', at64('etcd'))]),
  }),
  sizes: ({ sizes }) => ({
    title: 'Increments by number of members',
    xTitle: 'members',
    yTitle: 'acknowledged per second',
    ...along(sizes, 'members', 'rate', [ours('increment', at64('ours')), etcd('increment', at64('etcd'))]),
  }),
  state: ({ state }) => ({
    title: 'Median of a put by size of the state',
    xTitle: 'keys',
    yTitle: 'milliseconds',
    ...along(state, 'keys', 'p50_ms', [
      ours('put', { connections: 1, label: 'ours, 1 connection' }),
      ours('put', at64('ours')),
      etcd('put', { connections: 1, label: 'etcd, 1 connection' }),
      etcd('put', at64('etcd')),
    ]),
  }),
};

// Draws what was measured; a plot without a single figure is left as it is.
export function writePlots(directory, results) {
  mkdirSync(directory, { recursive: true });
  for (const [name, describe] of Object.entries(PLOTS)) {
    const chart = describe(results);
    if (chart.series.some((one) => one.values.some((value) => value > 0))) {
      writeFileSync(join(directory, `${name}.svg`), lineChart(chart));
    }
  }
}
