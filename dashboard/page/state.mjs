// All that the page knows, as a value; reduce() is the only way from one to the next.
import { seatChanges } from './feed.mjs';

export const limits = { events: 300, points: 300, staleMs: 3_000 };

export const initial = {
  link: 'connecting',  // connecting, live, lost
  heardAt: null,       // by the reader's clock: when the last snapshot came
  snapshot: null,
  events: [],  // oldest first
  series: { at: [], operations: [], p50: [], p99: [] },
};

const last = (list) => list[list.length - 1];
const bounded = (list, max) => (list.length > max ? list.slice(list.length - max) : list);

function withEvents(events, more) {
  const known = new Set(events.map(({ id }) => id));
  const fresh = more.filter(({ id }) => !known.has(id));
  if (fresh.length === 0) return events;
  return bounded([...events, ...fresh].sort((a, b) => a.at - b.at), limits.events);
}

/** A point a second; snapshots in between say nothing new about rates. */
function withPoint(series, before, after) {
  const previous = last(series.at);
  if (previous !== undefined && after.at - previous < 900) return series;
  const { operations, p50_us: p50, p99_us: p99 } = after.load;
  const same = before?.since === after.since && previous !== undefined;
  const elapsed = same ? (after.at - previous) / 1_000 : 0;
  const rate = same && elapsed < 3 ? (operations - series.operationsAtLast) / elapsed : null;
  const add = (name, value) => bounded([...series[name], value], limits.points);
  return {
    at: add('at', after.at),
    operations: add('operations', rate),
    p50: add('p50', p50 === null ? null : p50 / 1_000),
    p99: add('p99', p99 === null ? null : p99 / 1_000),
    operationsAtLast: operations,
  };
}

function onSnapshot(state, { now, data }) {
  const before = state.snapshot;
  const changes = before && before.since === data.since ? seatChanges(before, data) : [];
  return {
    ...state,
    link: 'live',
    heardAt: now,
    snapshot: data,
    events: withEvents(state.events, changes),
    series: withPoint(state.series, before, data),
  };
}

function onTick(state, { now }) {
  const silent = state.link === 'live' && now - state.heardAt > limits.staleMs;
  return silent ? { ...state, link: 'lost' } : state;
}

/** Actions: { type: snapshot | happened | lost | tick, now, data }. */
export function reduce(state, action) {
  switch (action.type) {
    case 'snapshot':
      return onSnapshot(state, action);
    case 'happened':
      return { ...state, events: withEvents(state.events, [action.data]) };
    case 'lost':
      return state.link === 'lost' ? state : { ...state, link: 'lost' };
    case 'tick':
      return onTick(state, action);
    default:
      throw new Error(`unknown action ${action.type}`);
  }
}
