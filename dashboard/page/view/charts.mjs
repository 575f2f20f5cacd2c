// Throughput and latency over five minutes. uPlot comes as a classic script: a global.
import { html, useEffect, useRef } from '../preact.mjs';

const last = (values) => values.at(-1) ?? null;
const figure = (value, unit) => (value === null ? 'no figure' : `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`);

function colours() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(name).trim();
  return { lines: [of('--line-1'), of('--line-2')], text: of('--text-soft'), grid: of('--grid') };
}

function options(names, size) {
  const { lines, text, grid } = colours();
  const axis = { stroke: text, grid: { stroke: grid, width: 1 }, ticks: { show: false }, font: '11px system-ui' };
  return {
    ...size,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_, __, max) => [0, Math.max(1, max * 1.1)] } },
    axes: [{ ...axis, size: 22 }, { ...axis, size: 48 }],
    series: [{}, ...names.map((label, index) => ({ label, stroke: lines[index], width: 1.5 }))],
  };
}

/** A chart that follows its data, the size of its box, and the change of light and dark. */
function useChart(names, data) {
  const box = useRef(null);
  const chart = useRef(null);
  useEffect(() => {
    const size = () => ({ width: box.current.clientWidth, height: box.current.clientHeight });
    const draw = () => {
      const before = chart.current?.data ?? data;
      chart.current?.destroy();
      chart.current = new window.uPlot(options(names, size()), before, box.current);
    };
    draw();
    const scheme = window.matchMedia('(prefers-color-scheme: dark)');
    const resized = new ResizeObserver(() => chart.current.setSize(size()));
    scheme.addEventListener('change', draw);
    resized.observe(box.current);
    return () => {
      scheme.removeEventListener('change', draw);
      resized.disconnect();
      chart.current.destroy();
    };
  }, []);
  useEffect(() => void chart.current?.setData(data), [data[0].at(-1)]);
  return box;
}

function Chart({ title, names, data, text }) {
  const box = useChart(names, data);
  return html`
    <figure>
      <figcaption><h2>${title}</h2> <span>${text}</span></figcaption>
      <div class="plot" ref=${box} aria-hidden="true"></div>
    </figure>`;
}

export function Charts({ series }) {
  const { operations, p50, p99 } = series;
  const at = series.at.map((ms) => ms / 1_000);
  return html`
    <section class="charts">
      <${Chart} title="Throughput" names=${['committed']} data=${[at, operations]}
        text=${last(operations) === null ? 'no figure yet' : `${figure(last(operations), '/s')} committed`} />
      <${Chart} title="Latency" names=${['p50', 'p99']} data=${[at, p50, p99]}
        text=${last(p50) === null ? 'no writes here' : `p50 ${figure(last(p50), 'ms')}, p99 ${figure(last(p99), 'ms')}, writes at this node`} />
    </section>`;
}
