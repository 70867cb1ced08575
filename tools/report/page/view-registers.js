// SPDX-License-Identifier: GPL-2.0-or-later
// The table of registers, as vfio-trace profile judges them.
import { el, pairs, replace } from './dom.js';
import { selectLine } from './lines.js';
import { set, state } from './state.js';
import { Table } from './table.js';
import { count, place } from './text.js';

function title(log, item) {
  return item.kind === 'window' ?
    `${place(log, item.region, item.offset, item.name)}, ${item.length} bytes` :
    place(log, item.region, item.offset, item.name);
}

function classes(item) {
  return (item.classes || []).map((c) => c.class).join(', ');
}

/* Others say less: what is constant is read-only, too. */
function likeliest(item) {
  return (item.classes || []).reduce((best, c) => !best || c.confidence > best.confidence ?
    c : best, null)?.class ?? '';
}

function numbers(list, more) {
  return (list || []).map((v) => v.value).concat(more ? ['...'] : []).join(', ');
}

function values(list, more) {
  const texts = (list || []).map((v) => v.text ?
    `${v.value} ${v.text.startsWith('{') ? v.text : `{ ${v.text} }`}` : v.value);
  return texts.join(', ') + (more ? ', ...' : '');
}

/* A number that sorts offsets within their regions; no region comes last */
function order(item) {
  return (BigInt(item.region ?? 0xffff) << 64n) + BigInt(item.offset);
}

/* With several devices, regions have long names: those of registers must be seen, too. */
function widest(log) {
  const most = Math.max(0, ...log.regions.map((r) => r.label.length));
  return Math.min(290, 176 + 7 * Math.max(0, most - 8));
}

function columns(log) {
  return [
    { title: 'Register', width: `minmax(${widest(log)}px, 1.6fr)`, code: true,
      text: (i) => title(log, i), sort: order },
    { title: 'Bytes', width: '56px', number: true, text: (i) => String(i.width ?? '') },
    { title: 'Reads', width: '64px', number: true, down: true,
      text: (i) => count(i.reads || 0), sort: (i) => i.reads || 0 },
    { title: 'Writes', width: '64px', number: true, down: true,
      text: (i) => count((i.writes || 0) + (i.unknown || 0)),
      sort: (i) => (i.writes || 0) + (i.unknown || 0) },
    { title: 'Is probably', width: '112px', text: likeliest, full: classes },
    /* the card and the pointer say what values mean: here, more of them can be seen */
    { title: 'Values read', width: 'minmax(96px, 1fr)', code: true,
      text: (i) => numbers(i['values-read'], i['more-read']),
      full: (i) => values(i['values-read'], i['more-read']) },
    { title: 'Values written', width: 'minmax(120px, 1fr)', code: true,
      text: (i) => numbers(i['values-written'], i['more-written']),
      full: (i) => values(i['values-written'], i['more-written']) },
    { title: 'First line', width: '80px', number: true,
      text: (i) => `#${i['first-line']}`, sort: (i) => i['first-line'] },
  ];
}

function phase(log, n) {
  const found = log.phases.find((p) => p.n === n);
  return found ? found.name : '';
}

function evidence(item) {
  return (item.classes || []).map((c) => [`${c.class}, ${c.confidence} %`,
    c.bits && c.bits !== '0x0' ? `${c.evidence} (bits ${c.bits})` : c.evidence]);
}

/** All that is known of a register */
function registerCard(log, item) {
  return el('div', { class: 'card' },
    el('h3', null, title(log, item)),
    pairs([
      ['accesses', `${count(item.reads || 0)} reads, ${count(item.writes || 0)} writes`],
      ['stride', item.stride],
      ['values read', values(item['values-read'], item['more-read'])],
      ['values written', values(item['values-written'], item['more-written'])],
      ...evidence(item),
      ['phases', [phase(log, item['first-phase']), phase(log, item['last-phase'])]
        .filter((name, i, all) => name && all.indexOf(name) === i).join(' to ')]]),
    el('button', { type: 'button',
      onclick: () => selectLine(item['first-line']) }, 'Zoom to its first access'));
}

export const registersView = {
  id: 'registers',
  title: 'Registers',
  available: (log) => Boolean(log.registers),
  async open(panel, log) {
    const registers = await log.part('registers');
    this.log = log;
    this.items = registers.items;
    const numbers = new Map(this.items.map((item, i) => [item, i]));
    this.card = el('div');
    this.table = new Table({ name: 'Registers', columns: columns(log),
      choose: (item) => this.choose(item), key: (item) => numbers.get(item) });
    this.table.setItems(this.items);
    replace(panel, registers['left-out'] ? el('p', { class: 'note' },
      `${count(registers['left-out'])} accesses of further registers are left out`) : null,
    this.table.node, this.card);
    this.row(state.row);
  },
  choose(item) {
    replace(this.card, registerCard(this.log, item));
    set('row', item.row ?? -1);
    selectLine(item['first-line'], false);
  },
  search(words) {
    this.table.search(words);
  },
  row(row) {
    const i = this.items.findIndex((item) => row >= 0 && item.row === row);
    if (i >= 0 && this.table.chosen !== i) {
      this.table.mark(i);
      replace(this.card, registerCard(this.log, this.items[i]));
    }
  },
};
