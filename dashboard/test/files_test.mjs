// The files of the page: small, and nothing foreign. node --test dashboard/test/files_test.mjs
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { assets, policy } from '../assets.mjs';
import { bytesMax, compressed } from '../embed.mjs';
import { serve } from '../mock_server.mjs';

test('all files together are small', () => {
  const size = compressed().reduce((sum, { gzip }) => sum + gzip.length, 0);
  assert.ok(size > 10_000 && size <= bytesMax, `${size} bytes`);
});

test('the same files give the same bytes', () => {
  const digest = () =>
    createHash('sha256').update(Buffer.concat(compressed().map(({ gzip }) => gzip))).digest('hex');
  assert.equal(digest(), digest());
});

test('own files name nothing outside, and hold no inline code or style', () => {
  const own = assets().filter(({ file }) => !file.includes('node_modules'));
  assert.ok(own.length > 10);
  for (const { file, bytes } of own) {
    const text = bytes.toString().replaceAll('http://www.w3.org/2000/svg', '');
    assert.doesNotMatch(text, /https?:\/\/|@import|style=["'$]|<script>|<style|\son\w+=["']/, file);
  }
  assert.doesNotMatch(policy, /unsafe|\*/);
});

test('every import is one of the files', () => {
  const paths = new Set(assets().map(({ path }) => path));
  for (const { path, bytes } of assets()) {
    for (const [, target] of bytes.toString().matchAll(/^import .* from '([^']+)';$/gm)) {
      const { pathname } = new URL(target, `http://node${path}`);
      assert.ok(paths.has(pathname), `${path} imports ${target}`);
    }
  }
});

test('the mock server serves the page and replays a stream', async () => {
  const server = await serve(0);
  const base = `http://127.0.0.1:${server.address().port}`;
  try {
    const page = await fetch(base);
    assert.equal(page.headers.get('content-security-policy'), policy);
    assert.match(await page.text(), /main\.mjs/);
    const stream = await fetch(`${base}/events`);
    assert.equal(stream.headers.get('content-type'), 'text/event-stream');
    const reader = stream.body.getReader();
    const { value } = await reader.read();
    assert.match(Buffer.from(value).toString(), /^event: happened\ndata: \{.*\}\n\n/);
    await reader.cancel();
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
