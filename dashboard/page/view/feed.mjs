// What happened, newest first.
import { sentence } from '../feed.mjs';
import { clock } from '../format.mjs';
import { html } from '../preact.mjs';

const marks = { good: '✓', bad: '!', plain: '·' };

export function Feed({ events }) {
  return html`
    <section class="feed">
      <h2 id="feed">What happened</h2>
      <ol role="log" aria-labelledby="feed" tabindex="0">
        ${events.toReversed().map((event) => {
          const { tone, text } = sentence(event);
          return html`
            <li key=${event.id} class=${tone}>
              <time datetime=${new Date(event.at).toISOString()}>${clock(event.at)}</time>
              <span aria-hidden="true">${marks[tone]}</span> ${text}
            </li>`;
        })}
      </ol>
    </section>`;
}
