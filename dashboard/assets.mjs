// What the page consists of: the path it is served at, its type, and its file. Own files come from
// page/, libraries from npm as package-lock.json pins them by hash.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const packages = join(here, '..', 'node_modules');
const types = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};
const libraries = {
  'preact.mjs': 'htm/preact/standalone.module.js',
  'uplot.js': 'uplot/dist/uPlot.iife.min.js',
  'uplot.css': 'uplot/dist/uPlot.min.css',
};

export const prefix = '/dashboard/';
// Nothing but this page's own files and stream; no inline code, no frame around it.
export const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const ownFiles = () =>
  readdirSync(join(here, 'page'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(join(here, 'page').length + 1));

/** [{ path, type, file, bytes }], in the order of their paths. */
export function assets() {
  const files = [
    ...ownFiles().map((name) => [name, join(here, 'page', name)]),
    ...Object.entries(libraries).map(([name, file]) => [name, join(packages, file)]),
  ];
  return files
    .map(([name, file]) => ({
      path: name === 'index.html' ? '/' : prefix + name,
      type: types[name.split('.').pop()],
      file,
      bytes: readFileSync(file),
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
