// Prometheus scrapes a live cluster of three: do the alerts of deploy/ speak when they should and only then, and does each
// panel of the Grafana dashboard have something to show? The last line is the verdict: "N passed, N failed". Settings:
// NODES, their URLs in the order of seats; PROMETHEUS_PORT, a free port; DNC_HOME, a folder to write to.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const PATIENCE_MS = 30_000;
const JOB = 'dstack-nft-cluster';
const root = resolve(import.meta.dirname, '../..');
const nodes = process.env.NODES.split(' ');
const prometheusUrl = `http://127.0.0.1:${process.env.PROMETHEUS_PORT}`;
const folder = join(process.env.DNC_HOME, 'prometheus');
const rulesFile = join(root, 'deploy', 'prometheus', 'rules.yml');
const samplesFile = join(import.meta.dirname, 'rules_test.yml');
const spoke = new Set(); // alerts that the cluster made speak

let passed = 0;
let failed = 0;
async function test(name, body) {
  try {
    await body();
    passed += 1;
    console.log(`ok      ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n${error.stack}`);
  }
}

async function until(what, reached) {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await reached();
    if (found) return found;
    assert.ok(Date.now() < deadline, `waited in vain for ${what}`);
    await new Promise((again) => setTimeout(again, 100)); // polls
  }
}

function must(command, ...args) {
  const done = spawnSync(command, args, { encoding: 'utf8' });
  assert.equal(done.status, 0, `${command}: ${done.error ?? done.stderr}${done.stdout}`);
}
const nodeIs = (command, seat) => must(join(root, 'scripts', 'node.sh'), command, String(seat));

async function ask(path, parameters = {}) {
  const answer = await fetch(`${prometheusUrl}/api/v1/${path}?${new URLSearchParams(parameters)}`);
  const { status, data, error } = await answer.json();
  assert.equal(status, 'success', error);
  return data;
}

function startPrometheus() {
  mkdirSync(folder);
  const config = {
    global: { scrape_interval: '500ms', evaluation_interval: '500ms' },
    rule_files: [rulesFile],
    scrape_configs: [{ job_name: JOB, static_configs: [{ targets: nodes.map((url) => new URL(url).host) }] }],
  };
  const file = join(folder, 'prometheus.yml');
  writeFileSync(file, JSON.stringify(config)); // JSON is YAML
  const listen = `--web.listen-address=${new URL(prometheusUrl).host}`;
  const data = `--storage.tsdb.path=${join(folder, 'data')}`;
  const log = openSync(join(folder, 'log'), 'a');
  return spawn('prometheus', [`--config.file=${file}`, listen, data], { stdio: ['ignore', log, log] });
}

const rules = async () => (await ask('rules')).groups.flatMap((group) => group.rules);
// Pending ones too: the condition holds, and only the time that it has to hold is not over.
const alerting = async () => (await rules()).filter(({ state }) => state !== 'inactive').map(({ name }) => name).sort();
const alertsAre = (...names) =>
  until(names.join(', ') || 'no alert', async () => {
    const now = await alerting();
    const all = now.length === names.length && names.every((name) => now.includes(name));
    if (all) names.forEach((name) => spoke.add(name));
    return all;
  }).catch(async () => assert.deepEqual(await alerting(), names));

async function write(key, by) {
  const headers = { 'Idempotency-Key': key };
  return fetch(`${nodes[0]}/increment`, { method: 'POST', headers, body: JSON.stringify({ by }) });
}

async function scrapesAllNodes() {
  await until('three nodes', async () => {
    const { activeTargets: targets } = await ask('targets');
    return targets.length === 3 && targets.every(({ health }) => health === 'up');
  });
}

function queries() {
  const { panels } = JSON.parse(readFileSync(join(root, 'deploy', 'grafana', 'dashboard.json'), 'utf8'));
  return panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr.replaceAll('$job', JOB)]));
}

async function main() {
  await test('promtool takes rules and example', () => {
    must('promtool', 'check', 'rules', rulesFile);
    must('promtool', 'check', 'config', join(root, 'deploy', 'prometheus', 'prometheus.yml'));
  });
  await test('alerts that take long to come about speak on made-up samples', () => {
    must('promtool', 'test', 'rules', samplesFile);
  });
  await until('Prometheus', () => fetch(`${prometheusUrl}/-/ready`).then(({ ok }) => ok, () => false));
  await test('Prometheus scrapes all nodes', scrapesAllNodes);
  await test('a write and a refused one are counted', async () => {
    for (let i = 0; i < 20; i += 1) assert.equal((await write(`key-${i}`, 1)).status, 200);
    assert.equal((await write('key-1', 2)).status, 422);
  });
  for (const [title, query] of queries()) {
    await test(`the dashboard has data: ${title}: ${query}`, () =>
      until('data', async () => {
        const { result } = await ask('query', { query });
        return result.length > 0 && result.every(({ value }) => value[1] !== 'NaN');
      }));
  }
  await test('every rule is evaluated, and a healthy cluster alerts nobody', async () => {
    await until('all rules', async () => (await rules()).every(({ health }) => health === 'ok'));
    assert.ok((await rules()).length >= 10);
    await alertsAre();
  });
  await test('one node down', async () => {
    nodeIs('kill', 3);
    await alertsAre('DncNoSpareNode', 'DncNodeDown');
  });
  await test('no quorum', async () => {
    nodeIs('kill', 2);
    await alertsAre('DncNoLeader', 'DncNoQuorum', 'DncNodeDown', 'DncNodeNotReady');
  });
  await test('nobody answers', async () => {
    nodeIs('kill', 1);
    await alertsAre('DncNobodyAnswers', 'DncNodeDown');
  });
  await test('all are back: nobody is alerted', async () => {
    for (const seat of [1, 2, 3]) nodeIs('start', seat);
    await alertsAre();
  });
  await test('no alert is only known to be silent', async () => {
    const samples = readFileSync(samplesFile, 'utf8');
    const silent = (await rules()).filter(({ name }) => !spoke.has(name) && !samples.includes(`name: ${name}\n`));
    assert.deepEqual(silent.map(({ name }) => name), []);
  });
}

const prometheus = startPrometheus();
try {
  await main();
} finally {
  prometheus.kill('SIGKILL');
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
