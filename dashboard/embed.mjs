#!/usr/bin/env node
// Makes the C++ source that carries the page in the daemon: dashboard/embed.mjs OUTPUT
// The same files give the same bytes.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { assets, policy } from './assets.mjs';

export const bytesMax = 64 * 1024;  // of all files together, compressed

export const compressed = () =>
  assets().map((asset) => ({ ...asset, gzip: gzipSync(asset.bytes, { level: 9 }) }));

function array(bytes) {
  const lines = [];
  for (let at = 0; at < bytes.length; at += 24) lines.push([...bytes.subarray(at, at + 24)].join(','));
  return lines.join(',\n');
}

function source(files) {
  const etag = ({ bytes }) => createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  const blobs = files.map(({ gzip }, index) => `constexpr unsigned char kFile${index}[] = {\n${array(gzip)}};`);
  const rows = files.map(
    (file, index) =>
      `    {"${file.path}", "${file.type}", "\\"${etag(file)}\\"", {kFile${index}, sizeof kFile${index}}},`,
  );
  return `// Made by dashboard/embed.mjs.
#include "io/api/page_files.hpp"

namespace dnc {
namespace {
${blobs.join('\n')}

constexpr PageFile kFiles[] = {
${rows.join('\n')}
};
}  // namespace

std::span<const PageFile> page_files() { return kFiles; }
const char* page_policy() { return "${policy}"; }

}  // namespace dnc
`;
}

function main([output]) {
  if (!output) throw new Error('usage: dashboard/embed.mjs OUTPUT');
  const files = compressed();
  const size = files.reduce((sum, { gzip }) => sum + gzip.length, 0);
  if (size > bytesMax) throw new Error(`the page has ${size} bytes compressed, at most ${bytesMax}`);
  writeFileSync(output, source(files));
}

if (process.argv[1] === new URL(import.meta.url).pathname) main(process.argv.slice(2));
