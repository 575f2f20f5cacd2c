// The seats on a circle, the leader crowned, and inside the votes that would replace it.
import { onCircle, segments, votes } from '../gauge.mjs';
import { html } from '../preact.mjs';

const seatsRadius = 130;
const gaugeRadius = 66;
const crown = 'M -13 6 L -13 -6 L -6 0 L 0 -10 L 6 0 L 13 -6 L 13 6 Z';

function Seat({ member, place, status, votes: { seats } }) {
  const { seat, state } = member;
  const leads = status.leader?.seat === seat;
  const notes = [
    state,
    leads && 'leads',
    seats.includes(seat) && 'votes against the leader',
    seat === status.seat && 'this node',
  ].filter(Boolean);
  return html`
    <g class=${`seat ${state}`} transform=${`translate(${place.x} ${place.y})`}>
      <title>Seat ${seat}: ${notes.join(', ')}</title>
      ${seats.includes(seat) && html`<circle class="ballot" r="29" />`}
      <circle class="disc" r="24" />
      ${seat === status.seat && html`<circle class="self" r="20" />`}
      <text class="number" dy="6">${seat}</text>
      <text class="state" dy="42">${state}</text>
      ${leads && html`<path class="crown" data-seat=${seat} d=${crown} transform="translate(0 -32)" />`}
    </g>`;
}

function caption(gauge) {
  if (gauge.needed === 0) return 'No quorum is known';
  const votes = `${gauge.have} of ${gauge.needed} votes`;
  return gauge.made ? `${votes} made term ${gauge.term}` : `${votes} for term ${gauge.term}`;
}

export function Ring({ snapshot, events }) {
  const { status } = snapshot;
  const gauge = votes(snapshot, events);
  const { members } = status;
  return html`
    <section class="ring" aria-label="Seats and votes">
      <svg viewBox="-180 -190 360 380" role="img" aria-label=${`${members.length} seats; ${caption(gauge)}`}>
        <g data-have=${gauge.have} data-needed=${gauge.needed} class="gauge">
          ${segments(Math.max(1, gauge.needed), gaugeRadius).map(
            (path, index) => html`<path key=${index} class=${index < gauge.have ? 'full' : ''} d=${path} />`,
          )}
        </g>
        <text class="term" dy="-14">term</text>
        <text class="termNumber" dy="18">${status.term}</text>
        <text class="tally" dy="40">${gauge.have}/${gauge.needed} votes</text>
        ${members.map(
          (member, index) => html`
            <${Seat} key=${member.seat} member=${member} status=${status} votes=${gauge}
              place=${onCircle(index, members.length, seatsRadius)} />`,
        )}
      </svg>
      <p class="hidden" role="status">${caption(gauge)}</p>
    </section>`;
}
