#!/usr/bin/env node
// Makes the C++ source that carries the OpenAPI document in the daemon: src/io/api/openapi/embed.mjs OUTPUT
// The document is the sum of the parts beside this file. The same parts give the same bytes.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;

function add(sum, part, place) {
  for (const [name, value] of Object.entries(part)) {
    const both = name in sum;
    if (!both) sum[name] = value;
    else if (place.length < 2) add(sum[name], value, [...place, name]);
    else throw new Error(`${[...place, name].join('/')} is described twice`);
  }
}

// So that a part that names what no part describes is not shipped.
function checkReferences(document) {
  const text = JSON.stringify(document);
  for (const [, path] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    const found = path.split('/').reduce((at, name) => at?.[name], document);
    if (!found) throw new Error(`nothing stands at #/${path}`);
  }
}

function wholeDocument() {
  const names = readdirSync(here).filter((name) => name.endsWith('.json') && name !== 'common.json');
  const document = {};
  for (const name of ['common.json', ...names.sort()]) {
    const part = JSON.parse(readFileSync(join(here, name), 'utf8'));
    add(document, part, []);
  }
  checkReferences(document);
  return JSON.stringify(document);
}

function source(text) {
  const etag = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return `// Made by src/io/api/openapi/embed.mjs.
#include "io/api/openapi.hpp"

namespace dnc {

std::string_view openapi_document() { return R"OPENAPI(${text})OPENAPI"; }
std::string_view openapi_etag() { return "\\"${etag}\\""; }

}  // namespace dnc
`;
}

const [output] = process.argv.slice(2);
if (!output) throw new Error('usage: src/io/api/openapi/embed.mjs OUTPUT');
writeFileSync(output, source(wholeDocument()));
