// Where everything stands.
import { html } from '../preact.mjs';
import { Boxes } from './boxes.mjs';
import { Charts } from './charts.mjs';
import { Feed } from './feed.mjs';
import { Health } from './health.mjs';
import { Ladder } from './ladder.mjs';
import { Ring } from './ring.mjs';
import { Timeline } from './timeline.mjs';

export function Page({ state, now }) {
  const { snapshot, events, series } = state;
  if (!snapshot) return html`<${Health} state=${state} now=${now} />`;
  return html`
    <${Health} state=${state} now=${now} />
    <div class=${`grid ${state.link}`}>
      <${Ring} snapshot=${snapshot} events=${events} />
      <${Ladder} snapshot=${snapshot} />
      <${Charts} series=${series} />
      <${Boxes} snapshot=${snapshot} />
      <${Feed} events=${events} />
      <${Timeline} events=${events} />
    </div>`;
}
