// Listens to the node that served the page and draws what it says.
import { html, render } from './preact.mjs';
import { initial, reduce } from './state.mjs';
import { Page } from './view/page.mjs';

const redialMs = 1_000;
const page = document.getElementById('page');
page.replaceChildren();

let state = initial;
let stream = null;

function take(action) {
  state = reduce(state, { ...action, now: Date.now() });
  render(html`<${Page} state=${state} now=${Date.now()} />`, page);
}

function listen() {
  stream?.close();
  stream = new EventSource('/events');
  for (const type of ['snapshot', 'happened']) {
    stream.addEventListener(type, ({ data }) => take({ type, data: JSON.parse(data) }));
  }
  stream.onerror = () => take({ type: 'lost' });
}

// The browser redials by itself only where the connection broke. A refusal, or a node that stands
// still behind an open connection, is for us.
setInterval(() => {
  take({ type: 'tick' });
  if (state.link === 'lost' && stream.readyState !== EventSource.CONNECTING) listen();
}, redialMs);
listen();
