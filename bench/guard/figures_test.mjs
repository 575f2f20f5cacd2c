// Does the guard notice? node --test bench/guard/figures_test.mjs
import assert from 'node:assert/strict';
import test from 'node:test';
import { countOf, figuresOf, judge, line, passes, unitsOf } from './figures.mjs';

const dump = (stage, instructions) =>
  `version: 1\ncmd: bench_guard\ndesc: Trigger: Client Request: ${stage}\nevents: Ir\nsummary: ${instructions}\n`;
const budget = { sign: { instructions: 367_000, of: 'signature' }, link: { instructions: 30_000, of: 'frame' } };
const verdicts = (figures) => Object.fromEntries(judge(budget, figures).map((one) => [one.stage, one.verdict]));

test('a figure is what callgrind counted, for one unit', () => {
  const units = unitsOf('sign 20\nlink 100\n');
  assert.deepEqual(figuresOf(units, [dump('link', 3_000_000), dump('sign', 7_340_000), 'version: 1\n']), {
    sign: 367_000,
    link: 30_000,
  });
});

test('a stage without a count is an error, not a zero', () => {
  assert.equal(countOf('summary: 12\n'), undefined);
  assert.throws(() => figuresOf({ sign: 20 }, [dump('link', 1)]), /no count of sign/);
});

test('what costs as before passes, within what compilers differ', () => {
  assert.deepEqual(verdicts({ sign: 400_000, link: 27_500 }), { sign: 'ok', link: 'ok' });
});

// Recorded: link before and after its bytes were copied one by one.
test('a stage that gets dearer fails', () => {
  const found = judge({ link: { instructions: 33_565, of: 'frame' } }, { link: 45_756 });
  assert.equal(found[0].verdict, 'dearer');
  assert.ok(!passes(found[0]));
  assert.match(line(found[0]), /\+36\.3 %  dearer/);
});

test('a stage that gets cheaper passes with a note', () => {
  const found = judge({ link: { instructions: 45_756, of: 'frame' } }, { link: 33_565 });
  assert.equal(found[0].verdict, 'cheaper');
  assert.ok(passes(found[0]));
  assert.match(line(found[0]), /lower the budget/);
});

test('a stage that vanished or has no budget fails', () => {
  const found = judge(budget, { sign: 367_000, hash: 1 });
  assert.deepEqual(found.filter((one) => !passes(one)).map((one) => [one.stage, one.verdict]), [
    ['link', 'missing'],
    ['hash', 'new'],
  ]);
});
