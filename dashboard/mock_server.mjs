#!/usr/bin/env node
// Serves the page with a recorded stream in place of a node: dashboard/mock_server.mjs [PORT] [RECORDING]
// A recording has a JSON object on each line: { "after_ms", "type", "data" }. "at" and "since" of
// data are offsets from the begin of the replay; it starts anew with every connection.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { assets, policy } from './assets.mjs';

export const recordingFile = new URL('test/failover.jsonl', import.meta.url);

export function readRecording(file = recordingFile, begin = 0) {
  const timed = ({ at, since, ...data }) => ({
    ...data,
    at: begin + at,
    ...(since === undefined ? {} : { since: begin + since }),
  });
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
    .map((record) => ({ ...record, data: timed(record.data) }));
}

function replay(response, recording) {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  const timers = recording.map(({ after_ms: after, type, data }) =>
    setTimeout(() => response.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`), after));
  response.on('close', () => timers.forEach(clearTimeout));
}

/** Listens; resolves to the server. Port 0 takes a free one. */
export function serve(port, file = recordingFile) {
  const files = new Map(assets().map((asset) => [asset.path, asset]));
  const server = createServer((request, response) => {
    if (request.url === '/events') return replay(response, readRecording(file, Date.now()));
    const asset = files.get(request.url);
    if (!asset) return response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': asset.type, 'Content-Security-Policy': policy });
    response.end(asset.bytes);
  });
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)));
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const [port = '8090', file = recordingFile] = process.argv.slice(2);
  const server = await serve(Number(port), file);
  console.log(`http://127.0.0.1:${server.address().port}/`);
}
