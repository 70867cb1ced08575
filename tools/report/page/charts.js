// SPDX-License-Identifier: GPL-2.0-or-later
// Lines and bars over time, drawn by uPlot.
import uPlot from 'uplot';
import { el } from './dom.js';
import { setRange, visible } from './range.js';
import { at } from './text.js';
import { colour, onTheme } from './theme.js';

const POINTS = 1200;
const charts = new Set();

function axis(options) {
  return { stroke: colour('dim'), grid: { stroke: colour('grid'), width: 1 },
    ticks: { stroke: colour('grid'), width: 1 }, ...options };
}

class Chart {
  constructor(parent, options, data) {
    this.parent = el('div', { class: 'chart' });
    this.options = options;
    this.data = data;
    this.plot = null;
    parent.append(this.parent);
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.parent);
    this.make();
    charts.add(this);
  }

  width() {
    return Math.max(200, this.parent.clientWidth);
  }

  make() {
    if (this.plot) {
      this.plot.destroy();
    }
    this.plot = new uPlot({ width: this.width(), height: 220, ...this.options() },
      this.data, this.parent);
  }

  set(data) {
    this.data = data;
    this.plot.setData(data);
  }

  resize() {
    if (!this.parent.isConnected) {
      /* its view was closed */
      this.observer.disconnect();
      this.plot.destroy();
      charts.delete(this);
    } else if (this.plot.width !== this.width()) {
      this.plot.setSize({ width: this.width(), height: 220 });
    }
  }
}

onTheme(() => charts.forEach((chart) => chart.make()));

/* Values without neighbours would be no line at all: they are points. */
function alone(plot, k) {
  const values = plot.data[k];
  const found = [];
  for (let i = 0; i < values.length; i++) {
    if (values[i] !== null && (values[i - 1] ?? null) === null &&
      (values[i + 1] ?? null) === null) {
      found.push(i);
    }
  }
  return found;
}

/** A chart over time: series are {label, key (a colour), dash}; value makes a text. */
export function timeChart(parent, log, { title, series, value, size = 64 }) {
  const options = () => ({
    title,
    cursor: { drag: { x: true, y: false, setScale: false } },
    scales: { x: { time: false, range: () => [visible().from, visible().to] },
      y: { range: (plot, low, high) => [0, high > 0 ? high * 1.05 : 1] } },
    axes: [axis({ space: 110, values: (plot, ticks) => ticks.map((t) =>
      at(log, t, ticks.length > 1 ? ticks[1] - ticks[0] : 0)) }),
    axis({ size, values: (plot, ticks) => ticks.map(value) })],
    series: [{ label: log.axis === 'line' ? 'Line' : 'Time',
      value: (plot, t) => t === null || t === undefined ? '-' : at(log, t) },
    ...series.map(({ label, key, dash }) => ({ label, stroke: colour(key), dash,
      width: 1.5, points: { show: true, size: 4, filter: alone }, spanGaps: false,
      value: (plot, v) => v === null || v === undefined ? '-' : value(v) }))],
    hooks: { setSelect: [(plot) => {
      if (plot.select.width > 3) {
        const from = plot.posToVal(plot.select.left, 'x');
        const to = plot.posToVal(plot.select.left + plot.select.width, 'x');
        plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
        setRange(from, to);
      }
    }] },
  });
  return new Chart(parent, options, [[], ...series.map(() => [])]);
}

/** Bars side by side, one group for each name */
export function barChart(parent, { title, names, series, value }) {
  const width = 0.8 / series.length;
  const bars = (k) => uPlot.paths.bars({ size: [width, 100],
    align: series.length === 1 ? 0 : k === 0 ? -1 : 1 });
  const options = () => ({
    title,
    cursor: { drag: { x: false, y: false } },
    scales: { x: { time: false, range: () => [-0.6, names.length - 0.4] },
      y: { range: (plot, low, high) => [0, high > 0 ? high * 1.05 : 1] } },
    axes: [axis({ space: 60, incrs: [1, 2, 4, 8],
      values: (plot, ticks) => ticks.map((i) => names[i] || '') }),
    axis({ size: 64, values: (plot, ticks) => ticks.map(value) })],
    series: [{ label: 'From', value: (plot, i) => names[i] || '-' },
      ...series.map(({ label, key }, k) => ({ label, stroke: colour(key),
        fill: colour(key), paths: bars(k), points: { show: false },
        value: (plot, v) => v === null || v === undefined ? '-' : value(v) }))],
  });
  return new Chart(parent, options, [names.map((_, i) => i), ...series.map(() => [])]);
}

/** Groups of bins for the visible range: {x, groups: [[first, end], ...]} */
export function binGroups({ n, width }, range) {
  const first = Math.max(0, Math.floor(range.from / width) - 1);
  const end = Math.min(n, Math.ceil(range.to / width) + 1);
  /* their borders stay where they are while the range moves */
  const size = 2 ** Math.max(0, Math.ceil(Math.log2((end - first) / POINTS)));
  const groups = [];
  const x = [];
  for (let i = Math.floor(first / size) * size; i < end; i += size) {
    groups.push([i, Math.min(n, i + size)]);
    x.push((i + size / 2) * width);
  }
  return { x, groups, size };
}
