#!/usr/bin/env node
// Plants the faults of faults.txt and says which check catches each; docs/mutants.md is its table.
//
//   tests/mutants/table.mjs [--write] [--check | --units] [NAME...]
//
// All faults go into one copy of the sources, each behind a switch (DNC_PLANTED) that is read when
// the checks run, so that one build serves all. A fault is found by its text, not by its line: what
// moves around it does no harm. DNC_MUTANTS_DIR keeps copy and build for the next run.
//   --write      docs/mutants.md, from a run over all faults
//   --check      builds and runs nothing: does each fault still find its text, once?
//   --units      only the tests of the two rooms, and the faults that the table says they catch: no
//                simulator needs to be built
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = resolve(HERE, '../..');
const args = process.argv.slice(2);
const write = args.includes('--write');
const checkOnly = args.includes('--check');
const unitsOnly = args.includes('--units');
const names = args.filter((arg) => !arg.startsWith('--'));
const ALL_CHECKS = [
  ['core_notary_test', []],
  ['core_consensus_test', []],
  ['scenario_test', []],
  ['clustersim', ['--seed', '1', '--seeds', '24', '--minutes', '1', '--jobs', '2']],
];
const CHECKS = unitsOnly ? ALL_CHECKS.slice(0, 2) : ALL_CHECKS;
const TARGETS = CHECKS.map(([program]) => program);
const SWITCH = `// Which fault is on: the number in DNC_PLANTED.
#pragma once
#include <cstdlib>
namespace dnc {
inline bool planted(int number) {
  static const int chosen = std::getenv("DNC_PLANTED") ? std::atoi(std::getenv("DNC_PLANTED")) : 0;
  return chosen == number;
}
}  // namespace dnc
`;

function readFaults() {
  const lines = readFileSync(join(HERE, 'faults.txt'), 'utf8').split('\n');
  return lines
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line, index) => {
      const fields = line.replaceAll('\\|', '\u0001').split(' | ');
      const [name, file, from, to] = fields.map((field) => field.replaceAll('\u0001', '|').trim());
      if (!to) throw new Error(`faults.txt: "${name}" needs four fields`);
      return { number: index + 1, name, file: join('src/core', file), from, to };
    });
}

// A text is looked for with any white space between its words.
function pattern(text) {
  return new RegExp(text.split(/\s+/).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('\\s+'), 'g');
}

function plant(copy, faults) {
  const missing = [];
  const edits = new Map();
  for (const fault of faults) {
    const path = join(copy, fault.file);
    if (!edits.has(path)) edits.set(path, { text: readFileSync(path, 'utf8'), spans: [] });
    const file = edits.get(path);
    const found = [...file.text.matchAll(pattern(fault.from))];
    if (found.length !== 1) {
      missing.push(`${fault.name}: its text occurs ${found.length} times in ${fault.file}`);
      continue;
    }
    const code = fault.to.replaceAll('PLANTED', `::dnc::planted(${fault.number})`);
    file.spans.push({ at: found[0].index, end: found[0].index + found[0][0].length, code, fault });
  }
  for (const [path, { text, spans }] of edits) {
    spans.sort((a, b) => b.at - a.at);
    let out = text;
    let before = Infinity;
    for (const span of spans) {
      if (span.end > before) {
        missing.push(`${span.fault.name}: shares its text with another fault`);
        continue;
      }
      out = out.slice(0, span.at) + span.code + out.slice(span.end);
      before = span.at;
    }
    const header = out.includes('#pragma once') ? /#pragma once\n/ : /^/;
    writeFileSync(path, out.replace(header, (start) => `${start}#include "core/base/planted.hpp"\n`));
  }
  return missing;
}

// A copy of the sources with all faults in it; says which of them found no place.
function copySources(work, faults) {
  const copy = join(work, 'source');
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(join(copy, 'tests'), { recursive: true });
  for (const part of ['src', 'bench', 'examples', 'cmake', 'tests/mutants', 'tests/vectors', 'CMakeLists.txt']) {
    cpSync(join(ROOT, part), join(copy, part), { recursive: true, preserveTimestamps: true });
  }
  writeFileSync(join(copy, 'tests/CMakeLists.txt'), 'add_subdirectory(mutants)\n');
  writeFileSync(join(copy, 'src/core/base/planted.hpp'), SWITCH);
  return { copy, missing: plant(copy, faults) };
}

function prepare(work, faults) {
  const { copy, missing } = copySources(work, faults);
  const build = join(work, 'build');
  const options = { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, CCACHE_BASEDIR: work, CCACHE_NOHASHDIR: '1' } };
  execFileSync('cmake', ['-S', copy, '-B', build, '-G', 'Ninja', '-DCMAKE_BUILD_TYPE=Release',
    '-DCMAKE_CXX_FLAGS_RELEASE=-O1', `-DCMAKE_RUNTIME_OUTPUT_DIRECTORY=${join(build, 'bin')}`], options);
  const built = spawnSync('cmake', ['--build', build, '--target', ...TARGETS], { encoding: 'utf8', env: options.env });
  if (built.status !== 0) {
    process.stderr.write(built.stdout.split('\n').slice(-40).join('\n'));
    throw new Error('the copy with the faults does not compile');
  }
  return { bin: join(build, 'bin'), missing };
}

// What a failing check says for itself: the first failed test, or the first failed seed.
function witness(output) {
  const test = output.match(/\[  FAILED  \] ([\w/]+\.[\w/]+)/);
  const seed = output.match(/^seed (\d+): (.*?)( at \d+ ms)?$/m);
  if (test) return { by: test[1], seed: '-' };
  if (seed) return { by: seed[2].slice(0, 60), seed: seed[1] };
  return { by: 'it ends at once', seed: '-' };
}

// Nobody asks what else would fail.
function firstFailureEnds(program) {
  return program.endsWith('_test') ? ['--gtest_fail_fast'] : [];
}

// The room's own tests first: they take least.
function hunt(bin, { number, file }) {
  const own = file.startsWith('src/core/consensus') ? 'core_consensus_test' : 'core_notary_test';
  const ordered = [...CHECKS].sort(([a], [b]) => (b === own) - (a === own));
  for (const [program, options] of ordered) {
    const result = spawnSync(join(bin, program), [...options, ...firstFailureEnds(program)], {
      encoding: 'utf8', timeout: 120_000, maxBuffer: 1 << 28,
      env: { ...process.env, DNC_PLANTED: String(number) },
    });
    if (result.error?.code === 'ETIMEDOUT') return { program, by: 'no end within 120 s', seed: '-' };
    if (result.status !== 0) return { program, ...witness(result.stdout + result.stderr) };
  }
  return null;
}

function writeTable(rows, survivors, missing) {
  const notes = join(HERE, 'survivors.md');
  const lines = [
    '# Planted faults', '',
    'Made by `tests/mutants/table.mjs --write`. Each row is one rule of the protocol broken in `core/consensus` or `core/notary`, alone,',
    'and the first check that noticed: tests of the notary and of the core, scenarios, simulated seeds 1 to 24 of one minute.', '',
    `${rows.length - survivors.length} of ${rows.length} are caught.`, '',
    '| fault | caught by | what it says | seed | seconds |', '|---|---|---|---|---:|',
    ...rows.map((row) => `| ${row.name} | ${row.program} | ${row.by.replaceAll('|', '/')} | ${row.seed} | ${row.seconds} |`),
  ];
  if (missing.length) lines.push('', 'Not planted:', '', ...missing.map((line) => `- ${line}`));
  if (existsSync(notes)) lines.push('', readFileSync(notes, 'utf8').trimEnd());
  writeFileSync(join(ROOT, 'docs/mutants.md'), lines.join('\n') + '\n');
}

// Would the checks of this run catch it, as far as the table knows?
function withinReach(fault) {
  const row = readFileSync(join(ROOT, 'docs/mutants.md'), 'utf8').match(new RegExp(`^\\| ${fault.name} \\| (\\w+) \\|`, 'm'));
  return !row || TARGETS.includes(row[1]);
}

const faults = readFaults();
const chosen = faults.filter((fault) => (names.length === 0 || names.includes(fault.name)) && withinReach(fault));
const kept = process.env.DNC_MUTANTS_DIR;
const work = kept ? resolve(kept) : mkdtempSync(join(tmpdir(), 'dnc-mutants-'));

function judge() {
  const { bin, missing } = prepare(work, faults);
  for (const line of missing) console.log(`FAILED  ${line}`);
  const rows = [];
  const healthy = hunt(bin, { number: 0, file: '' });
  console.log(healthy ? `FAILED  without a fault: ${healthy.program}: ${healthy.by}` : 'ok      without a fault nothing is found');
  for (const fault of chosen) {
    if (missing.some((line) => line.startsWith(`${fault.name}:`))) continue;
    const start = Date.now();
    const caught = hunt(bin, fault);
    const seconds = ((Date.now() - start) / 1000).toFixed(1);
    rows.push({ name: fault.name, seconds, ...(caught ?? { program: 'survives', by: '-', seed: '-' }) });
    const row = rows.at(-1);
    console.log(`${caught ? 'ok    ' : 'FAILED'}  ${fault.name.padEnd(32)} ${row.program.padEnd(20)} ${row.by} ${row.seed} ${seconds} s`);
  }
  const survivors = rows.filter((row) => row.program === 'survives');
  if (write) writeTable(rows, survivors, missing);
  return [rows.length - survivors.length + (healthy ? 0 : 1), survivors.length + missing.length + (healthy ? 1 : 0)];
}

function check() {
  const { missing } = copySources(work, faults);
  for (const line of missing) console.log(`FAILED  ${line}`);
  return [faults.length - missing.length, missing.length];
}

try {
  const [passed, failed] = checkOnly ? check() : judge();
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  if (!kept) rmSync(work, { recursive: true, force: true });
}
