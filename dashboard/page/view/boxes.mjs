// What this node knows of the chain, and on what it may be trusted.
import { count, short } from '../format.mjs';
import { html } from '../preact.mjs';

function Facts({ title, rows }) {
  return html`
    <section class="facts">
      <h2>${title}</h2>
      <dl>
        ${rows.map(([name, value, tone]) => html`<dt>${name}</dt><dd class=${tone ?? ''}>${value}</dd>`)}
      </dl>
    </section>`;
}

function recorded({ status }) {
  const { leader_seat: seat, leader_term: term } = status.chain;
  return seat === 0 ? 'no leader yet' : `seat ${seat}, term ${term}`;
}

function chainRows(snapshot) {
  const { chain } = snapshot.status;
  return [
    ['Chain', chain.id],
    ['Head', count(chain.head)],
    ['Endpoints', chain.reachable ? 'agree' : chain.error ?? 'none answers', chain.reachable ? 'good' : 'bad'],
    ['Leader on it', recorded(snapshot)],
    ['Gas', chain.gas === 'own' ? 'this node pays' : 'peers pay'],
  ];
}

function trustRows({ status, accused }) {
  const admitted = status.role === 'leader' || status.role === 'follower';
  return [
    ['Contract', html`<span title=${status.chain.contract}>${short(status.chain.contract)}</span>`],
    ['Operator', html`<span title=${status.operator}>${short(status.operator)}</span>`],
    ['Boot', `epoch ${status.epoch}, ${admitted ? 'admitted by the log' : 'not admitted'}`, admitted ? 'good' : 'bad'],
    ['Counted', `${status.counted.length} seats, quorum ${status.quorum}`],
    ['Contradictions', accused.length === 0 ? 'none proven' : `seat ${accused.join(', ')}`, accused.length ? 'bad' : 'good'],
  ];
}

export function Boxes({ snapshot }) {
  return html`
    <div class="boxes">
      <${Facts} title="Chain" rows=${chainRows(snapshot)} />
      <${Facts} title="Trust" rows=${trustRows(snapshot)} />
    </div>`;
}
