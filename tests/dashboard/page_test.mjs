// What a browser shows of a live cluster of three while its leader is killed, and from which node. The last line is the
// verdict: "N passed, N failed". Settings: NODES, their URLs in the order of seats; SHOTS, the folder for pictures.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { watch } from './watch.mjs';

const BYTES_MAX = 64 * 1024; // of the whole page, as sent
const SHOWN_WITHIN_MS = 250; // after the message came
const PATIENCE_MS = 30_000;
const root = resolve(import.meta.dirname, '../..');
const nodes = process.env.NODES.split(' ');
const urlOf = (seat) => nodes[seat - 1];
const seats = nodes.map((_, index) => index + 1);

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

function nodeIs(command, seat) {
  const done = spawnSync(join(root, 'scripts', 'node.sh'), [command, String(seat)], { encoding: 'utf8' });
  assert.equal(done.status, 0, done.stderr);
}

async function statusOf(seat) {
  const answer = await fetch(`${urlOf(seat)}/status`).catch(() => null);
  return answer?.json();
}

async function until(what, reached) {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await reached();
    if (found) return found;
    assert.ok(Date.now() < deadline, `waited in vain for ${what}`);
    await new Promise((again) => setTimeout(again, 50)); // polls
  }
}

const increment = (seat) => fetch(`${urlOf(seat)}/increment`, { method: 'POST' });
const healthy = (page) => page.waitForSelector('.health.healthy');

// Opens a node's page. `seen` is what the browser asked for, was told and complained about.
async function open(browser, seat, settings = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...settings });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const seen = { requests: [], responses: [], complaints: [] };
  page.on('request', (request) => seen.requests.push(request.url()));
  page.on('response', (response) => seen.responses.push(response));
  page.on('pageerror', (error) => seen.complaints.push(error.message));
  page.on('console', (said) => said.type() === 'error' && seen.complaints.push(said.text()));
  await page.addInitScript(watch);
  await page.goto(urlOf(seat));
  await page.waitForSelector('.ring');
  return { page, seen };
}

const shoot = (page, name) => page.screenshot({ path: join(process.env.SHOTS, `${name}.png`) });

async function isSmallAndAlone({ page, seen }, seat) {
  const files = seen.responses.filter((response) => !response.url().endsWith('/events'));
  let bytes = 0;
  for (const response of files) {
    assert.equal(response.status(), 200, response.url());
    assert.equal(response.headers()['content-encoding'], 'gzip', response.url());
    bytes += Number(response.headers()['content-length']);
  }
  assert.ok(files.length > 10, `${files.length} files`);
  assert.ok(bytes <= BYTES_MAX, `${bytes} bytes`);
  console.log(`        ${files.length} files, ${bytes} bytes`);
  for (const url of seen.requests) assert.equal(new URL(url).origin, urlOf(seat));
  const policy = files[0].headers()['content-security-policy'];
  assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self';/);
  assert.doesNotMatch(policy, /unsafe|\*/);
  const overflow = await page.evaluate(() => {
    const { scrollHeight, scrollWidth } = document.documentElement;
    return [scrollWidth - window.innerWidth, scrollHeight - window.innerHeight];
  });
  assert.deepEqual(overflow.map((by) => by <= 0), [true, true], `scrolls by ${overflow}`);
  assert.deepEqual(seen.complaints, []);
}

// For each selector the time from the message that brought it to the frame that showed it.
async function delays(page, selectors, term, leader) {
  await page.waitForFunction((all) => all.every((it) => window.watched.painted.has(it)), selectors);
  const watched = await page.evaluate(() => ({
    arrived: window.watched.arrived,
    painted: [...window.watched.painted],
  }));
  const first = (is) => watched.arrived.find(is)?.at;
  const event = (name) =>
    first(({ type, data }) => type === 'happened' && data.name === name && data.facts.term === String(term));
  const causes = [
    event('term_adopted'),
    first(({ type, data }) => type === 'snapshot' && data.status.leader?.seat === leader),
    event('term_committed'),
  ];
  const painted = new Map(watched.painted);
  return selectors.map((selector, index) => Math.round(painted.get(selector) - causes[index]));
}

async function showsAFailover({ page, seen }, leader) {
  const before = await statusOf(leader);
  const followers = seats.filter((seat) => seat !== leader);
  const full = `.gauge[data-have="${before.quorum}"]`;
  const crowns = followers.map((seat) => `.crown[data-seat="${seat}"]`);
  const entry = '.failovers > li.done';
  await page.evaluate((all) => window.watched.want(all), [full, ...crowns, entry]);
  nodeIs('kill', leader);
  const after = await until('another leader', async () => {
    const status = await statusOf(followers[0]);
    return status?.leader && status.leader.seat !== leader && status.term > before.term ? status : null;
  });
  await page.waitForSelector(`.failovers > li.done[data-term="${after.term}"]`);
  const crown = `.crown[data-seat="${after.leader.seat}"]`;
  const took = await delays(page, [full, crown, entry], after.term, after.leader.seat);
  console.log(`        gauge full after ${took[0]} ms, crown after ${took[1]} ms, entry after ${took[2]} ms`);
  for (const delay of took) assert.ok(delay <= SHOWN_WITHIN_MS, `${took} ms`);
  assert.equal(await page.locator('.crown').count(), 1);
  await page.waitForSelector('.health.degraded');
  assert.match(await page.locator('.feed').innerText(), new RegExp(`Seat ${after.leader.seat} leads`));
  assert.deepEqual(seen.complaints, []);
  return after.leader.seat;
}

async function main(browser) {
  const leader = (await until('a leader', async () => (await statusOf(1))?.leader)).seat;
  const [speaker, other] = seats.filter((seat) => seat !== leader);
  const follower = await open(browser, speaker);
  const own = await open(browser, leader);
  await healthy(follower.page);

  await test('the page of a follower is small, asks nobody else and does not scroll', () =>
    isSmallAndAlone(follower, speaker));
  await test('the page of the leader crowns its own seat', async () => {
    await own.page.waitForSelector(`.crown[data-seat="${leader}"]`);
    assert.match(await own.page.locator('.speaker').innerText(), new RegExp(`Seat ${leader} speaks, leader`));
  });
  await test('writes are seen as throughput and latency', async () => {
    for (let i = 0; i < 100; i += 1) await increment(speaker);
    await follower.page.waitForFunction(() => /p99/.test(document.querySelector('.charts').innerText));
  });

  let next = null;
  await test('a killed leader: the gauge fills, the crown moves, the timeline has it', async () => {
    next = await showsAFailover(follower, leader);
    await shoot(follower.page, 'failover');
  });
  await test('the page of the killed leader says how old it is, and goes on when its node is back', async () => {
    await own.page.waitForSelector('.grid.lost');
    assert.match(await own.page.locator('.health').innerText(), /Cannot tell.*at last/s);
    await shoot(own.page, 'stream_lost');
    nodeIs('start', leader);
    await healthy(own.page);
    await own.page.waitForSelector('.grid.live');
    assert.equal(await own.page.locator('.crown').getAttribute('data-seat'), String(next));
  });

  await healthy(follower.page);
  await test('the page of a node that is alone says that there is no quorum', async () => {
    for (const seat of [leader, other]) nodeIs('kill', seat);
    const alone = '.health.no_quorum:has-text("1 seat leads or follows, 2 are needed")';
    await follower.page.waitForSelector(alone);
    const fresh = await open(browser, speaker, { colorScheme: 'dark' });
    await fresh.page.waitForSelector(alone);
    await shoot(fresh.page, 'alone_dark');
    await fresh.page.context().close();
  });
  await test('it sees the others come back', async () => {
    for (const seat of [leader, other]) nodeIs('start', seat);
    await healthy(follower.page);
    await shoot(follower.page, 'healthy');
  });
}

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--no-proxy-server'], // as root there is no sandbox
});
try {
  await main(browser);
} finally {
  await browser.close();
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
