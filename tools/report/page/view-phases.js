// SPDX-License-Identifier: GPL-2.0-or-later
// Phases: what each has, and two of them compared register by register.
import { block } from './blocks.js';
import { el, replace } from './dom.js';
import { selectRow } from './lines.js';
import { setRange } from './range.js';
import { set } from './state.js';
import { Table } from './table.js';
import { at, count, span } from './text.js';

function phaseTable(log) {
  const table = new Table({ name: 'Phases', columns: [
    { title: 'Phase', width: 'minmax(160px, 1fr)', text: (p) => p.name },
    { title: 'Begins', width: '120px', number: true, text: (p) => at(log, p.from || 0),
      sort: (p) => p.from },
    { title: 'Length', width: '100px', number: true, down: true,
      text: (p) => span(log, p.to - p.from || 0), sort: (p) => p.to - p.from || 0 },
    { title: 'Reads', width: '90px', number: true, down: true,
      text: (p) => count(p.reads || 0), sort: (p) => p.reads || 0 },
    { title: 'Writes', width: '90px', number: true, down: true,
      text: (p) => count((p.writes || 0) + (p.unknown || 0)),
      sort: (p) => (p.writes || 0) + (p.unknown || 0) },
    { title: 'Line', width: '90px', number: true, text: (p) => p.line ? `#${p.line}` : '',
      sort: (p) => p.line },
  ], choose: (phase) => {
    if (!phase.further) {
      setRange(phase.from, Math.max(phase.to, phase.from + 1));
    }
  } });
  table.setItems(log.phases);
  return table;
}

const COMPARED = [
  { title: 'Register', width: 'minmax(200px, 1fr)', code: true, text: (r) => r.title,
    sort: (r) => r.row },
  ...[['A: reads', 'ra'], ['B: reads', 'rb'], ['A: writes', 'wa'], ['B: writes', 'wb']]
    .map(([title, key]) => ({ title, width: '90px', number: true, down: true,
      text: (r) => r[key] ? count(r[key]) : '-', sort: (r) => r[key] })),
  { title: 'Only in', width: '80px', text: (r) => r.only,
    class: (r) => r.only === 'A' ? 'only-a' : r.only === 'B' ? 'only-b' : '' },
  { title: 'Difference', width: '100px', number: true, down: true,
    text: (r) => count(r.difference), sort: (r) => r.difference },
];

/* What is compared at first: what has accesses */
function firstTwo(phases) {
  const busy = phases.map((p, i) => [p, i])
    .filter(([p]) => p.reads || p.writes || p.unknown).map(([, i]) => i);
  return busy.length > 1 ? busy : [0, 1];
}

export const phasesView = {
  id: 'phases',
  title: 'Phases',
  available: (log) => log.phases.length > 0,
  async open(panel, log) {
    this.log = log;
    const counts = log['phase-counts'] || {};
    [this.reads, this.writes] = await Promise.all(
      [block(counts.reads), block(counts.writes)]);
    this.list = phaseTable(log);
    if (!this.reads || !this.writes) {
      replace(panel, this.list.node,
        el('p', { class: 'note' }, 'The phases\' registers are not in this page.'));
      this.table = this.list;
      return;
    }
    if (log.phases.length < 2) {
      replace(panel, this.list.node, el('p', { class: 'note' }, 'Marks divide a log into ' +
        'phases, which are compared here: vfio-trace mark sets them.'));
      this.table = this.list;
      return;
    }
    this.list.node.style.maxHeight = '26vh';
    [this.a, this.b] = ['A', 'B'].map((name, k) => el('select',
      { 'aria-label': `phase ${name}`, onchange: () => this.compare() },
      log.phases.map((phase, i) => el('option', { value: String(i) }, phase.name))));
    const [a, b] = firstTwo(log.phases);
    this.a.value = String(a);
    this.b.value = String(b);
    this.table = new Table({ name: 'Two phases', columns: COMPARED,
      none: 'Neither has an access.',
      choose: (r) => this.choose(r) });
    replace(panel, this.list.node, el('div', { class: 'bar' }, el('h3', null, 'Compare'),
      el('label', null, 'A ', this.a), el('label', null, 'B ', this.b)), this.table.node);
    this.compare();
    this.table.sortBy(COMPARED.length - 1);
  },
  choose({ row, only }) {
    const phase = this.log.phases[Number(only === 'B' ? this.b.value : this.a.value)];
    set('row', row);
    if (!phase.further) {
      selectRow(row, phase.from, phase.to);
    }
  },
  counts(row) {
    const { length } = this.log.rows;
    const a = Number(this.a.value) * length + row;
    const b = Number(this.b.value) * length + row;
    return { ra: this.reads[a], rb: this.reads[b], wa: this.writes[a], wb: this.writes[b] };
  },
  compare() {
    const found = [];
    this.log.rows.forEach((row, i) => {
      const n = this.counts(i);
      const a = n.ra + n.wa;
      const b = n.rb + n.wb;
      if (a || b) {
        found.push({ row: i, title: this.log.rowTitle(row), ...n,
          only: !b ? 'A' : !a ? 'B' : '',
          difference: Math.abs(n.ra - n.rb) + Math.abs(n.wa - n.wb) });
      }
    });
    this.table.setItems(found);
  },
  search(words) {
    this.table.search(words);
  },
};
