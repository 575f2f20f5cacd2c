// Usage: judge.mjs DIRECTORY [--write]: bench/guard/run.sh calls it with what callgrind left there.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { figuresOf, judge, line, passes, unitsOf } from './figures.mjs';

const [directory, option] = process.argv.slice(2);
const budgetFile = new URL('budget.json', import.meta.url);
const budget = JSON.parse(readFileSync(budgetFile, 'utf8'));

const units = unitsOf(readFileSync(join(directory, 'units'), 'utf8'));
const dumps = readdirSync(directory)
  .filter((name) => name.startsWith('out'))
  .map((name) => readFileSync(join(directory, name), 'utf8'));
const figures = figuresOf(units, dumps);

if (option === '--write') {
  for (const [stage, instructions] of Object.entries(figures)) {
    budget[stage] = { ...budget[stage], instructions };
  }
  writeFileSync(budgetFile, `${JSON.stringify(budget, null, 2)}\n`);
}

const verdicts = judge(budget, figures);
console.log('stage            counted     budget');
for (const verdict of verdicts) console.log(line(verdict));
const passed = verdicts.filter(passes).length;
console.log(`${passed} passed, ${verdicts.length - passed} failed`);
process.exitCode = passed === verdicts.length ? 0 : 1;
