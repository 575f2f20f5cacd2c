// What the page makes of a stream. node --test dashboard/test/page_test.mjs
import assert from 'node:assert/strict';
import test from 'node:test';
import { readRecording } from '../mock_server.mjs';
import { failovers } from '../page/failovers.mjs';
import { sentence, seatChanges } from '../page/feed.mjs';
import { clock, count, duration, plural, short } from '../page/format.mjs';
import { onCircle, segments, votes } from '../page/gauge.mjs';
import { judge } from '../page/health.mjs';
import { ladder } from '../page/ladder.mjs';
import { initial, limits, reduce } from '../page/state.mjs';

const status = (states, leader, quorum = 2) => ({
  seat: 1,
  term: 7,
  quorum,
  leader: leader && { seat: leader },
  counted: states.map((_, index) => index + 1),
  members: states.map((state, index) => ({ seat: index + 1, state })),
});
const snapshot = (more = {}) => ({
  at: 10_000,
  since: 1_000,
  status: status(['leader', 'follower', 'follower'], 1),
  head_seq: 100,
  progress: [],
  votes: [],
  accused: [],
  load: { operations: 0, writes: 0, p50_us: null, p99_us: null },
  ...more,
});
const replay = (actions) => actions.reduce(reduce, initial);
const recorded = () =>
  readRecording().map(({ after_ms: now, type, data }) => ({ type, data, now }));

test('health says what clusterctl says', () => {
  const all = judge(status(['leader', 'follower', 'follower'], 1));
  assert.deepEqual(all, {
    word: 'healthy',
    canLose: 1,
    sentence: 'healthy: seat 1 leads term 7; 1 more node may fail',
  });
  assert.equal(judge(status(['leader', 'follower', 'vacant'], 1)).word, 'healthy');
  assert.equal(judge(status(['leader', 'follower', 'observer'], 1)).word, 'healthy');
});

test('health names the trouble', () => {
  for (const state of ['unreachable', 'halted', 'recovering']) {
    const { word, sentence: said } = judge(status(['leader', 'follower', state], 1));
    assert.equal(word, 'degraded');
    assert.equal(
      said,
      `degraded: seat 1 leads term 7; seat 3 is ${state}; no further node may fail`,
    );
  }
});

test('without a quorum or a leader nothing is healthy', () => {
  const alone = judge(status(['leader', 'unreachable', 'halted'], 1));
  assert.equal(
    alone.sentence,
    'no quorum: 1 seat leads or follows, 2 are needed; seat 2 is unreachable; seat 3 is halted',
  );
  assert.equal(judge(status(['follower', 'follower'], null)).sentence, 'no leader is known');
  assert.equal(judge(status([], null, 0)).word, 'no_quorum');
});

test('the gauge counts votes of counted seats for a later term', () => {
  const cast = [
    { seat: 2, to_term: 8 },
    { seat: 3, to_term: 7 },
    { seat: 9, to_term: 8 },
  ];
  const gauge = votes(snapshot({ votes: cast }));
  assert.deepEqual(gauge, { have: 1, needed: 2, term: 8, seats: [2], share: 0.5, made: false });
  assert.equal(votes(snapshot()).term, 8);
  assert.equal(votes(snapshot({ status: status([], null, 0) })).share, 0);
});

test('the gauge stays full for a moment once votes have made a term', () => {
  const events = [{ name: 'term_adopted', at: 9_000, facts: { term: '7' } }];
  const full = { have: 2, needed: 2, term: 7, seats: [], share: 1, made: true };
  assert.deepEqual(votes(snapshot(), events), full);
  assert.equal(votes(snapshot({ at: 15_000 }), events).have, 0);
  assert.equal(votes(snapshot({ votes: [{ seat: 2, to_term: 8 }] }), events).have, 1);
});

test('a ring begins at the top and its segments do not overlap', () => {
  const top = onCircle(0, 3, 100);
  assert.ok(Math.abs(top.x) < 1e-9 && Math.abs(top.y + 100) < 1e-9);
  assert.equal(segments(3, 50).length, 3);
  assert.ok(segments(1, 50)[0].includes(' 0 1 1 '), 'a single segment is the long way round');
  assert.ok(segments(2, 50)[0].includes(' 0 0 1 '));
});

test('the ladder shows who is behind, and a small gap as small', () => {
  const rows = ladder(
    snapshot({
      progress: [
        { seat: 1, commit_seq: 100 },
        { seat: 2, commit_seq: 99 },
      ],
    }),
  );
  assert.deepEqual(rows.map(({ seat, behind }) => [seat, behind]), [[1, 0], [2, 1]]);
  assert.equal(rows[0].share, 1);
  assert.ok(rows[1].share > 0.95 && rows[1].share < 1);
});

test('every known event has a sentence of its own, an unknown one is shown as it is', () => {
  const vote = { name: 'voted', facts: { to_term: '8', why: 'silence' } };
  assert.deepEqual(sentence(vote), {
    tone: 'bad',
    text: 'This node voted for term 8: silence',
  });
  const other = { name: 'constructor', facts: { seq: '4' } };
  assert.deepEqual(sentence(other), { tone: 'plain', text: 'constructor, seq 4' });
});

test('a seat that changed between two snapshots is told', () => {
  const after = snapshot({ at: 11_000, status: status(['leader', 'unreachable', 'follower'], 1) });
  const changes = seatChanges(snapshot(), after);
  assert.equal(changes.length, 1);
  assert.equal(sentence(changes[0]).text, 'Seat 2 is unreachable; it was follower');
});

const event = (name, at, facts) => ({ id: `${name}${at}`, name, at, facts });

test('a failover reaches from the first vote to the first block', () => {
  const [one, ...others] = failovers([
    event('voted', 1_000, { to_term: '8' }),
    event('term_adopted', 1_050, { term: '8' }),
    event('term_committed', 1_200, { term: '8', leader: '3' }),
  ]);
  assert.deepEqual(others, []);
  assert.equal(one.leader, 3);
  assert.equal(one.ms, 200);
  assert.equal(one.steps.length, 3);
});

test('terms without a leader belong to the failover that ended them', () => {
  const [one, ...others] = failovers([
    event('voted', 1_000, { to_term: '8' }),
    event('term_adopted', 1_050, { term: '8' }),
    event('voted', 2_000, { to_term: '9' }),
    event('term_adopted', 2_050, { term: '9' }),
    event('term_committed', 2_100, { term: '9', leader: '2' }),
  ]);
  assert.deepEqual(others, []);
  assert.equal(one.term, 9);
  assert.equal(one.steps.length, 5);
});

test('an old grudge is no part of a later failover, a leader that resumes is none', () => {
  const [one] = failovers([
    event('voted', 1_000, { to_term: '8' }),
    event('term_adopted', 3_600_000, { term: '8' }),
    event('term_committed', 3_600_100, { term: '8', leader: '3' }),
  ]);
  assert.equal(one.ms, 100);
  const resumed = [event('stepped_down', 1, { term: '7' }), event('resumed', 2, { term: '7' })];
  assert.deepEqual(failovers(resumed), []);
  const [open] = failovers([event('stepped_down', 1, { term: '7' })]);
  assert.equal(open.ms, null);
  assert.deepEqual(failovers([event('term_committed', 5, { term: '1', leader: '1' })]), []);
});

test('figures are short', () => {
  assert.deepEqual(
    [0, 999, 1_500, 59_000, 61_000, 7_300_000, 90_000_000].map(duration),
    ['0 ms', '999 ms', '1.5 s', '59 s', '1 min', '2 h', '1 d'],
  );
  assert.equal(count(1_234_567), '1\u00a0234\u00a0567');
  assert.equal(plural(1, 'block'), '1 block');
  assert.equal(plural(2, 'block'), '2 blocks');
  assert.equal(short('0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266'), '0xf39f…2266');
  assert.match(clock(0), /^\d\d:\d\d:\d\d$/);
});

test('a stream that falls silent is lost, and the last snapshot stays', () => {
  const live = reduce(initial, { type: 'snapshot', now: 0, data: snapshot() });
  assert.equal(live.link, 'live');
  assert.equal(reduce(live, { type: 'tick', now: limits.staleMs }).link, 'live');
  const lost = reduce(live, { type: 'tick', now: limits.staleMs + 1 });
  assert.equal(lost.link, 'lost');
  assert.equal(lost.snapshot, live.snapshot);
  assert.equal(reduce(lost, { type: 'snapshot', now: 9_000, data: snapshot() }).link, 'live');
  assert.throws(() => reduce(live, { type: 'surprise' }), /unknown action/);
});

test('what is told again after a reconnect stands once, and memory is bounded', () => {
  const told = { type: 'happened', now: 0, data: event('admitted', 5, { seq: '1' }) };
  assert.equal(replay([told, told]).events.length, 1);
  const many = Array.from({ length: limits.events + 10 }, (_, at) => ({
    ...told,
    data: event('checkpoint', at, { seq: '1' }),
  }));
  const { events } = replay(many);
  assert.equal(events.length, limits.events);
  assert.equal(events[0].at, 10);
});

test('rates come from counts, and a restart makes no rate', () => {
  const at = (ms, operations, since = 1_000) => ({
    type: 'snapshot',
    now: ms,
    data: snapshot({ at: ms, since, load: { operations, writes: 1, p50_us: 900, p99_us: 1_800 } }),
  });
  const { series } = replay([
    at(10_000, 500),
    at(10_050, 510),
    at(11_000, 700),
    at(12_000, 30, 11_500),
    at(13_000, 130, 11_500),
    at(18_000, 430, 11_500),
  ]);
  assert.deepEqual(series.operations, [null, 200, null, 100, null]);
  assert.equal(series.p50[0], 0.9);
});

test('the recorded failover: the gauge fills, the crown moves, the timeline has an entry', () => {
  const seen = [];
  let state = initial;
  for (const action of recorded()) {
    state = reduce(state, action);
    if (!state.snapshot) continue;
    const { have } = votes(state.snapshot);
    const now = `${have} votes, leader ${state.snapshot.status.leader?.seat ?? 'none'}`;
    if (seen.at(-1) !== now) seen.push(now);
  }
  assert.deepEqual(seen, [
    '0 votes, leader 1',
    '1 votes, leader 1',
    '2 votes, leader 1',
    '0 votes, leader none',
    '0 votes, leader 3',
  ]);
  const [one] = failovers(state.events);
  assert.equal(one.leader, 3);
  assert.equal(one.ms, 700);
  assert.ok(state.events.some(({ name, facts }) => name === 'seat_changed' && facts.seat === '1'));
});
