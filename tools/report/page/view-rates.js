// SPDX-License-Identifier: GPL-2.0-or-later
// Accesses per second, and interrupts.
import { binGroups, timeChart } from './charts.js';
import { el, replace } from './dom.js';
import { redraw } from './range.js';
import { short } from './text.js';

function regionLanes(log) {
  return log.lanes.filter((lane) => lane.kind === 'region' && lane.reads && lane.writes);
}

/** A choice of a region, or all */
export function laneChoice(log, changed) {
  return el('select', { 'aria-label': 'region', onchange: changed },
    el('option', { value: '-1' }, 'all regions'),
    regionLanes(log).map((lane, i) => el('option', { value: String(i) }, lane.title)));
}

/** The lanes that a choice means */
export function chosenLanes(log, choice) {
  const lanes = regionLanes(log);
  return choice.value === '-1' ? lanes : [lanes[Number(choice.value)]];
}

export function sumOf(arrays, [first, end]) {
  let sum = 0;
  for (const array of arrays) {
    for (let i = first; i < end; i++) {
      sum += array[i];
    }
  }
  return sum;
}

export const ratesView = {
  id: 'rates',
  title: 'Rates',
  open(panel, log) {
    const unit = log.axis === 'line' ? '' : '/s';
    this.log = log;
    this.choice = laneChoice(log, redraw);
    replace(panel, el('div', { class: 'bar' }, el('label', null, 'Of ', this.choice),
      el('span', { class: 'note' }, 'drag over a chart to zoom: all views show the same part of the log')));
    this.chart = timeChart(panel, log, { title: log.axis === 'line' ? 'Accesses per line' : 'Accesses per second',
      value: (v) => `${short(v)}${unit}`, size: 74,
      series: [{ label: 'Reads', key: 'read' },
        { label: 'Writes', key: 'write', dash: [6, 3] }] });
    this.irqs = log.lanes.filter((lane) => lane.kind === 'irq' && lane.counts);
    this.irqChart = this.irqs.length ? timeChart(panel, log, { title: log.axis === 'line' ? 'Interrupts per line' : 'Interrupts per second',
      value: (v) => `${short(v)}${unit}`, size: 74,
      series: [{ label: 'Interrupts', key: 'irq' }] }) : null;
  },
  draw(range) {
    const { bins } = this.log;
    const { x, groups, size } = binGroups(bins, range);
    const second = (this.log.axis === 'line' ? 1 : 1e9) / (bins.width * size);
    const lanes = chosenLanes(this.log, this.choice);
    const rates = (arrays) => groups.map((group) => sumOf(arrays, group) * second);
    this.chart.set([x, rates(lanes.map((l) => l.reads)), rates(lanes.map((l) => l.writes))]);
    if (this.irqChart) {
      this.irqChart.set([x, rates(this.irqs.map((l) => l.counts))]);
    }
  },
};
