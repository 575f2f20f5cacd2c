// The load generators: wrk, the same for both peers, and h2load for etcd's native protocol.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './machine.mjs';
import { run } from './processes.mjs';

const LOAD = join(ROOT, 'bench/load');
const FILL_SECONDS_MAX = 3600;

// What a load is: {method, path, headers, body, keys} for load.lua, or {script} that knows it all.
function wrk(url, load, { connections, seconds, valueBytes = 16 }, order) {
  const args = ['-t', '1', '-c', `${connections}`, '-d', `${Math.ceil(seconds)}s`, '--timeout', '10s'];
  for (const [name, value] of Object.entries(load.headers ?? {})) args.push('-H', `${name}: ${value}`);
  args.push('-s', load.script ?? 'load.lua', url);
  if (!load.script) {
    args.push(
      '--',
      load.method,
      load.path,
      load.body ?? '-',
      `${load.keys ?? 1}`,
      `${valueBytes}`,
      order,
      `${connections}`,
    );
  }
  return run('wrk', args, { cwd: LOAD });
}

// Sends the request for every key once, and a few twice; throws if one is refused.
export async function fill(url, load, { connections, valueBytes }) {
  const text = await wrk(url, load, { connections, valueBytes, seconds: FILL_SECONDS_MAX }, 'fill');
  if (text.includes('RESULT')) throw new Error(`not filled within ${FILL_SECONDS_MAX} s`);
}

// Returns {acknowledged, attempts, seconds, p50_ms, p90_ms, p99_ms, max_ms}; throws on any error.
export async function drive(url, load, setting) {
  const text = await wrk(url, load, setting, 'random');
  const line = /^RESULT (.*)$/m.exec(text);
  if (!line) throw new Error(`wrk gave no result:\n${text}`);
  const result = JSON.parse(line[1]);
  const errors = Object.entries(result.errors).filter(([, count]) => count > 0);
  if (errors.length > 0) {
    throw new Error(
      `of ${result.requests} requests: ${errors.map(([kind, count]) => `${count} ${kind} errors`).join(', ')}`,
    );
  }
  if (result.acknowledged === 0) throw new Error('nothing was acknowledged');
  return {
    acknowledged: result.acknowledged,
    attempts: result.requests,
    seconds: result.duration_us / 1e6,
    p50_ms: result.p50_us / 1e3,
    p90_ms: result.p90_us / 1e3,
    p99_ms: result.p99_us / 1e3,
    max_ms: result.max_us / 1e3,
  };
}

const percentile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

// Calls of gRPC: a POST over HTTP/2 with a length before the message. 16 streams share a connection, as
// a native client's do.
export async function driveGrpc(url, { path, file }, { connections, seconds, directory }) {
  const log = join(directory, 'h2load.log');
  rmSync(log, { force: true });
  const streams = Math.min(connections, 16);
  const text = await run('h2load', [
    '-t',
    '1',
    '-c',
    `${Math.ceil(connections / streams)}`,
    '-m',
    `${streams}`,
    '-D',
    `${seconds}`,
    '-d',
    file,
    '-H',
    'content-type: application/grpc',
    '-H',
    'te: trailers',
    `--log-file=${log}`,
    `${url}${path}`,
  ]);
  const counts =
    /requests: \d+ total, \d+ started, (\d+) done, (\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout/.exec(
      text,
    );
  if (!counts) throw new Error(`h2load gave no result:\n${text}`);
  const [done, succeeded, ...bad] = counts.slice(1).map(Number);
  if (done !== succeeded || bad.some((count) => count > 0)) throw new Error(`h2load: ${counts[0]}`);
  const micros = readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => Number(line.split('\t')[2]))
    .sort((a, b) => a - b);
  return {
    acknowledged: succeeded,
    attempts: done,
    seconds,
    p50_ms: percentile(micros, 0.5) / 1e3,
    p90_ms: percentile(micros, 0.9) / 1e3,
    p99_ms: percentile(micros, 0.99) / 1e3,
    max_ms: micros[micros.length - 1] / 1e3,
  };
}
