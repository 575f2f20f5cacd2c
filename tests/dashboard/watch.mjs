// Runs inside the page, before its own scripts: notes when each message of the stream arrived and when each thing that
// a test waits for was first painted. Both by the page's clock.
export function watch() {
  const arrived = []; // { type, data, at }
  const painted = new Map(); // selector -> when it was first there
  const wanted = new Set();

  const Plain = window.EventSource;
  window.EventSource = class extends Plain {
    constructor(...args) {
      super(...args);
      // The first listener, so it notes the message before the page makes anything of it.
      for (const type of ['snapshot', 'happened']) {
        this.addEventListener(type, ({ data }) => {
          arrived.push({ type, data: JSON.parse(data), at: performance.now() });
        });
      }
    }
  };

  const look = () => {
    const found = [...wanted].filter((selector) => document.querySelector(selector));
    for (const selector of found) wanted.delete(selector);
    if (found.length === 0) return;
    // A frame with it is drawn next; after that one it has been shown.
    requestAnimationFrame(() => setTimeout(() => found.forEach((it) => painted.set(it, performance.now()))));
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });

  window.watched = {
    arrived,
    painted,
    want(selectors) {
      selectors.forEach((selector) => wanted.add(selector));
      look();
    },
  };
}
