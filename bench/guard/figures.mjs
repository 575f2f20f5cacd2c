// Counts of callgrind into figures, and what they are worth against the budget.

// Dearer by more than this fails: compilers and libraries of one Debian release differ by less.
const DEARER = 1.1;
// Cheaper by more than this is no failure, but the budget should say so.
const CHEAPER = 0.8;

// {stage: units} from what bench_guard prints.
export function unitsOf(text) {
  const rows = text.trim().split('\n').map((line) => line.split(' '));
  return Object.fromEntries(rows.map(([stage, units]) => [stage, Number(units)]));
}

// The stage and the instructions of one dump of callgrind, or nothing if it is of no stage.
export function countOf(dump) {
  const stage = dump.match(/^desc: Trigger: Client Request: (\S+)$/m)?.[1];
  const instructions = dump.match(/^(?:summary|totals): (\d+)$/m)?.[1];
  return stage && instructions ? { stage, instructions: Number(instructions) } : undefined;
}

// {stage: instructions for a unit}. Requires: a dump for each stage that ran.
export function figuresOf(units, dumps) {
  const counts = new Map(dumps.map(countOf).filter(Boolean).map((one) => [one.stage, one.instructions]));
  return Object.fromEntries(
    Object.entries(units).map(([stage, number]) => {
      if (!counts.has(stage)) throw new Error(`no count of ${stage}: was bench_guard run by callgrind?`);
      return [stage, Math.round(counts.get(stage) / number)];
    }),
  );
}

// One verdict for each stage of either side: ok, dearer, cheaper (ok, with a note), missing, new.
export function judge(budget, figures) {
  const stages = [...new Set([...Object.keys(budget), ...Object.keys(figures)])];
  return stages.map((stage) => {
    const allowed = budget[stage]?.instructions;
    const counted = figures[stage];
    const ratio = counted / allowed;
    let verdict = 'ok';
    if (counted === undefined) verdict = 'missing';
    else if (allowed === undefined) verdict = 'new';
    else if (ratio > DEARER) verdict = 'dearer';
    else if (ratio < CHEAPER) verdict = 'cheaper';
    return { stage, allowed, counted, ratio, verdict };
  });
}

export const passes = ({ verdict }) => verdict === 'ok' || verdict === 'cheaper';

const ADVICE = {
  ok: '',
  cheaper: 'lower the budget: bench/guard/run.sh --write',
  dearer: 'make it cheaper, or say in the commit why it must cost more and raise the budget',
  missing: 'the budget names a stage that bench_guard does not run',
  new: 'no budget yet: describe it in budget.json, then bench/guard/run.sh --write',
};

export function line({ stage, allowed, counted, ratio, verdict }) {
  const difference = Number.isFinite(ratio) ? `${ratio >= 1 ? '+' : ''}${((ratio - 1) * 100).toFixed(1)} %` : '';
  const cells = [stage.padEnd(13), String(counted ?? '-').padStart(9), String(allowed ?? '-').padStart(9)];
  return [...cells, difference.padStart(9), verdict, ADVICE[verdict]].join('  ').trimEnd();
}
