// A bar for each seat: how far its log is committed.
import { count, plural } from '../format.mjs';
import { ladder } from '../ladder.mjs';
import { html } from '../preact.mjs';

function Row({ row }) {
  const gap = row.behind === 0 ? 'level' : `${plural(row.behind, 'block')} behind`;
  return html`
    <tr>
      <th scope="row">Seat ${row.seat}</th>
      <td class="bar">
        <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
          <rect class="track" width="100" height="8" />
          <rect class=${row.state} width=${100 * row.share} height="8" />
        </svg>
      </td>
      <td>${count(row.commit)}</td>
      <td>${gap}</td>
    </tr>`;
}

export function Ladder({ snapshot }) {
  return html`
    <section class="ladder">
      <h2>Committed blocks <small>as heard by seat ${snapshot.status.seat}</small></h2>
      <table>
        <thead class="hidden"><tr><th>Seat</th><th>Share</th><th>Block</th><th>Gap</th></tr></thead>
        <tbody>${ladder(snapshot).map((row) => html`<${Row} key=${row.seat} row=${row} />`)}</tbody>
      </table>
    </section>`;
}
