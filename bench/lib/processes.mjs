// Processes of a run: start and stop them, and what the system says about them.
import { spawn } from 'node:child_process';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';

export const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

// Asks until `question` gives something; what it throws means "not yet".
export async function waitFor(what, seconds, question) {
  const deadline = performance.now() + seconds * 1000;
  let last = '';
  while (performance.now() < deadline) {
    try {
      const answer = await question();
      if (answer) return answer;
    } catch (error) {
      last = `: ${error.message}`;
    }
    await pause(20);
  }
  throw new Error(`${what}: not within ${seconds} s${last}`);
}

// Runs a command to its end and gives what it printed; one that fails throws with its last lines.
export function run(command, args, options = {}) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    const out = [];
    const all = [];
    child.stdout.on('data', (data) => {
      out.push(data);
      all.push(data);
    });
    child.stderr.on('data', (data) => all.push(data));
    child.on('error', fail);
    child.on('close', (code) => {
      if (code === 0) return done(Buffer.concat(out).toString());
      const tail = Buffer.concat(all).toString().trim().split('\n').slice(-12).join('\n');
      fail(new Error(`${command} ${args.join(' ')} ended with ${code}:\n${tail}`));
    });
  });
}

// In a session of its own, as a daemon has it; what it prints goes to `log`.
export function startDaemon(command, args, log) {
  const file = openSync(log, 'a');
  const child = spawn(command, args, { detached: true, stdio: ['ignore', file, file] });
  child.unref();
  return child.pid;
}

export function isAlive(pid) {
  try {
    return !['Z', 'X'].includes(statOf(pid)[0]);
  } catch {
    return false;
  }
}

// TERM, then KILL. Only for processes that this run started.
export async function stopProcess(pid) {
  if (!isAlive(pid)) return;
  process.kill(pid, 'SIGTERM');
  process.kill(pid, 'SIGCONT'); // one that was paused would never hear it
  try {
    await waitFor(`the end of process ${pid}`, 5, () => !isAlive(pid));
  } catch {
    process.kill(pid, 'SIGKILL');
    await waitFor(`the end of process ${pid}`, 5, () => !isAlive(pid));
  }
}

// The fields of /proc/PID/stat from "state" on: the name before them may hold spaces.
function statOf(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

const TICKS_PER_SECOND = 100; // USER_HZ of every Linux

// Seconds of CPU that a process has used, with those of its children that ended.
export function cpuSeconds(pid) {
  const fields = statOf(pid);
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND;
}

export function residentBytes(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)[1]) * 1024;
}

// Seconds of CPU that the whole machine has used, without interrupts, which no process is charged for.
export function machineCpuSeconds() {
  const [user, nice, system] = readFileSync('/proc/stat', 'latin1').split(/\s+/).slice(1, 4).map(Number);
  return (user + nice + system) / TICKS_PER_SECOND;
}

// Puts the session of a process at the front of the scheduler's queue. Plain niceness counts within a
// session only, where the kernel groups processes by session.
export function prefer(pid, niceness = -19) {
  writeFileSync(`/proc/${pid}/autogroup`, `${niceness}`);
}

const isFree = (port) =>
  new Promise((done) => {
    const server = createServer();
    server.on('error', () => done(false));
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
  });

// The first of `count` free ports in a row, below those that the system hands out by itself.
export async function freePorts(count) {
  for (;;) {
    const first = 20000 + Math.floor(Math.random() * 12000);
    const ports = Array.from({ length: count }, (_, index) => first + index);
    if ((await Promise.all(ports.map(isFree))).every(Boolean)) return first;
  }
}
