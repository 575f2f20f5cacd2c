// The sentence on top, which node says it, and whether it still speaks.
import { duration } from '../format.mjs';
import { judge } from '../health.mjs';
import { html } from '../preact.mjs';

const words = { healthy: 'Healthy', degraded: 'Degraded', no_quorum: 'No quorum' };

function link({ link: state, heardAt }, now) {
  if (state === 'live') return null;
  if (heardAt === null) return 'No word from this node yet. Dialling.';
  return `The stream is lost: what stands here is ${duration(now - heardAt)} old. Dialling again.`;
}

function speaker({ status }) {
  const why = status.reason ? ` (${status.reason})` : '';
  return `Seat ${status.seat} speaks, ${status.role}${why}: this is its own view`;
}

/** The word stands before it already, unless it is old. */
function said({ sentence }, trouble) {
  return trouble ? `at last ${sentence}` : sentence.replace(/^(healthy|degraded|no quorum): /, '');
}

export function Health({ state, now }) {
  const { snapshot } = state;
  const trouble = link(state, now);
  const judged = snapshot && judge(snapshot.status);
  const word = trouble || !judged ? 'unknown' : judged.word;
  return html`
    <header class=${`health ${word}`}>
      <h1>
        <span class="word">${words[word] ?? 'Cannot tell'}</span>
        <span role="status">${judged ? said(judged, trouble) : ''}</span>
      </h1>
      <p class="speaker">${snapshot ? speaker(snapshot) : ''}</p>
      ${trouble && html`<p class="warning" role="alert">${trouble}</p>`}
      ${snapshot?.status.next_step && html`<p class="warning">${snapshot.status.next_step}</p>`}
    </header>`;
}
