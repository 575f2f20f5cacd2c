#!/usr/bin/env node
// Draws the samples of a soak: a panel for each of what is bounded, a line for each node, and the
// bound.
//
//   scripts/soak_plot.mjs DATA.csv PLOT.svg
import { readFileSync, writeFileSync } from 'node:fs';

const [, , dataFile, plotFile] = process.argv;
if (!plotFile) {
  console.error('usage: scripts/soak_plot.mjs DATA.csv PLOT.svg');
  process.exit(2);
}

const WIDTH = 860;
const PANEL = 170;
const LEFT = 60;
const RIGHT = 80;
const TOP = 40;
const GAP = 60;
const COLOURS = ['#1f5fa8', '#c2571a', '#2f8a4c', '#7a4fa3', '#8a6d1f', '#4f7f8a', '#a33d5e'];
const PANELS = [
  ['rss', 'resident memory, MiB'],
  ['blocks', 'blocks/, MiB on disk'],
  ['snapshots', 'snapshots/, MiB on disk'],
];

// The first line has the bounds: "# bounds in MiB: rss 658, ..."; the second names the columns.
const [first, head, ...lines] = readFileSync(dataFile, 'utf8').trim().split('\n');
const bounds = Object.fromEntries([...first.matchAll(/(\w+) ([\d.]+)/g)].map(([, name, value]) => [name, Number(value)]));
const names = head.split(',');
const rows = lines.map((line) => Object.fromEntries(line.split(',').map((cell, at) => [names[at], Number(cell)])));
const seats = [...new Set(rows.map((row) => row.seat))].sort((a, b) => a - b);
const end = Math.max(...rows.map((row) => row.seconds));

// The first round number at or above `value`, for the end of an axis.
function ceiling(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return [1, 2, 3, 4, 5, 6, 8, 10].map((step) => step * power).find((step) => step >= value);
}

const text = (x, y, content, anchor, more = '') =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}"${more}>${content}</text>`;

function panel([field, title], top) {
  const bound = bounds[field];
  const most = ceiling(Math.max(bound, ...rows.map((row) => row[field])));
  const x = (seconds) => LEFT + (seconds / end) * (WIDTH - LEFT - RIGHT);
  const y = (value) => top + PANEL - (value / most) * PANEL;
  const across = (kind, value) =>
    `<line class="${kind}" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}"/>`;
  const parts = [text(LEFT, top - 10, title, 'start')];
  for (let step = 0; step <= 4; ++step) {
    parts.push(across('grid', (most * step) / 4), text(LEFT - 8, y((most * step) / 4) + 4, `${(most * step) / 4}`, 'end'));
    parts.push(text(x((end * step) / 4), top + PANEL + 18, `${Math.round((end * step) / 4)} s`, 'middle'));
  }
  parts.push(across('bound', bound), text(WIDTH - RIGHT + 8, y(bound) + 4, 'bound', 'start'));
  seats.forEach((seat, at) => {
    const own = rows.filter((row) => row.seat === seat);
    const points = own.map((row) => `${x(row.seconds).toFixed(1)},${y(row[field]).toFixed(1)}`).join(' ');
    parts.push(`<polyline stroke="${COLOURS[at % COLOURS.length]}" points="${points}"/>`);
    parts.push(text(WIDTH - RIGHT + 8, top + PANEL - 16 * at, `node ${seat}`, 'start', ` fill="${COLOURS[at % COLOURS.length]}"`));
  });
  return parts.join('\n');
}

const drawn = PANELS.map((each, at) => panel(each, TOP + at * (PANEL + GAP)));
writeFileSync(
  plotFile,
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${TOP + PANELS.length * (PANEL + GAP)}" font-family="sans-serif" font-size="12">
<style>polyline{fill:none;stroke-width:1.5}.grid{stroke:#ddd}.bound{stroke:#b00;stroke-dasharray:6 4}</style>
<rect width="100%" height="100%" fill="#fff"/>
${drawn.join('\n')}
</svg>
`,
);
