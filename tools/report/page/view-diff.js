// SPDX-License-Identifier: GPL-2.0-or-later
// Two logs: registers and phases side by side.
import { block } from './blocks.js';
import { el, replace } from './dom.js';
import { joined, phaseRows } from './joined.js';
import { selectLine, selectRow } from './lines.js';
import { set, state } from './state.js';
import { Table } from './table.js';
import { count, plural, span } from './text.js';

function difference(r) {
  return Math.abs(r.ra - r.rb) + Math.abs(r.wa - r.wb);
}

const COLUMNS = [
  { title: 'Register', width: 'minmax(144px, 1fr)', code: true,
    text: (r) => r.title },
  { title: 'Only in', width: '66px', text: (r) => r.only,
    class: (r) => r.only === 'A' ? 'only-a' : r.only === 'B' ? 'only-b' : '' },
  ...[['A: reads', 'ra'], ['B: reads', 'rb'], ['A: writes', 'wa'], ['B: writes', 'wb']]
    .map(([title, name]) => ({ title, width: '79px', number: true, down: true,
      text: (r) => r[name] ? count(r[name]) : '-', sort: (r) => r[name] })),
  { title: 'Difference', width: '90px', number: true, down: true,
    text: (r) => count(difference(r)), sort: difference },
  { title: 'A: written', width: 'minmax(94px, 1fr)', code: true,
    text: (r) => r.written[0] },
  { title: 'B: written', width: 'minmax(94px, 1fr)', code: true,
    text: (r) => r.written[1], class: (r) => r.others ? 'only-b' : '' },
];

function phaseColumns() {
  const cell = (k, text) => (row) => row.sides[k] ? text(row.sides[k], row.logs[k]) : '-';
  const accesses = (p) => (p.reads || 0) + (p.writes || 0) + (p.unknown || 0);
  return [{ title: 'Phase', width: 'minmax(150px, 1fr)', text: (row) => row.name },
    ...['A', 'B'].flatMap((side, k) => [
      { title: `${side}: accesses`, width: '110px', number: true, down: true,
        text: cell(k, (p) => count(accesses(p))), sort: cell(k, accesses) },
      { title: `${side}: length`, width: '110px', number: true, down: true,
        text: cell(k, (p, log) => span(log, p.to - p.from || 0)),
        sort: cell(k, (p) => p.to - p.from || 0) }])];
}

const KINDS = {
  'only-a': 'only in A', 'only-b': 'only in B', value: 'other value',
  order: 'other order', 'poll-end': 'poll ends otherwise',
  'poll-time': 'poll of another length', rounds: 'other number of rounds',
};

function sideText(side) {
  const accesses = (side.accesses || []).map((a) => `${a.op.toUpperCase()}${a.width} ` +
    `${a.register} ${a.value}${a.reads ? ` x${a.reads}` : ''}`);
  return accesses.join(', ') + (side.n > accesses.length ? ', ...' : '');
}

/* What vfio-trace diff finds: sequences that only one log has, other values */
function hunkTable(hunks) {
  const line = (name) => ({ title: `${name.toUpperCase()}: line`, width: '84px',
    number: true, text: (h) => h[name].line ? `#${h[name].line}` : '',
    sort: (h) => h[name].line });
  const accesses = (name) => ({ title: `${name.toUpperCase()}: accesses`,
    width: 'minmax(220px, 1fr)', code: true, text: (h) => sideText(h[name]),
    class: () => `only-${name}` });
  const table = new Table({ name: 'Differences in order', columns: [
    { title: 'Difference', width: '150px', text: (h) => KINDS[h.kind] || h.kind },
    line('a'), line('b'), accesses('a'), accesses('b')],
  choose: (hunk) => {
    const side = state.logs.indexOf(state.log) === 1 ? hunk.b : hunk.a;
    if (side.line) {
      selectLine(side.line);
    }
  } });
  table.setItems(hunks);
  return table;
}

/* In the log that is shown */
function chooseRegister(register) {
  const row = register.rows[state.logs.indexOf(state.log)];
  set('row', row);
  if (row >= 0) {
    selectRow(row, 0, state.log.end);
  }
}

export const diffView = {
  id: 'diff',
  title: 'Difference',
  available: () => state.report.logs.length === 2,
  async open(panel) {
    const { logs } = state;
    await Promise.all(logs.map((log) => log.load()));
    const [diff, ...tables] = await Promise.all([block(state.report.diff),
      ...logs.map((log) => log.part('registers'))]);
    const rows = joined(logs, tables);
    const changed = rows.filter((r) => r.only || difference(r) || r.others);
    this.table = new Table({ name: 'Registers of both logs', columns: COLUMNS,
      choose: chooseRegister });
    this.table.setItems(changed);
    this.table.sortBy(6);
    const phases = new Table({ name: 'Phases of both logs', columns: phaseColumns(),
      choose: () => {} });
    phases.node.style.maxHeight = '24vh';
    phases.setItems(phaseRows(logs));
    replace(panel, el('p', null, el('span', { class: 'only-a' }, `A: ${logs[0].name}`), ' ',
      el('span', { class: 'only-b' }, `B: ${logs[1].name}`)),
    phases.node,
    el('p', { class: 'note' }, `${count(changed.length)} of ${count(rows.length)} registers ` +
      'differ in how often they are accessed or in their first values written.'),
    this.table.node);
    this.hunks = diff && diff.hunks ? hunkTable(diff.hunks) : null;
    if (this.hunks) {
      panel.append(el('h3', null, 'In the order of the logs'),
        ...(diff['not-compared'] || []).map((left) => el('p', { class: 'note' },
          `Not compared: ${plural(left.accesses, 'access', 'accesses')} of ` +
          `${left.side.toUpperCase()} to ${left.what}, which the other log can not have.`)),
        this.hunks.node);
      if (diff['left-out']) {
        panel.append(el('p', { class: 'note' },
          `${count(diff['left-out'])} further differences are left out.`));
      }
    }
  },
  search(words) {
    this.table.search(words);
    if (this.hunks) {
      this.hunks.search(words);
    }
  },
};
