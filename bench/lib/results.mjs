// Results are data: one line of JSON for each measurement, with commit and machine.
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commit, etcdVersion, machine } from './machine.mjs';

export class Results {
  constructor(directory, options) {
    mkdirSync(directory, { recursive: true });
    this.directory = directory;
    this.head = {
      run: new Date().toISOString(),
      commit: commit(),
      etcd: etcdVersion(),
      machine: machine(),
      priority: options.priority,
    };
  }

  add(experiment, line) {
    const rounded = JSON.stringify({ ...this.head, experiment, ...line }, (_, value) =>
      typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value,
    );
    appendFileSync(join(this.directory, `${experiment}.ndjson`), `${rounded}\n`);
    return line;
  }
}

// The lines of the newest run of an experiment.
export function newest(directory, experiment) {
  const file = join(directory, `${experiment}.ndjson`);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const last = lines
    .map((line) => line.run)
    .sort()
    .at(-1);
  return lines.filter((line) => line.run === last);
}

export function median(values) {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// The lines that match, and the median of each field that is a number.
export function medians(lines, match) {
  const found = lines.filter((line) => Object.entries(match).every(([name, value]) => line[name] === value));
  if (found.length === 0) return null;
  const failed = found.find((line) => line.error);
  if (failed) return { error: failed.error };
  const names = Object.keys(found[0]).filter((name) => typeof found[0][name] === 'number');
  const result = Object.fromEntries(names.map((name) => [name, median(found.map((line) => line[name]))]));
  if (found[0].rss_mib) result.rss_mib = median(found.map((line) => Math.max(...line.rss_mib)));
  return result;
}
