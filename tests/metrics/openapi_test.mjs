// Walks /openapi.json against a live cluster of three: every operation is called with the document's own examples and with
// what it should refuse; each answer is held against the document. Exits with 1 if one is not as described. Settings: NODES,
// their URLs in the order of seats.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { ApiDocument } from './openapi_document.mjs';

const PATIENCE_MS = 10_000;
const nodes = process.env.NODES.split(' ');
const document = await fetch(`${nodes[0]}/openapi.json`).then((answer) => answer.json());
const api = new ApiDocument(document);
let failed = 0;

async function call(id, node, given) {
  const [target, init] = api.request(id, given);
  const answer = await fetch(nodes[node] + target, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

async function expect(id, status, given = {}, node = 0) {
  const answer = await call(id, node, given);
  try {
    assert.equal(answer.status, status, `${id}: ${answer.text}`);
    return { ...answer, body: api.check(id, answer) };
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${id} ${status}\n${error.message}`);
    return { ...answer, body: {} };
  }
}

const key = () => ({ 'Idempotency-Key': randomUUID() });

async function walkCounter() {
  const { body } = await expect('increment', 200, { query: { receipt: '1' } });
  await expect('increment', 200, { body: undefined, headers: key() });
  await expect('increment', 400, { body: '{"by":0}' });
  const twice = key();
  await expect('increment', 200, { headers: twice });
  await expect('increment', 422, { headers: twice, body: '{"by":6}' }, 1);
  for (const consistency of ['linearizable', 'stale']) await expect('readCounter', 200, { query: { consistency } });
  await expect('readCounter', 400, { query: { consistency: 'never' } });
  await expect('getReceipt', 200, { path: { seq: body.seq } });
  await expect('getReceipt', 404, { path: { seq: 1_000_000_000 } });
  await expect('getReceipt', 400, { path: { seq: 'x' } });
}

async function walkKeys() {
  const absent = { path: { key: randomUUID() } };
  const put = await expect('putKey', 200, { query: { receipt: '1' }, headers: key() });
  const version = put.headers.get('ETag');
  await expect('putKey', 412, { headers: { 'If-Match': '"0"' } });
  await expect('putKey', 400, { headers: { 'If-Match': 'x' } });
  await expect('putKey', 413, { body: 'x'.repeat(65_537) });
  const twice = key();
  await expect('putKey', 200, { headers: twice, path: { key: 'users/43' }, body: new Uint8Array([0xff]) });
  await expect('putKey', 422, { headers: twice, body: 'another' });
  const { text } = await expect('getKey', 200);
  assert.equal(text, 'forty-two');
  await expect('getKey', 304, { headers: { 'If-None-Match': version } });
  await expect('getKey', 400, { headers: { 'If-None-Match': 'x' } });
  await expect('getKey', 404, absent);
  await expect('putKey', 200, { path: { key: 'users/44' } });
  const page = await expect('listKeys', 200, { query: { prefix: 'users/', consistency: 'linearizable' } });
  assert.match(page.body.next, /^\/kv\?/);
  await expect('listKeys', 400, { query: { limit: 0 } });
  await expect('deleteKey', 412, { headers: { 'If-Match': '"0"' } });
  await expect('deleteKey', 400, { body: 'x' });
  const removal = key();
  await expect('deleteKey', 200, { headers: removal });
  await expect('deleteKey', 422, { headers: removal, path: { key: 'users/43' } });
  await expect('deleteKey', 404, absent);
}

async function walkBackup() {
  const { body } = await expect('getBackupHead', 200);
  await expect('getSnapshotPiece', 410, { path: { seq: 7 } });
  await expect('getSnapshotPiece', 400, { path: { seq: 'x' } });
  await expect('getBackupBlocks', 200);
  await expect('getBackupBlocks', 404, { path: { from: body.last_block + 1_000_000 } });
  await expect('getBackupBlocks', 400, { path: { from: 0 } });
}

async function walkCluster() {
  await expect('readLog', 200);
  await expect('readLog', 200, { query: { from: 1, limit: 1000 } });
  await expect('readLog', 400, { query: { from: 0 } });
  for (const id of ['listContradictions', 'getStatus', 'listMembers', 'listPeers']) await expect(id, 200);
  await expect('attest', 200);
  await expect('attest', 400, { query: { nonce: '0x' } });
  await expect('recover', 409);
  await expect('recover', 400, { body: '{}' });
  await expect('switchover', 409);
  await expect('switchover', 400, { body: '{}' });
  await expect('relay', 400, { body: '{"data":"0x"}' });
  await expect('relay', 503, {}, 2); // the last seat has no gas key
  await expect('relay', 202);
  const deadline = Date.now() + PATIENCE_MS;
  let asked = await call('relay', 0, {});
  while (asked.status === 202 && Date.now() < deadline) asked = await call('relay', 0, {});
  await expect('relay', 422); // nobody's time is over
}

async function walkHealth() {
  const { body: status } = await expect('getStatus', 200);
  const leader = status.leader.seat - 1;
  const follower = (leader + 1) % 3;
  await expect('leads', 200, {}, leader);
  await expect('leads', 503, {}, follower);
  await expect('follows', 200, {}, follower);
  await expect('follows', 503, {}, leader);
  await expect('follows', 400, { query: { lag: 'x' } });
  for (const id of ['serves', 'servesAsText', 'isHealthy', 'isAlive', 'scrape']) await expect(id, 200);
}

async function walkPage() {
  await expect('root', 200);
  const html = { Accept: 'text/html' };
  const page = await expect('root', 200, { headers: html });
  await expect('root', 304, { headers: { ...html, 'If-None-Match': page.headers.get('ETag') } });
  for (const file of ['style.css', 'main.mjs', 'icon.svg']) await expect('pageFile', 200, { path: { file } });
  const script = await expect('pageFile', 200);
  await expect('pageFile', 304, { headers: { 'If-None-Match': script.headers.get('ETag') } });
  await expect('pageFile', 404, { path: { file: 'nothing' } });
  const itself = await expect('describe', 200, {}, 1);
  await expect('describe', 304, { headers: { 'If-None-Match': itself.headers.get('ETag') } }, 2);
}

// Reads a stream until it has had a message of each of these types.
async function openStream(id, wanted, stop) {
  const [target] = api.request(id);
  const answer = await fetch(nodes[0] + target, { headers: { Accept: 'text/event-stream' }, signal: stop });
  const missing = new Set(wanted);
  let text = '';
  for await (const bytes of answer.body) {
    text += Buffer.from(bytes).toString();
    const messages = text.split('\n\n');
    text = messages.pop();
    for (const message of messages) {
      const [, type, data] = message.match(/^event: (.*)\ndata: (.*)$/m) ?? [];
      if (!type) continue;
      api.checkEvent(id, type, JSON.parse(data));
      missing.delete(type);
    }
    if (missing.size === 0) break;
  }
  assert.equal(missing.size, 0, `${id} ended without ${[...missing]}`);
  return { status: answer.status, headers: answer.headers, text: '' };
}

async function walkStreams() {
  const stop = new AbortController();
  const patience = setTimeout(() => stop.abort(), PATIENCE_MS);
  api.check('listen', await openStream('listen', ['snapshot', 'happened'], stop.signal));
  api.check('listPeers', await openStream('listPeers', ['peers'], stop.signal));
  const held = await Promise.all(
    Array.from({ length: 32 }, () => fetch(nodes[0] + api.request('listen')[0], { signal: stop.signal })),
  );
  assert.ok(held.every(({ status }) => status === 200));
  await expect('listen', 503);
  clearTimeout(patience);
  stop.abort();
}

// What any operation answers to a method that its path does not take.
async function walkOtherMethods() {
  for (const [id, { path }] of api.operations()) {
    if (path === '/dashboard/{file}') continue; // its 404 is the root's
    const given = { path: { seq: 1, operation: 0 }, method: 'PATCH', body: undefined };
    const answer = await call(id, 0, given);
    assert.equal(answer.status, 405, id);
    api.check(id, answer, 'default');
  }
}

// What a healthy cluster does not answer; unit tests of src/io/api hold these.
function isOutOfReach(promise) {
  const [id, status] = promise.split(' ');
  const without = {
    increment: ['409', '503'],
    getReceipt: ['410', '503'],
    readLog: ['410', '503'],
    attest: ['503'],
    getBackupHead: ['503'],
    getSnapshotPiece: ['200', '503'],
    getBackupBlocks: ['410', '503'],
    recover: ['202', '403'],
    switchover: ['202', '403'],
    relay: ['200', '429'],
    listen: ['400'],
    listPeers: ['400', '503'],
    pageFile: ['default'],
  };
  const services = ['readCounter', 'putKey', 'getKey', 'deleteKey', 'listKeys'];
  const health = ['serves', 'servesAsText', 'isHealthy'];
  return (without[id] ?? []).includes(status) || (status === '503' && [...services, ...health].includes(id));
}

await walkCounter();
await walkKeys();
await walkBackup();
await walkCluster();
await walkHealth();
await walkPage();
await walkStreams();
await walkOtherMethods();
for (const promise of api.promised()) {
  if (api.reached.has(promise) !== isOutOfReach(promise)) continue;
  failed += 1;
  console.log(`FAILED  ${promise}: ${api.reached.has(promise) ? 'was reached after all' : 'was not tried'}`);
}
console.log(`${api.operations().size} operations, ${api.reached.size} kinds of answers held against /openapi.json`);
process.exit(failed ? 1 : 0);
