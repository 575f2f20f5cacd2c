// What a figure depends on beside the program.
import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

export const FOREIGN_CORES_MAX = 0.25; // above it a figure is marked: others used the machine

const git = (...args) => execFileSync('git', ['-C', ROOT, ...args], { encoding: 'utf8' }).trim();

export function machine() {
  const processors = cpus();
  return {
    cpu: processors[0].model,
    cores: processors.length,
    memory_gib: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
  };
}

export const etcdVersion = () =>
  /^etcd Version: (\S+)/.exec(execFileSync('etcd', ['--version'], { encoding: 'utf8' }))[1];

// "+" marks sources that differ from the commit.
export function commit() {
  const changed = git(
    'status',
    '--porcelain',
    '--',
    'src',
    'bench/nothing',
    'cmake',
    'CMakeLists.txt',
    'CMakePresets.json',
  );
  return git('rev-parse', '--short=12', 'HEAD') + (changed ? '+' : '');
}
