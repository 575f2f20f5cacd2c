// Numbers and times as people read them.

const units = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
];

/** 950 -> "950 ms", 1500 -> "1.5 s", 61000 -> "1 min", ... */
export function duration(ms) {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = ms / 1_000;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const [size, unit] = units.find(([unitSize]) => seconds >= unitSize);
  return `${Math.floor(seconds / size)} ${unit}`;
}

/** 14:05:09, in the reader's time zone. */
export function clock(ms) {
  const date = new Date(ms);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}

/** 1234567 -> "1 234 567", with spaces that do not break. */
export function count(value) {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, '\u00a0');
}

/** One more is singular: plural(1, 'seat') -> "1 seat". */
export function plural(value, noun) {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** 0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266 -> "0xf39f…2266" */
export function short(hex) {
  return hex.length > 12 ? `${hex.slice(0, 6)}…${hex.slice(-4)}` : hex;
}
