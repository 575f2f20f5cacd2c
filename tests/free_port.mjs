#!/usr/bin/env node
// Prints a port of loopback that is free, and so are those behind it: tests/free_port.mjs COUNT
import { createServer } from 'node:net';

const count = Number(process.argv[2] ?? 1);

const listen = (port) =>
  new Promise((done) => {
    const server = createServer();
    server.on('error', () => done(null));
    server.listen(port, '127.0.0.1', () => done(server));
  });

for (let found = false; !found; ) {
  const servers = [await listen(0)];
  const { port } = servers[0].address();
  while (servers.length < count) servers.push(await listen(port + servers.length));
  found = servers.every(Boolean);
  for (const server of servers) server?.close();
  if (found) console.log(port);
}
