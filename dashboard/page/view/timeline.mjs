// The last failovers, each as a line of its steps.
import { failovers } from '../failovers.mjs';
import { clock, duration } from '../format.mjs';
import { html } from '../preact.mjs';

const shown = 4;
const names = {
  switchover: 'handed over',
  stepped_down: 'stepped down',
  voted: 'vote',
  term_adopted: 'quorum',
  leader_elected: 'elected',
  term_committed: 'first block',
};

function Step({ step, entry }) {
  const after = step.at - entry.from;
  return html`<li class=${step.name}>${names[step.name]} <small>${after === 0 ? clock(step.at) : `+${duration(after)}`}</small></li>`;
}

function Failover({ entry }) {
  const outcome = entry.to === null ? 'not over' : `seat ${entry.leader} leads after ${duration(entry.ms)}`;
  return html`
    <li class=${entry.to === null ? 'open' : 'done'} data-term=${entry.term}>
      <strong>Term ${entry.term}: ${outcome}</strong>
      <ol>${entry.steps.map((step, index) => html`<${Step} key=${index} step=${step} entry=${entry} />`)}</ol>
    </li>`;
}

export function Timeline({ events }) {
  const all = failovers(events);
  return html`
    <section class="timeline">
      <h2>Failovers <small>as this node saw them</small></h2>
      ${all.length === 0
        ? html`<p>None since this node can remember.</p>`
        : html`<ol class="failovers">
            ${all.slice(-shown).reverse().map((entry) => html`<${Failover} key=${entry.term} entry=${entry} />`)}
          </ol>`}
    </section>`;
}
