// SPDX-License-Identifier: GPL-2.0-or-later
// How long the device took: over time, and as a distribution.
import { barChart, binGroups, timeChart } from './charts.js';
import { block } from './blocks.js';
import { el, replace } from './dom.js';
import { redraw } from './range.js';
import { set, state } from './state.js';
import { count, duration, short } from './text.js';
import { chosenLanes, laneChoice, sumOf } from './view-rates.js';

function highestOf(arrays, [first, end]) {
  let most = 0;
  for (const array of arrays) {
    for (let i = first; i < end; i++) {
      most = array[i] > most ? array[i] : most;
    }
  }
  return most;
}

export const latencyView = {
  id: 'latency',
  title: 'Latency',
  available: (log) => Boolean(log.latency && log.latency.reads && log.latency.writes),
  async open(panel, log) {
    this.log = log;
    this.choice = laneChoice(log, redraw);
    [this.reads, this.writes] = await Promise.all(
      [block(log.latency.reads), block(log.latency.writes)]);
    replace(panel, el('div', { class: 'bar' }, el('label', null, 'Of ', this.choice)));
    this.chart = timeChart(panel, log, { title: 'Latency: from the access to the answer of the device', size: 84,
      value: duration, series: [{ label: 'Longest', key: 'mark', dash: [6, 3] },
        { label: 'Mean', key: 'irq' }] });
    this.of = el('span');
    panel.append(el('div', { class: 'bar' }, this.of,
      el('button', { type: 'button', onclick: () => set('row', -1) }, 'All registers')));
    this.bars = barChart(panel, { title: 'Number of accesses by latency, whole log',
      names: log.latency.bounds.map(duration), value: short,
      series: [{ label: 'Reads', key: 'read' },
        { label: 'Writes', key: 'write' }] });
    this.row(state.row);
  },
  /* The buckets of one register, or of all */
  distribution(counts, row) {
    const n = this.log.latency.bounds.length;
    const sums = new Array(n).fill(0);
    const first = row < 0 ? 0 : row * n;
    const end = row < 0 ? counts.length : first + n;
    for (let i = first; i < end; i++) {
      sums[i % n] += counts[i];
    }
    return sums;
  },
  row(row) {
    const { log } = this;
    const all = [this.reads, this.writes].map((c) => this.distribution(c, row));
    const known = all.flat().reduce((a, b) => a + b, 0);
    this.of.textContent = `${row < 0 ? 'all registers' : log.rowTitle(log.rows[row])}: ` +
      `${count(known)} accesses with a known latency`;
    this.bars.set([log.latency.bounds.map((_, i) => i), ...all]);
  },
  draw(range) {
    const { x, groups } = binGroups(this.log.bins, range);
    const lanes = chosenLanes(this.log, this.choice)
      .filter((l) => l.latencyMax && l.latencySum && l.latencyN);
    const most = lanes.map((l) => l.latencyMax);
    const sums = lanes.map((l) => l.latencySum);
    const numbers = lanes.map((l) => l.latencyN);
    const n = groups.map((group) => sumOf(numbers, group));
    this.chart.set([x, groups.map((group, i) => n[i] ? highestOf(most, group) : null),
      groups.map((group, i) => n[i] ? sumOf(sums, group) / n[i] : null)]);
  },
};
